//! The difference between what a place holds and what it should hold, line by line.

use serde::{Deserialize, Serialize};

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileChangeKind {
    /// It is new.
    Added,
    /// Its text changes.
    Changed,
    /// It is deleted.
    Deleted,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiffKind {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// Unchanged lines are left out here.
    Gap,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// What becomes of it.
    pub kind: DiffKind,
    /// Its text, without the line break.
    pub text: String,
}

/// A changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Its path in the repository, or kind, namespace and name of an object.
    pub path: String,
    /// What becomes of it.
    pub kind: FileChangeKind,
    /// Its lines; values of secrets are not among them.
    pub lines: Vec<DiffLine>,
}
