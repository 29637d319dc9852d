//! Projects: scopes inside an organization.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{Field, FieldProblem, ProjectId, Total};

/// A project with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Whether it takes what is not put into another one; it cannot be deleted.
    pub is_default: bool,
    /// To whom its credentials are available.
    pub sharing: Sharing,
    /// How many credentials belong to it.
    pub credentials: Total,
    /// How many repositories belong to it.
    pub repositories: Total,
}

/// To whom the credentials of a project are available (F22, F23).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Sharing {
    /// To this project.
    #[default]
    Own,
    /// To every project: it is a shared scope, which is searched after the project that asks.
    Shared,
}

spelled!(Sharing);

impl Sharing {
    /// As the database keeps it.
    #[must_use]
    pub const fn of_column(is_shared: bool) -> Self {
        if is_shared { Self::Shared } else { Self::Own }
    }
}

/// The form that adds or changes a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectForm {
    /// The project; empty for a new one.
    pub project: String,
    /// Its name.
    pub name: String,
    /// `own` or `shared`; empty leaves it as it is.
    pub sharing: String,
}

impl ProjectForm {
    /// To whom its credentials shall be available; `None` leaves it as it is.
    ///
    /// # Errors
    /// When it is neither.
    pub fn sharing(&self) -> Result<Option<Sharing>, FieldProblem> {
        match self.sharing.as_str() {
            "" => Ok(None),
            text => match Sharing::parse(text) {
                Some(sharing) => Ok(Some(sharing)),
                None => Err(Field::Sharing.problem("Choose one from the list.")),
            },
        }
    }
}
