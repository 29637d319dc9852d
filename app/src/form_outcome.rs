//! What a server function answers to a form that was sent by the browser half.

use serde::{Deserialize, Serialize};

/// The end of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormOutcome {
    /// It worked: go to this path.
    Next(String),
    /// It was refused: show why beside the fields.
    Refused(FormRefusal),
    /// Connections were tested: show this HTML, rendered by the server, in the place for it. The
    /// browser half has no renderer of its own, and nothing foreign is in it unescaped.
    Tested(String),
}

/// A refusal in words. The tables that these come from are large, and stay with the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormRefusal {
    /// What else there is to do than to show it.
    pub why: Why,
    /// All of it.
    pub text: String,
    /// Fields by the name of their input, each with its problem.
    pub problems: Vec<(String, String)>,
}

/// What the browser half does about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The session is over: nothing that was typed is lost.
    SignedOut,
    /// Somebody else saved meanwhile: the page of the form tells what differs.
    Stale,
    /// The person chooses how to go on: the page of the form has the buttons.
    Choose,
    /// Nothing but to show it.
    Other,
}

#[cfg(feature = "ssr")]
impl From<&domain::ServiceError> for FormRefusal {
    fn from(problem: &domain::ServiceError) -> Self {
        use domain::ServiceError;
        let why = match problem {
            ServiceError::NotSignedIn => Why::SignedOut,
            ServiceError::Stale { .. } => Why::Stale,
            ServiceError::Choose { .. } => Why::Choose,
            _ => Why::Other,
        };
        let text = match problem {
            ServiceError::InUse(names) => format!("{problem} {}", names.join(", ")),
            _ => problem.to_string(),
        };
        let problems = match problem {
            ServiceError::Invalid(problems) => problems
                .iter()
                .map(|one| (one.field.as_str().to_owned(), one.message.clone()))
                .collect(),
            _ => Vec::new(),
        };
        Self { why, text, problems }
    }
}
