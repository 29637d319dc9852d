//! The catalog: charts and their versions as the last good sync found them.

mod read;
mod replace;

pub use read::{ChartAtRepository, any, count, get, page, versions};
pub use replace::{
    Chart, NewChartVersion, StoredChart, delete_all, insert, insert_versions, known_versions,
    remove, stored,
};

/// A `like` pattern that finds `search` anywhere, with nothing in it that stands for something else.
pub(crate) fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in search.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// What is searched for, as texts that are searched are stored.
pub(crate) fn needle(search: &str) -> String {
    search.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_typed_is_a_wildcard() {
        assert_eq!(super::pattern(" A_b%c\\ "), "%a\\_b\\%c\\\\%");
    }
}
