//! How things are doing, in one vocabulary: lists, pages and filters say the same word for the same
//! state, and of several that hold the worst.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How a thing is doing, the worst first. What stops work and says why comes before what only fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// A host refused the credential too often: it is not used there until somebody resumes it.
    Paused,
    /// The secret is over.
    Expired,
    /// The last try failed, and somebody has to mend it.
    Failing,
    /// The last try failed for what may pass by itself; what was found before is kept.
    Stale,
    /// A place holds something else than it should.
    OutOfSync,
    /// The secret ends soon.
    Expiring,
    /// Something is under way.
    Syncing,
    /// Nothing was tried yet.
    NotSynced,
    /// Nothing uses it.
    Unused,
    /// A place holds what it should.
    InSync,
    /// All is well.
    Healthy,
}

spelled!(Status);

impl Status {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Paused => "Paused",
            Self::Expired => "Expired",
            Self::Failing => "Failing",
            Self::Stale => "Stale",
            Self::OutOfSync => "Out of sync",
            Self::Expiring => "Expiring",
            Self::Syncing => "Syncing",
            Self::NotSynced => "Not synced",
            Self::Unused => "Unused",
            Self::InSync => "In sync",
            Self::Healthy => "Healthy",
        }
    }

    /// Whether it does not work: somebody has to look, or it passes by itself.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Paused | Self::Expired | Self::Failing | Self::Stale)
    }

    /// The worst of those that hold; `otherwise` when none does.
    #[must_use]
    pub fn worst(holding: impl IntoIterator<Item = Self>, otherwise: Self) -> Self {
        holding.into_iter().min().unwrap_or(otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_said() {
        assert!(Status::ALL.is_sorted(), "the order of the variants is the order of their weight");
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        let worst = |holding: &[Status]| Status::worst(holding.iter().copied(), Status::Healthy);
        assert_eq!(worst(&[]), Status::Healthy);
        assert_eq!(worst(&[Status::Expiring, Status::Failing, Status::Unused]), Status::Failing);
        assert_eq!(worst(&[Status::Failing, Status::Expired]), Status::Expired);
        assert_eq!(worst(&[Status::InSync, Status::OutOfSync]), Status::OutOfSync);
    }
}
