//! What can go wrong inside, and the one place where it becomes an answer for a person.

use domain::{Cause, Field, FieldProblem, ServiceError, cause::RemoteKind};
use egress::Failure;
use vault::{Unavailable, VaultError};

/// A failed use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An answer that is meant for the person; nothing is wrong with Hawser.
    #[error("refusing the request")]
    Refused(#[source] ServiceError),
    /// The database failed.
    #[error("using the database")]
    Storage(#[source] storage::Error),
    /// Vault failed.
    #[error("using Vault")]
    Vault(#[source] VaultError),
    /// A registry failed, or another machine that Hawser asks over HTTP.
    #[error("using another machine")]
    Registry(#[source] Failure),
    /// A password could not be hashed or checked.
    #[error("hashing a password")]
    Password,
    /// The work on the index of credentials broke off.
    #[error("looking through the patterns of credentials")]
    Matching(#[source] tokio::task::JoinError),
    /// A stored setting is not readable.
    #[error("reading setting {0}")]
    Setting(&'static str),
}

impl From<ServiceError> for Error {
    fn from(error: ServiceError) -> Self {
        Self::Refused(error)
    }
}

impl From<FieldProblem> for Error {
    fn from(problem: FieldProblem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        Self::Storage(error)
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Registry(failure)
    }
}

/// A name that something else has already.
pub(crate) fn taken() -> FieldProblem {
    Field::Name.problem("This name is taken.")
}

/// A taken name is the person's to mend; anything else is ours.
pub(crate) fn name_taken(error: storage::Error) -> Error {
    if error.is_duplicate() { taken().into() } else { error.into() }
}

/// A refusal in one sentence or two.
pub(crate) fn sentence(problem: &ServiceError) -> String {
    match problem {
        ServiceError::Invalid(problems) => {
            let said: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
            said.join(" ")
        }
        other => other.to_string(),
    }
}

/// Turns a failure into an answer a person can act on, and logs its whole chain once. What another
/// machine did not do is told of a registry.
pub(crate) fn answer(error: Error) -> ServiceError {
    answer_of(RemoteKind::Registry, error)
}

/// The same, told of whom was asked.
pub(crate) fn answer_of(asked: RemoteKind, error: Error) -> ServiceError {
    match error {
        Error::Refused(refusal) => refusal,
        Error::Registry(failure) if failure.cause != Cause::Internal => {
            ServiceError::Unreachable { asked, cause: failure.cause }
        }
        Error::Storage(storage::Error::NoLongerAllowed) => ServiceError::NoLongerAllowed,
        Error::Storage(storage) if storage.is_unwritable() => {
            tracing::error!(error = %chain(&storage), "failed to write the database");
            ServiceError::NeedsOperator { why: UNWRITABLE.to_owned() }
        }
        Error::Storage(storage) if storage.is_unavailable() => {
            tracing::error!(error = %chain(&storage), "failed to reach the database");
            ServiceError::Unavailable { what: "The database".to_owned() }
        }
        Error::Vault(vault) if vault_cause(vault) == Cause::VaultRefused => {
            tracing::error!(error = %chain(&vault), "failed to use Vault");
            ServiceError::NeedsOperator { why: format!("{vault}.") }
        }
        Error::Vault(vault @ VaultError::Unavailable(why)) => {
            tracing::error!(error = %chain(&vault), "failed to reach Vault");
            match why {
                Unavailable::Sealed | Unavailable::NotInitialized => {
                    ServiceError::NeedsOperator { why: format!("{vault}.") }
                }
                _ => ServiceError::Unavailable { what: "Vault".to_owned() },
            }
        }
        other => {
            let reference = hex::encode(crate::random::bytes::<6>());
            tracing::error!(reference, error = %chain(&other), "request failed");
            ServiceError::Internal { reference }
        }
    }
}

const UNWRITABLE: &str =
    "The database reads and does not store anything: its disk is full, broken or read-only.";

/// Why Vault did not do what it was asked, for the pages: somebody has to mend it, or it passes.
pub(crate) const fn vault_cause(error: VaultError) -> Cause {
    match error {
        VaultError::Forbidden(_)
        | VaultError::LoginRefused
        | VaultError::Configuration(_)
        | VaultError::Unavailable(Unavailable::Certificate(_) | Unavailable::NoTls) => {
            Cause::VaultRefused
        }
        _ => Cause::VaultUnavailable,
    }
}

/// Why work of our own, which asks nobody but the database and Vault, is to be tried again.
pub(crate) const fn inner_cause(error: &Error) -> Cause {
    match error {
        Error::Vault(error) => vault_cause(*error),
        _ => Cause::Internal,
    }
}

/// An error with all its sources, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.replace(|c: char| c.is_control(), " ")
}
