//! A folder in a repository.

use unicode_normalization::UnicodeNormalization;

use super::SEGMENT;
use crate::{Field, FieldProblem};

/// The most bytes of a whole path.
const PATH: usize = 1_024;

/// A folder inside a repository, by the rules of R-GIT-01; empty for the root.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Folder(String);

impl Folder {
    /// Reads a folder. `.github` is for owners: what lies there can run (R-GIT-01).
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str, workflows: Workflows) -> Result<Self, FieldProblem> {
        let text = text.trim().trim_end_matches('/');
        if text.starts_with('/') {
            let message = "Leave out the slash at the beginning: the folder is inside the repository. Empty means the top of it.";
            return Err(Field::Folder.problem(message));
        }
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > PATH {
            return Err(Field::Folder.problem("A folder has at most 1,024 bytes."));
        }
        for segment in text.split('/') {
            is_segment(segment, workflows).map_err(|message| Field::Folder.problem(message))?;
        }
        Ok(Self(text.to_owned()))
    }

    /// The folder, without slashes at its ends.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of a file below it; `None` when the name would mean something else.
    #[must_use]
    pub fn join(&self, name: &str) -> Option<String> {
        if name.split('/').any(|segment| is_segment(segment, Workflows::Refused).is_err()) {
            return None;
        }
        Some(if self.0.is_empty() { name.to_owned() } else { format!("{}/{name}", self.0) })
    }
}

/// Whether a folder may lie below `.github`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workflows {
    /// An owner configures it.
    Allowed,
    /// Everybody else.
    Refused,
}

/// Whether a segment of a path is what it looks like on every file system that may check it out.
fn is_segment(segment: &str, workflows: Workflows) -> Result<(), &'static str> {
    if segment.is_empty() || segment == "." || segment == ".." {
        return Err("Write the folder without empty parts, `.` and `..`.");
    }
    if segment.len() > SEGMENT {
        return Err("A part of a path has at most 255 bytes.");
    }
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    if segment.chars().any(odd) {
        return Err("Remove backslashes, colons and control characters from the path.");
    }
    // What file systems of macOS and Windows take for the same name.
    let plain: String = segment.nfkc().collect::<String>().to_lowercase();
    let plain = plain.trim_end_matches(['.', ' ']);
    if plain.is_empty() || plain != plain.trim_start() {
        return Err("A part of a path cannot consist of dots and spaces, or begin with a space.");
    }
    if plain == ".git" || (plain.starts_with("git~") && plain.len() <= 6) {
        return Err("Git keeps its own data there.");
    }
    let plain_slash = plain.contains('/') || plain.contains('\\') || plain == "..";
    if plain_slash {
        return Err("Remove characters that look like slashes or dots from the path.");
    }
    if plain == ".github" && workflows == Workflows::Refused {
        return Err("Only an owner may write below .github: what lies there can run.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_git_01_paths_cannot_mean_something_else() {
        for good in ["", "clusters/prod", "a b/c", "Köln/証明書", ".config", "apps/.gitkeep"] {
            assert!(Folder::parse(good, Workflows::Refused).is_ok(), "{good}");
        }
        for bad in [
            "..",
            "a/../b",
            "a//b",
            "./a",
            "a\\b",
            "a\0b",
            "a\nb",
            ".git",
            "a/.GIT/hooks",
            ".git./x",
            ".git ",
            "GIT~1",
            ".ｇｉｔ",
            "．．/x",
            "a／..／b",
            "\u{200d}.git",
            ".g\u{200c}it/config",
            "C:/x",
            ".github/workflows",
            ".GitHub",
            " a",
            &"a".repeat(256),
            &"a/".repeat(600),
        ] {
            let folder = format!("x/{bad}/y");
            assert!(Folder::parse(&folder, Workflows::Refused).is_err(), "{bad:?}");
        }
        for absolute in ["/etc", "//x", " /a/b"] {
            assert!(Folder::parse(absolute, Workflows::Refused).is_err(), "{absolute:?}");
        }
        assert!(Folder::parse(".github/workflows", Workflows::Allowed).is_ok());
        assert!(Folder::parse(".git", Workflows::Allowed).is_err());
        let folder = Folder::parse("clusters/prod/", Workflows::Refused).unwrap();
        assert_eq!(folder.join("a.yaml").as_deref(), Some("clusters/prod/a.yaml"));
        assert_eq!(folder.join("../a.yaml"), None);
        assert_eq!(Folder::default().join(".github"), None);
    }
}
