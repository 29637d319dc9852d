//! What a Git target may be: addresses, branches and folders that cannot mean something else.

use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::{ClusterForm, GitTargetForm, PushMode};
use crate::{
    CredentialId, ExportId, Field, FieldProblem, Name, ServiceError, access::parse_id, error::all,
};

/// The most bytes of a branch or of one segment of a path.
const SEGMENT: usize = 255;
/// The most bytes of a whole path.
const PATH: usize = 1_024;

/// The address of a repository: `https` (or `http`, where the operator allows it), no user, no query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GitUrl(Url);

impl GitUrl {
    /// Reads an address. Only the smart HTTP transport is spoken (R-SSRF-08).
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let problem = |message: &str| Field::Url.problem(message);
        let text = text.trim();
        if text.is_empty() {
            return Err(problem("Choose or type the address of a repository."));
        }
        if text.len() > 2_048 || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(problem("An address has at most 2,048 bytes and no white space."));
        }
        let url = Url::parse(text).map_err(|_| {
            problem("Write the address as https://host/path, as for `git clone` over HTTPS.")
        })?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err(problem(
                "Hawser speaks Git over https. ssh and other schemes do not work.",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(problem("Leave the user and password out of the address."));
        }
        if url.query().is_some()
            || url.fragment().is_some()
            || url.path().trim_matches('/').is_empty()
        {
            return Err(problem("The address has to end with the path of a repository."));
        }
        Ok(Self(url))
    }

    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The address as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The path without `.git`, such as `owner/name`.
    #[must_use]
    pub fn path(&self) -> &str {
        let path = self.0.path().trim_matches('/');
        path.strip_suffix(".git").unwrap_or(path)
    }
}

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

/// A folder inside a repository, by the rules of R-GIT-01; empty for the root.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Folder(String);

impl Folder {
    /// Reads a folder. `.github` is for owners: what lies there can run (R-GIT-01).
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str, workflows: Workflows) -> Result<Self, FieldProblem> {
        let text = text.trim().trim_matches('/');
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

/// A Git target's form, read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `GitTargetForm`, checked")]
pub struct GitTargetFields {
    pub name: Name,
    pub credential: CredentialId,
    pub url: GitUrl,
    pub branch: Branch,
    pub base: Option<Branch>,
    pub folder: Folder,
    pub mode: PushMode,
    pub exports: Vec<ExportId>,
}

impl GitTargetForm {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(&self, workflows: Workflows) -> Result<GitTargetFields, ServiceError> {
        let base = match self.base.trim() {
            "" => Ok(None),
            base => Branch::parse(Field::Base, base).map(Some),
        };
        let mode = PushMode::parse(&self.mode)
            .ok_or_else(|| Field::Mode.problem("Choose how changes get to the branch."));
        let (name, credential, url, branch, base, folder, both) = all!(
            Name::parse(&self.name),
            parse_id(Field::Credential, &self.credential),
            GitUrl::parse(&self.url),
            Branch::parse(Field::Branch, &self.branch),
            base,
            Folder::parse(&self.folder, workflows),
            mode.and_then(|mode| exports(&self.exports).map(|exports| (mode, exports))),
        );
        let (mode, exports) = both;
        Ok(GitTargetFields { name, credential, url, branch, base, folder, mode, exports })
    }
}

/// A cluster's form, read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `ClusterForm`, checked")]
pub struct ClusterFields {
    pub name: Name,
    pub credential: CredentialId,
    pub exports: Vec<ExportId>,
}

impl ClusterForm {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(&self) -> Result<ClusterFields, ServiceError> {
        let (name, credential, exports) = all!(
            Name::parse(&self.name),
            parse_id(Field::Credential, &self.credential),
            exports(&self.exports),
        );
        Ok(ClusterFields { name, credential, exports })
    }
}

fn exports(typed: &[String]) -> Result<Vec<ExportId>, FieldProblem> {
    let mut ids = Vec::with_capacity(typed.len());
    for text in typed.iter().filter(|text| !text.is_empty()) {
        let id = parse_id(Field::Exports, text)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Err(Field::Exports.problem("Choose at least one export."));
    }
    Ok(ids)
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
        assert!(Folder::parse(".github/workflows", Workflows::Allowed).is_ok());
        assert!(Folder::parse(".git", Workflows::Allowed).is_err());
        let folder = Folder::parse("clusters/prod/", Workflows::Refused).unwrap();
        assert_eq!(folder.join("a.yaml").as_deref(), Some("clusters/prod/a.yaml"));
        assert_eq!(folder.join("../a.yaml"), None);
        assert_eq!(Folder::default().join(".github"), None);
    }

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

    #[test]
    fn r_ssrf_08_only_git_over_http_is_spoken() {
        let url = GitUrl::parse(" https://github.com/acme/gitops.git ").unwrap();
        assert_eq!((url.path(), url.origin().as_str()), ("acme/gitops", "https://github.com"));
        for bad in [
            "",
            "github.com/a/b",
            "git@github.com:a/b.git",
            "ssh://git@github.com/a/b",
            "ext::sh -c x",
            "file:///etc",
            "git+ssh://a/b",
            "https://u:p@github.com/a/b",
            "https://github.com/",
            "https://github.com/a/b?x=1",
            "https://github.com/a/b#c",
            "https://a b/c",
        ] {
            assert!(GitUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
