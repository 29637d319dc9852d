//! From the versions a sync found to the rows that are stored.

use std::{cmp::Reverse, collections::BTreeMap};

use domain::charts::{ChartVersion, FoundVersion, Version};
use sha2::{Digest, Sha256};

/// The most bytes of the text that the search looks at.
const SEARCH_BYTES: usize = 4_096;

/// A chart with its versions, newest first.
pub(crate) struct Prepared {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) search_text: String,
    /// The version the catalog shows: the newest stable one, or else the newest.
    pub(crate) shown: usize,
    /// Each version with its metadata as JSON.
    pub(crate) versions: Vec<(ChartVersion, String)>,
    pub(crate) content_hash: String,
}

/// Sorts versions into charts. A version that stands twice in an index is taken once.
pub(crate) fn prepare(found: Vec<FoundVersion>) -> Vec<Prepared> {
    let mut charts: BTreeMap<String, Vec<FoundVersion>> = BTreeMap::new();
    for version in found {
        charts.entry(version.chart.clone()).or_default().push(version);
    }
    charts.into_iter().filter_map(|(name, versions)| chart(name, versions)).collect()
}

fn chart(name: String, mut versions: Vec<FoundVersion>) -> Option<Prepared> {
    versions.sort_by_cached_key(|found| {
        let version = &found.version.version;
        (Reverse(Version::parse(version)), version.clone())
    });
    versions.dedup_by(|a, b| a.version.version == b.version.version);
    let is_stable = |found: &FoundVersion| {
        Version::parse(&found.version.version).is_some_and(|version| version.is_stable())
    };
    let shown = versions.iter().position(is_stable).unwrap_or(0);
    let metadata = &versions.get(shown)?.metadata;
    let description = metadata.description.clone();
    let mut search_text =
        format!("{name}\n{description}\n{}", metadata.keywords.join("\n")).to_lowercase();
    search_text.truncate(search_text.floor_char_boundary(SEARCH_BYTES));
    let versions: Vec<_> = versions
        .into_iter()
        .map(|found| (found.version, serde_json::to_string(&found.metadata).unwrap_or_default()))
        .collect();
    let content_hash = hash(&versions);
    Some(Prepared { name, description, search_text, shown, versions, content_hash })
}

fn hash(versions: &[(ChartVersion, String)]) -> String {
    let mut hash = Sha256::new();
    for (version, metadata) in versions {
        let created = version.created_at.map(|at| at.millis().to_string()).unwrap_or_default();
        let deprecated = if version.deprecated { "deprecated" } else { "" };
        for part in [
            &version.version,
            &version.app_version,
            &version.digest,
            &version.url,
            &created,
            deprecated,
            metadata,
        ] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use domain::charts::ChartMetadata;

    use super::*;

    fn found(chart: &str, version: &str) -> FoundVersion {
        FoundVersion {
            chart: chart.into(),
            version: ChartVersion {
                version: version.into(),
                app_version: String::new(),
                created_at: None,
                digest: String::new(),
                url: String::new(),
                deprecated: false,
            },
            metadata: ChartMetadata {
                description: format!("at {version}"),
                ..ChartMetadata::default()
            },
        }
    }

    #[test]
    fn the_newest_stable_version_is_shown() {
        let charts = prepare(vec![
            found("b", "1.0.0-rc.1"),
            found("a", "1.9.0"),
            found("a", "2.0.0-rc.1"),
            found("a", "1.10.0"),
            found("a", "1.9.0"),
        ]);
        let names: Vec<_> = charts.iter().map(|chart| chart.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        let versions: Vec<_> =
            charts[0].versions.iter().map(|(version, _)| version.version.as_str()).collect();
        assert_eq!(versions, ["2.0.0-rc.1", "1.10.0", "1.9.0"]);
        assert_eq!((charts[0].shown, charts[0].description.as_str()), (1, "at 1.10.0"));
        assert_eq!(charts[1].shown, 0);
    }

    #[test]
    fn versions_are_in_the_order_of_helm_and_shown_as_published() {
        let charts = prepare(
            ["2023.10.1", "1.2", "2024.01.05", "v3", "1.2.0+x", "2024.02-rc.1"]
                .map(|version| found("a", version))
                .to_vec(),
        );
        let versions: Vec<_> =
            charts[0].versions.iter().map(|(version, _)| version.version.as_str()).collect();
        let expected = ["2024.02-rc.1", "2024.01.05", "2023.10.1", "v3", "1.2.0+x", "1.2"];
        assert_eq!((versions.as_slice(), charts[0].shown), (expected.as_slice(), 1));
    }

    #[test]
    fn equal_content_has_an_equal_hash() {
        let hash = |versions| prepare(versions).remove(0).content_hash;
        let ab = hash(vec![found("a", "1.0.0"), found("a", "2.0.0")]);
        assert_eq!(ab, hash(vec![found("a", "2.0.0"), found("a", "1.0.0")]));
        assert_ne!(ab, hash(vec![found("a", "2.0.0")]));
    }
}
