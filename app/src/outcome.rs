//! What a server function answers to a form that was sent by the browser half.

use domain::ServiceError;
use serde::{Deserialize, Serialize};

/// The end of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It worked: go to this path.
    Next(String),
    /// It was refused: show why beside the fields.
    Refused(ServiceError),
}
