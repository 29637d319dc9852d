use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::counted;

/// Why something that a repository holds is not in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// A tag such as `latest`.
    TagIsNoVersion,
    /// The tag of an image, or of something else.
    TagIsNoChart,
    /// An older tag of a repository whose newest tags are no charts.
    TagNotRead,
    /// A tag that was listed, and then the registry did not have it.
    TagIsGone,
    /// A tag whose manifest or config cannot be read, or is another than its digest says.
    TagUnreadable,
    /// A chart that the catalog lists, and that the registry does not have.
    ChartIsGone,
    /// A chart of the catalog that the login may not read.
    ChartNotAllowed,
    /// A chart of the catalog whose tags, or all of whose manifests, cannot be read.
    ChartUnreadable,
    /// What stands for a chart is no list of versions.
    ChartIsNoList,
    /// What stands for a version is no mapping.
    EntryIsNoVersion,
    /// Helm does not read an entry without a name.
    EntryWithoutName,
    /// Helm does not read an entry without a version, or whose version is none.
    EntryWithoutVersion,
    /// The same version of a chart once more.
    EntryTwice,
}

impl Skipped {
    /// For people, for one and for many.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::TagIsNoVersion => ("tag that is no version", "tags that are no versions"),
            Self::TagIsNoChart => ("tag that is no chart", "tags that are no charts"),
            Self::TagNotRead => (
                "older tag of something whose newest tags are no charts",
                "older tags of something whose newest tags are no charts",
            ),
            Self::TagIsGone => {
                ("tag that was listed and is not there", "tags that were listed and are not there")
            }
            Self::TagUnreadable => {
                ("tag whose manifest cannot be read", "tags whose manifests cannot be read")
            }
            Self::ChartIsGone => (
                "chart that the catalog lists and that is not there",
                "charts that the catalog lists and that are not there",
            ),
            Self::ChartNotAllowed => {
                ("chart that the login may not read", "charts that the login may not read")
            }
            Self::ChartUnreadable => ("chart that cannot be read", "charts that cannot be read"),
            Self::ChartIsNoList => ("chart without a list", "charts without a list"),
            Self::EntryIsNoVersion => ("entry that is no version", "entries that are no versions"),
            Self::EntryWithoutName => ("entry without a name", "entries without a name"),
            Self::EntryWithoutVersion => (
                "entry without a version that Helm reads",
                "entries without a version that Helm reads",
            ),
            Self::EntryTwice => ("version listed twice", "versions listed twice"),
        }
    }
}

/// What a sync left out, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeftOut(BTreeMap<Skipped, u32>);

impl LeftOut {
    /// Counts one more.
    pub fn add(&mut self, reason: Skipped) {
        self.add_many(reason, 1);
    }

    /// Counts as many more.
    pub fn add_many(&mut self, reason: Skipped, count: usize) {
        if count > 0 {
            let counted = self.0.entry(reason).or_default();
            *counted = counted.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }

    /// Adds what another part of the same sync left out.
    pub fn extend(&mut self, other: &Self) {
        for (reason, count) in &other.0 {
            self.add_many(*reason, usize::try_from(*count).unwrap_or(usize::MAX));
        }
    }

    /// How many there are of a reason.
    #[must_use]
    pub fn of(&self, reason: Skipped) -> u32 {
        self.0.get(&reason).copied().unwrap_or_default()
    }

    /// Whether nothing was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For people: `3 tags that are no versions, 1 entry without a name`; empty for nothing.
    #[must_use]
    pub fn words(&self) -> String {
        let parts = self.0.iter().map(|(reason, count)| {
            let (one, many) = reason.words();
            counted(*count, one, many)
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_said_by_reason() {
        let mut left_out = LeftOut::default();
        assert!(left_out.is_empty() && left_out.words().is_empty());
        left_out.add(Skipped::EntryWithoutName);
        left_out.add_many(Skipped::TagIsNoVersion, 2);
        left_out.add_many(Skipped::TagIsNoChart, 0);
        let mut other = LeftOut::default();
        other.add(Skipped::TagIsNoVersion);
        left_out.extend(&other);
        assert_eq!(left_out.words(), "3 tags that are no versions, 1 entry without a name");
        assert_eq!(
            (left_out.of(Skipped::TagIsNoVersion), left_out.of(Skipped::EntryTwice)),
            (3, 0)
        );
        let json = serde_json::to_string(&left_out).unwrap();
        assert_eq!(json, r#"{"tag_is_no_version":3,"entry_without_name":1}"#);
        assert_eq!(serde_json::from_str::<LeftOut>(&json).unwrap(), left_out);
    }
}
