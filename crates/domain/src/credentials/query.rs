//! Search, filter, order and page of the Credentials page, as its URL carries them.

use serde::{Deserialize, Serialize};

use crate::ProjectId;

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

impl CredentialQuery {
    /// Rows on a page.
    pub const PAGE_ROWS: u32 = 50;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the column it names")]
pub enum CredentialOrder {
    Name,
    Provider,
    Linked,
    Created,
    LastUsed,
}

impl CredentialOrder {
    /// As the URL spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Provider => "provider",
            Self::Linked => "linked",
            Self::Created => "created",
            Self::LastUsed => "last_used",
        }
    }

    /// Reads the URL; anything unknown is the name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        [Self::Provider, Self::Linked, Self::Created, Self::LastUsed]
            .into_iter()
            .find(|order| order.as_str() == text)
            .unwrap_or(Self::Name)
    }
}

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl Direction {
    /// As the URL spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "up",
            Self::Descending => "down",
        }
    }

    /// Reads the URL; anything but `down` is up.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "down" { Self::Descending } else { Self::Ascending }
    }

    /// The other direction.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}
