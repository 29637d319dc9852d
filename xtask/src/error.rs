//! The one error of this tool: what was attempted, and why it failed.

use std::{error::Error as StdError, fmt::Display, path::Path};

/// What was attempted, with the cause behind it.
#[derive(Debug, thiserror::Error)]
#[error("{attempted}")]
pub struct Error {
    attempted: String,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of our own.
    pub fn new(attempted: impl Into<String>) -> Self {
        Self { attempted: attempted.into(), source: None }
    }
}

/// Says what was attempted when something fails.
pub trait Attempted<T> {
    /// Wraps the error.
    fn attempted(self, what: impl Display) -> Result<T, Error>;
    /// Wraps the error of a file.
    fn at(self, verb: &str, path: &Path) -> Result<T, Error>;
}

impl<T, E: Into<Box<dyn StdError + Send + Sync>>> Attempted<T> for Result<T, E> {
    fn attempted(self, what: impl Display) -> Result<T, Error> {
        self.map_err(|error| Error { attempted: what.to_string(), source: Some(error.into()) })
    }

    fn at(self, verb: &str, path: &Path) -> Result<T, Error> {
        self.attempted(format_args!("could not {verb} {}", path.display()))
    }
}
