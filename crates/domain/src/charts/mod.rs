//! Charts and their versions, as the catalog shows them.

mod left_out;
mod version;

pub use left_out::{LeftOut, Skipped};
pub use version::Version;

use serde::{Deserialize, Serialize};

use crate::{ChartId, RepositoryId, Timestamp, Total};

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
    /// Whether it leaves any chart out.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || self.repository.is_some()
    }

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
    pub total: Total,
    /// Whether the organization has none at all; its page then says how to begin.
    pub is_empty: bool,
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
    /// The text of its [`Version`] as it was published, with `+` (OCI tags spell it `_`).
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
