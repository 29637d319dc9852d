//! Charts and their versions, as the catalog shows them.

use serde::{Deserialize, Serialize};

use crate::{ChartId, RepositoryId, Timestamp};

/// The query of the catalog page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChartQuery {
    /// Part of a name, description or keyword.
    pub search: String,
    /// Only this repository.
    pub repository: Option<RepositoryId>,
    /// From 1.
    pub page: u32,
}

impl ChartQuery {
    /// Charts on a page.
    pub const PAGE_ROWS: u32 = 48;
}

impl Default for ChartQuery {
    fn default() -> Self {
        Self { search: String::new(), repository: None, page: 1 }
    }
}

/// A chart in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSummary {
    /// Its id.
    pub id: ChartId,
    /// Its name.
    pub name: String,
    /// The repository it comes from.
    pub repository: RepositoryId,
    /// That repository's name.
    pub repository_name: String,
    /// The newest version (stable before pre-release).
    pub version: String,
    /// The version of the application in it.
    pub app_version: String,
    /// What it is.
    pub description: String,
    /// How many versions there are.
    pub versions: u32,
    /// Whether the newest version is marked as deprecated.
    pub deprecated: bool,
    /// Since when the repository fails, if it does: the chart may be outdated.
    pub stale_since: Option<Timestamp>,
}

/// A page of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartPage {
    /// The rows.
    pub rows: Vec<ChartSummary>,
    /// How many there are with this search.
    pub total: u32,
    /// How many there are at all.
    pub all: u32,
}

/// One chart with its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartDetail {
    /// The chart.
    pub summary: ChartSummary,
    /// How to install the newest version.
    pub install: Install,
    /// Metadata of the newest version.
    pub metadata: ChartMetadata,
    /// The versions, newest first.
    pub versions: Vec<ChartVersion>,
}

/// What a person runs to install a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Install {
    /// Commands for a shell, one after the other; the login comes first where one is needed.
    pub commands: Vec<String>,
    /// What to know before running them, in whole sentences.
    pub notes: Vec<String>,
}

/// One version of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartVersion {
    /// Semantic version, with `+` (OCI tags spell it `_`).
    pub version: String,
    /// The version of the application in it.
    pub app_version: String,
    /// When the repository says it was made.
    pub created_at: Option<Timestamp>,
    /// `sha256:` digest of the archive or manifest.
    pub digest: String,
    /// Where the archive lies; shown as text.
    pub url: String,
    /// Whether it is marked as deprecated.
    pub deprecated: bool,
}

/// The part of `Chart.yaml` that the catalog shows. Foreign text: always escaped, links checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of Chart.yaml, helm.sh/docs/topics/charts")]
pub struct ChartMetadata {
    pub description: String,
    pub home: String,
    pub sources: Vec<String>,
    pub keywords: Vec<String>,
    pub maintainers: Vec<Maintainer>,
    pub kube_version: String,
    pub chart_type: String,
    pub dependencies: Vec<Dependency>,
}

/// A maintainer of a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of Chart.yaml")]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// A chart that a chart needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of Chart.yaml")]
pub struct Dependency {
    pub name: String,
    pub version: String,
    pub repository: String,
}

/// One chart version as a connector found it; what a sync stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundVersion {
    /// The chart's name.
    pub chart: String,
    /// The version.
    pub version: ChartVersion,
    /// Its metadata.
    pub metadata: ChartMetadata,
}

/// The order of versions: by semantic version, newest first; what is no semantic version comes
/// last, by text.
#[must_use]
pub fn newest_first(a: &str, b: &str) -> std::cmp::Ordering {
    match (lenient(a), lenient(b)) {
        (Some(a), Some(b)) => b.cmp(&a),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => b.cmp(a),
    }
}

/// Whether `version` is a stable semantic version (no pre-release part).
#[must_use]
pub fn is_stable(version: &str) -> bool {
    lenient(version).is_some_and(|version| version.pre.is_empty())
}

/// Helm accepts a leading `v` and missing parts (Masterminds/semver): `v1`, `1.2`.
fn lenient(text: &str) -> Option<semver::Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    semver::Version::parse(text).ok().or_else(|| {
        let end = text.find(['-', '+']).unwrap_or(text.len());
        let (numbers, rest) = text.split_at(end);
        let missing = 2_usize.checked_sub(numbers.matches('.').count())?;
        semver::Version::parse(&format!("{numbers}{}{rest}", ".0".repeat(missing))).ok()
    })
}

/// A link out of chart metadata, if it is safe to make clickable: `http` or `https` with a host and
/// no user info, control characters or white space (R-XSS-02).
#[must_use]
pub fn safe_link(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let clean = !text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '"' | '<' | '>' | '`'));
    (clean && !host.is_empty() && !host.contains('@') && text.len() <= 2_048).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_sort_newest_first() {
        let mut versions = ["1.2.0", "1.10.0", "1.10.0-rc.1", "v0.9", "latest", "2"];
        versions.sort_by(|a, b| newest_first(a, b));
        assert_eq!(versions, ["2", "1.10.0", "1.10.0-rc.1", "1.2.0", "v0.9", "latest"]);
        assert!(is_stable("1.2.0+build.5") && !is_stable("1.2.0-rc.1") && !is_stable("latest"));
    }

    #[test]
    fn only_plain_web_links_are_links() {
        assert!(safe_link("https://helm.sh/docs?x=1#y").is_some());
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "https://",
            "https://a@b/",
            "https://a b/",
            "https://a/\u{7}",
            " https://a/",
            "https:/\\evil",
        ] {
            assert!(safe_link(bad).is_none(), "{bad}");
        }
    }
}
