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
    /// Connections were tested: show this HTML, rendered by the server, in the place for it. The
    /// browser half has no renderer of its own, and nothing foreign is in it unescaped.
    Tested(String),
}
