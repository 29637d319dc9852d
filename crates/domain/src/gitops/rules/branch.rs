//! The name of a branch.

use super::SEGMENT;
use crate::{Field, FieldProblem};

/// The name of a branch, by the rules of `git check-ref-format` (R-GIT-05).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Branch(String);

impl Branch {
    /// Reads the name of a branch.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(field: Field, text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(field.problem("Type the name of a branch, such as main."));
        }
        let forbidden = |c: char| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\')
        };
        let bad_part = |part: &str| {
            part.is_empty()
                || part.starts_with('.')
                || part.ends_with('.')
                || part.to_ascii_lowercase().ends_with(".lock")
        };
        let bad = text.len() > SEGMENT
            || text.starts_with('-')
            || text == "@"
            || text == "HEAD"
            || text.starts_with("refs/")
            || text.contains("..")
            || text.contains("@{")
            || text.chars().any(forbidden)
            || text.split('/').any(bad_part);
        if bad {
            return Err(field.problem("Git does not take this name for a branch."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_git_05_branches_are_single_names() {
        for good in ["main", "release/1.2", "hawser/prod", "føø"] {
            assert!(Branch::parse(Field::Branch, good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-x",
            "a b",
            "a\nb",
            "a..b",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[",
            "a\\b",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.",
            "@",
            "a@{1}",
            "HEAD",
            "refs/heads/a",
            &"a".repeat(256),
        ] {
            assert!(Branch::parse(Field::Branch, bad).is_err(), "{bad:?}");
        }
    }
}
