use std::{error::Error, time::Duration};

use domain::Cause;

/// Why a registry could not be used.
///
/// The text says what was attempted at which host; it never holds a path, a query, user info or
/// what the host answered.
#[derive(Debug, thiserror::Error)]
#[error("could not {attempt}")]
pub struct Failure {
    /// The row of the catalogue that people see.
    pub cause: Cause,
    /// The HTTP status that decided it.
    pub status: Option<u16>,
    /// How long the host asked to be left alone, at most an hour.
    pub retry_after: Option<Duration>,
    /// The origin of a token service that the registry named and that was not allowed for it.
    pub refused_service: Option<Box<RefusedService>>,
    attempt: Box<str>,
    /// The host answered something else than TLS, as a plain HTTP server does.
    pub spoke_no_tls: bool,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The origin of a token service at another host, `scheme://host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedService(pub String);

impl Failure {
    /// The longest wait that a host may ask for.
    pub const LONGEST_WAIT: Duration = Duration::from_hours(1);

    /// A failure of `attempt`, which ends the sentence "could not …".
    #[must_use]
    pub fn new(cause: Cause, attempt: impl Into<String>) -> Self {
        Self {
            cause,
            status: None,
            retry_after: None,
            refused_service: None,
            attempt: attempt.into().into_boxed_str(),
            spoke_no_tls: false,
            source: None,
        }
    }

    /// The same with what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same failure under another row of the catalogue.
    #[must_use]
    pub fn told_as(self, cause: Cause) -> Self {
        Self { cause, ..self }
    }

    /// The same for somebody else who waited for the same thing; the source is told once.
    #[must_use]
    pub fn repeated(&self) -> Self {
        Self {
            attempt: self.attempt.clone(),
            refused_service: self.refused_service.clone(),
            source: None,
            ..*self
        }
    }

    /// What was attempted, as a sentence for people; it holds no secret, path or answer.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("Could not {}.", self.attempt)
    }

    /// The same with the status that decided it.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}
