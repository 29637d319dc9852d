//! How many rows a list finds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many rows a list finds, counted up to [`Total::MOST`], so that a list costs what its page costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total(u32);

impl Total {
    /// More rows than this are told as `1,000+`.
    pub const MOST: u32 = 1_000;
    /// What a statement counts to, to know whether there are more.
    pub const COUNTED: u32 = Self::MOST + 1;

    /// What was counted, up to [`Total::COUNTED`].
    #[must_use]
    pub const fn of(counted: u32) -> Self {
        Self(if counted > Self::MOST { Self::COUNTED } else { counted })
    }

    /// What the page with the number `page` of the list tells by itself: one that is not full is the last, unless it
    /// is empty and not the first.
    #[must_use]
    pub fn of_page(rows: usize, page: u32, page_rows: u32) -> Option<Self> {
        let rows = u32::try_from(rows).ok()?;
        let page = page.max(1);
        let is_last = rows < page_rows && (rows > 0 || page == 1);
        is_last.then(|| Self::of((page - 1).saturating_mul(page_rows).saturating_add(rows)))
    }

    /// How many, at most [`Total::COUNTED`].
    #[must_use]
    pub const fn counted(self) -> u32 {
        self.0
    }

    /// Whether nothing is found.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether there are more than so many.
    #[must_use]
    pub const fn exceeds(self, rows: u32) -> bool {
        self.0 > rows
    }

    /// The last of the pages that are known to hold rows, from 1, and whether it is the last of all.
    #[must_use]
    pub fn last_page(self, page_rows: u32) -> (u32, bool) {
        let known = self.0.min(Self::MOST);
        (known.div_ceil(page_rows).max(1), self.0 <= Self::MOST)
    }

    /// With the right word behind it: `1 repository`, `1,000+ repositories`.
    #[must_use]
    pub fn words(self, one: &str, many: &str) -> String {
        format!("{self} {}", if self.0 == 1 { one } else { many })
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > Self::MOST { f.write_str("1,000+") } else { self.0.fmt(f) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_thousand_are_not_counted() {
        let words = |n| Total::of(n).words("chart", "charts");
        assert_eq!([words(0), words(1), words(2)], ["0 charts", "1 chart", "2 charts"]);
        assert_eq!(
            [words(1_000), words(1_001), words(9_999)],
            ["1000 charts", "1,000+ charts", "1,000+ charts"]
        );
        assert_eq!(Total::of(9_999), Total::of(1_001));
    }

    #[test]
    fn a_page_that_is_not_full_tells_how_many_there_are() {
        let told = |rows, page| Total::of_page(rows, page, 50);
        assert_eq!([told(0, 1), told(7, 0), told(7, 1)], [0, 7, 7].map(|n| Some(Total::of(n))));
        assert_eq!([told(50, 1), told(0, 2), told(50, 3)], [None; 3]);
        assert_eq!([told(1, 2), told(49, 90)], [51, 4_499].map(|n| Some(Total::of(n))));
    }

    #[test]
    fn the_last_page_is_known_up_to_what_is_counted() {
        let last = |n| Total::of(n).last_page(50);
        assert_eq!([last(0), last(50), last(51)], [(1, true), (1, true), (2, true)]);
        assert_eq!([last(1_000), last(1_001)], [(20, true), (20, false)]);
    }
}
