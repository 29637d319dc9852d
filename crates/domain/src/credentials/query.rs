//! Search, filter, order and page of the Credentials page, as its URL carries them.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{CredentialId, ProjectId, bulk::Selection};

/// The query of the Credentials page. Unknown values fall back to the default, so every URL works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CredentialQuery {
    /// Part of a name or description.
    pub search: String,
    /// The code of a provider; empty for all.
    pub provider: String,
    /// Only those of this project.
    pub project: Option<ProjectId>,
    /// The column.
    pub order: CredentialOrder,
    /// Up or down.
    pub direction: Direction,
    /// From 1.
    pub page: u32,
}

/// Some of the credentials.
pub type CredentialSelection = Selection<CredentialId, CredentialQuery>;

impl CredentialQuery {
    /// Whether it leaves any credential out.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || !self.provider.is_empty() || self.project.is_some()
    }

    /// Rows on a page.
    pub const PAGE_ROWS: u32 = 50;
    /// The most on the timeline.
    pub const EXPIRING: u32 = 25;
}

impl Default for CredentialQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            provider: String::new(),
            project: None,
            order: CredentialOrder::Name,
            direction: Direction::Ascending,
            page: 1,
        }
    }
}

/// The columns people may sort by; nothing else reaches `order by`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the column it names")]
pub enum CredentialOrder {
    #[default]
    Name,
    Provider,
    Linked,
    Created,
    LastUsed,
    Expires,
}

spelled!(CredentialOrder);

/// The direction of an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    #[default]
    #[strum(serialize = "up")]
    Ascending,
    /// Largest first.
    #[strum(serialize = "down")]
    Descending,
}

spelled!(Direction);

impl Direction {
    /// The other direction.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}
