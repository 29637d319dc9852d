//! A credential as the index sees it.

use crate::{
    CredentialId, Name, ProjectId, Purpose,
    credentials::{CredentialScope, CredentialState, PatternKind},
};

/// What the index needs to know of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The credential.
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// What names are compared and sorted by ([`Name::key`]).
    pub key: String,
    /// In which projects it may be used.
    pub reach: CredentialScope,
    /// What it may be looked up for.
    pub purposes: Vec<Purpose>,
    /// A URL or a regular expression; empty for none.
    pub pattern: String,
    /// How the pattern is compared.
    pub pattern_kind: PatternKind,
    /// How it is doing.
    pub state: CredentialState,
}

/// A project whose credentials are available to every project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedProject {
    /// The project.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What names are sorted by ([`Name::key`]).
    pub key: String,
}

impl Entry {
    /// A credential that can be used, as a form describes it.
    #[must_use]
    pub fn new(
        id: CredentialId,
        name: &Name,
        reach: CredentialScope,
        purposes: &[Purpose],
        (pattern_kind, pattern): (PatternKind, &str),
    ) -> Self {
        Self {
            id,
            name: name.to_string(),
            key: name.key(),
            reach,
            purposes: purposes.to_vec(),
            pattern: pattern.to_owned(),
            pattern_kind,
            state: CredentialState::Active,
        }
    }
}

/// Whether a credential in this state can open anything.
pub(super) const fn is_usable(state: CredentialState) -> bool {
    matches!(state, CredentialState::Active | CredentialState::Updating | CredentialState::Rotating)
}
