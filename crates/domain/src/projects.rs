//! Projects: scopes inside an organization.

use serde::{Deserialize, Serialize};

use crate::ProjectId;

/// A project with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Whether it takes what is not put into another one; it cannot be deleted.
    pub is_default: bool,
    /// How many credentials belong to it.
    pub credentials: u32,
    /// How many repositories belong to it.
    pub repositories: u32,
}

/// The form that adds or renames a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectForm {
    /// The project; empty for a new one.
    pub project: String,
    /// Its name.
    pub name: String,
}
