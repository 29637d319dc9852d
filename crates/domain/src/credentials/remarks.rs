//! What people note about a credential, which no registry hears of.
//!
//! A new field of this kind stands here, in the form and in SQL; everything between them carries it whole.

use serde::{Deserialize, Serialize};

use crate::{Description, FieldProblem};

/// What people note about a credential: as typed in a form, and as it is stored once it passed the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remarks {
    /// What it is for.
    pub description: String,
}

impl Remarks {
    /// Checks what was typed, and normalizes it.
    ///
    /// # Errors
    /// The problem of the field.
    pub fn parse(self) -> Result<Self, FieldProblem> {
        Ok(Self { description: Description::parse(&self.description)?.to_string() })
    }

    /// A description and nothing else.
    #[must_use]
    pub fn described(description: &str) -> Self {
        Self { description: description.to_owned() }
    }
}
