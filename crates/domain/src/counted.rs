//! Numbers of things in words.

use std::fmt::Display;

/// A number with the right word behind it: `1 repository`, `2 repositories`, `0 repositories`.
pub fn counted<Count>(count: Count, one: &str, many: &str) -> String
where
    Count: Copy + Display + From<u8> + PartialEq,
{
    let word = if count == Count::from(1) { one } else { many };
    format!("{count} {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_not_many() {
        assert_eq!(counted(1_u32, "repository", "repositories"), "1 repository");
        assert_eq!(counted(0_usize, "address", "addresses"), "0 addresses");
        assert_eq!(counted(2_i64, "tag", "tags"), "2 tags");
    }
}
