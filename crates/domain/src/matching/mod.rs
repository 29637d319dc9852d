//! Which credential belongs to a URL (F17 to F23), and why.
//!
//! A credential with a pattern is found by URL, project and purpose. Its pattern is a URL or a regular
//! expression. Scopes are searched one after the other, and each is exhausted before the next: its
//! exact patterns, then its regular expressions; in a pass the first name in lexical order wins (S1,
//! "Managing credentials"). The first scope is the project of the repository. Then come the shared
//! ones in lexical order of their names (F22): first the one without a name, which holds the
//! credentials that belong to no project, then each shared project. So sharing a project changes
//! nothing where something was found before. A credential that a person chose for a repository is used
//! without any of this.

#[cfg(feature = "host")]
mod conflict;
#[cfg(feature = "host")]
mod entry;
#[cfg(feature = "host")]
mod explain;
#[cfg(feature = "host")]
mod expression;
#[cfg(feature = "host")]
mod expressions;
#[cfg(feature = "host")]
mod index;
#[cfg(feature = "host")]
mod literals;
#[cfg(feature = "host")]
mod normalize;
#[cfg(feature = "host")]
mod origins;
#[cfg(feature = "host")]
mod program;
#[cfg(all(test, feature = "host"))]
mod property;
#[cfg(feature = "host")]
mod reachable;
#[cfg(feature = "host")]
mod rules;

#[cfg(feature = "host")]
pub use conflict::Conflict;
#[cfg(feature = "host")]
pub use entry::{Entry, SharedProject};
#[cfg(feature = "host")]
pub use index::Index;
#[cfg(feature = "host")]
pub use normalize::{normalize, without_tls};
#[cfg(feature = "host")]
pub use origins::{Origins, origins};
#[cfg(feature = "host")]
pub use rules::check_pattern;

use serde::{Deserialize, Serialize};

use crate::{
    CredentialId, Purpose,
    credentials::{CredentialScope, PatternKind},
    repositories::RepositorySummary,
};

/// A question: which credential would be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExplainQuery {
    /// The URL, as pasted.
    pub url: String,
    /// `git`, `helm` or `image`; empty is `helm`.
    pub purpose: String,
    /// The id of a project; empty is the default project.
    pub project: String,
}

/// The answer: the repositories that are there, the winner, and why every other candidate lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The repositories of the organization at this URL, however it is spelled, each with the
    /// credential that it uses; at most 50.
    pub repositories: Vec<RepositorySummary>,
    /// The URL as it is compared.
    pub url: String,
    /// What for.
    pub purpose: Purpose,
    /// The name of the project that asked.
    pub project: String,
    /// Every credential with a pattern, the winner first, at most 200.
    pub lines: Vec<ExplanationLine>,
    /// How many there are in all.
    pub total: u32,
}

impl Explanation {
    /// The most lines that are told.
    pub const MAX_LINES: usize = 200;

    /// The credential that is used.
    #[must_use]
    pub fn winner(&self) -> Option<&ExplanationLine> {
        self.lines.first().filter(|line| line.verdict == MatchVerdict::Wins)
    }
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplanationLine {
    /// The credential.
    pub credential: CredentialId,
    /// Its name.
    pub name: String,
    /// In which projects it may be used.
    pub reach: CredentialScope,
    /// Its pattern; empty for those who may not read it.
    pub pattern: String,
    /// How the pattern is compared.
    pub pattern_kind: PatternKind,
    /// In which scope it is looked for.
    pub scope: SearchScope,
    /// How it fared.
    pub verdict: MatchVerdict,
}

/// A scope that is searched for a repository, in the order of the search (F22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "scope", content = "name")]
pub enum SearchScope {
    /// The project that asks.
    Own,
    /// The credentials that belong to no project and are shared with all.
    Unnamed,
    /// A shared project of this name.
    Shared(String),
    /// None: it belongs to another project.
    Outside,
}

/// How a candidate fared, the ones that match first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchVerdict {
    /// It is used.
    Wins,
    /// It matches, but the winner's name comes first.
    LaterName,
    /// It matches as a regular expression; an exact match comes first.
    RegexAfterExact,
    /// It matches and is shared; a credential of the project comes first.
    SharedAfterProject,
    /// It matches and is shared; another shared scope comes first.
    LaterScope,
    /// It matches, but nobody allowed the address for it.
    AddressNotAllowed,
    /// It matches, but cannot be used now: its secret is being stored, or is lost.
    NotUsable,
    /// Its pattern is another URL.
    OtherUrl,
    /// It is made for another purpose.
    OtherPurpose,
    /// It belongs to another project.
    OtherProject,
}

impl MatchVerdict {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Wins => "Used",
            Self::LaterName => "Matches, but its name comes later in the alphabet",
            Self::RegexAfterExact => "Matches as a regular expression; an exact match comes first",
            Self::SharedAfterProject => {
                "Matches and is shared; a credential of the project comes first"
            }
            Self::LaterScope => "Matches and is shared; another shared scope comes first",
            Self::AddressNotAllowed => "Matches, but this is not an allowed address of it",
            Self::NotUsable => "Matches, but its secret is being stored or is lost",
            Self::OtherUrl => "The pattern does not match this URL",
            Self::OtherPurpose => "Made for another purpose",
            Self::OtherProject => "Belongs to another project",
        }
    }
}
