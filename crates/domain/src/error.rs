//! The answers a person can act on.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{Cause, cause::RemoteKind, counted};

/// A field of a form, by the name its input carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the field it names")]
pub enum Field {
    Access,
    Account,
    ArgoProject,
    Base,
    Branch,
    Ca,
    Carrier,
    Certificate,
    Charts,
    Consumer,
    Credential,
    Credentials,
    Current,
    Description,
    Email,
    Environment,
    Expires,
    Exports,
    File,
    Folder,
    GcpProject,
    Installation,
    Interval,
    Kind,
    Label,
    Mode,
    Name,
    Namespace,
    Organization,
    Package,
    Packages,
    Password,
    Pattern,
    PatternKind,
    Project,
    Provider,
    Proxy,
    Purposes,
    Recipients,
    Region,
    Registry,
    Replacement,
    Repositories,
    Role,
    SecretName,
    ServiceAccount,
    ServiceAccounts,
    #[strum(serialize = "shape")]
    AuthMethod,
    Sharing,
    Store,
    StoreKind,
    Template,
    Tenant,
    ToNamespaces,
    Url,
    Username,
    Webhook,
}

spelled!(Field);

impl Field {
    /// What is wrong with this field.
    pub fn problem(self, message: impl Into<String>) -> FieldProblem {
        FieldProblem { field: self, message: message.into() }
    }
}

/// What is wrong with one field, in a sentence that says what to do. Never holds what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The field.
    pub field: Field,
    /// What to do about it.
    pub message: String,
}

/// A way to go on with a form that was stopped: a button of the same form, with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormChoice {
    /// What the button says, such as `Add and allow example.com`.
    pub label: String,
    /// The name under which the form sends the choice.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The closed list of refusals; the only error that crosses to the browser or to the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "error", content = "detail")]
pub enum ServiceError {
    /// It does not exist, or not in this organization.
    #[error("This page doesn't exist, or you can't see it.")]
    NotFound,
    /// The person's role does not include it.
    #[error("Your role does not allow this. Ask an owner or admin of the organization.")]
    NotAllowed,
    /// The right they had when they asked was gone when it was to take effect.
    #[error(
        "You are no longer allowed to do this: your role, your membership or your password changed meanwhile. Nothing was changed."
    )]
    NoLongerAllowed,
    /// Nobody is signed in.
    #[error("Sign in to go on.")]
    NotSignedIn,
    /// Fields to correct.
    #[error("Check the highlighted fields.")]
    Invalid(Vec<FieldProblem>),
    /// Somebody else changed it first.
    #[error(
        "{} meanwhile, so nothing was saved. Compare with the current values.",
        changed(changed_by)
    )]
    Stale {
        /// Who changed it; empty for the person who is told so.
        changed_by: String,
    },
    /// Nothing was done yet: the person has to say how to go on.
    #[error("{message}")]
    Choose {
        /// What stands in the way, in a sentence.
        message: String,
        /// The ways to go on, as buttons of the same form; none when only somebody else can help.
        ways: Vec<FormChoice>,
    },
    /// A change of it is under way, and nobody knows yet whether it counts.
    #[error(
        "An earlier change of this is still being stored, so nothing was saved now. Try again in a moment."
    )]
    UnderWay,
    /// It is in use; the names of what would break.
    #[error("It is still in use.")]
    InUse(Vec<String>),
    /// The organization would be without an active owner; the names of those who could become one.
    #[error("{}", last_owner(.0))]
    LastOwner(Vec<String>),
    /// Too many attempts.
    #[error("Too many attempts. Try again in {}.", counted(*seconds, "second", "seconds"))]
    TooMany {
        /// Seconds to wait.
        seconds: u64,
    },
    /// More passwords wait to be checked than this server takes.
    #[error("Too many passwords are being checked right now. Try again in {}.", counted(*seconds, "second", "seconds"))]
    Busy {
        /// Seconds to wait.
        seconds: u64,
    },
    /// Another machine could not be reached or refused.
    #[error("{}", .cause.words(*.asked).message)]
    Unreachable {
        /// Who was asked.
        asked: RemoteKind,
        /// Why it did not work.
        cause: Cause,
    },
    /// Vault or the database is down; nothing was changed.
    #[error("{what} does not answer. Nothing was changed; try again in a moment.")]
    Unavailable {
        /// `Vault` or `The database`.
        what: String,
    },
    /// It does not work until somebody mends what Hawser runs on; nothing was changed.
    #[error("{why} Nothing was changed. Whoever runs Hawser finds the details in its log.")]
    NeedsOperator {
        /// What is wrong, in a sentence.
        why: String,
    },
    /// The change is being checked; the page shows the result within a minute.
    #[error(
        "Vault did not answer in time. Hawser is checking whether the change was stored; reload this page in a minute."
    )]
    BeingChecked,
    /// Our fault; the reference stands in the log.
    #[error("Something went wrong on our side. Reference {reference}.")]
    Internal {
        /// What to search the log for.
        reference: String,
    },
}

fn last_owner(others: &[String]) -> String {
    const ONLY: &str = "This is the only active owner, and an organization needs one.";
    match others {
        [] => format!("{ONLY} Invite somebody and make them an owner first."),
        others => format!("{ONLY} Make somebody else an owner first: {}.", others.join(", ")),
    }
}

/// Nobody is told that they did themselves what somebody else is suspected of.
fn changed(by: &str) -> String {
    if by.is_empty() {
        "An earlier change of yours was stored".to_owned()
    } else {
        format!("{by} changed this")
    }
}

impl ServiceError {
    /// The seconds after which the same can be tried again, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { seconds } | Self::Busy { seconds } => Some(*seconds),
            _ => None,
        }
    }

    /// The same refusal, as it is told to this person.
    #[must_use]
    pub fn told_to(self, person: &str) -> Self {
        match self {
            Self::Stale { changed_by } if changed_by == person => {
                Self::Stale { changed_by: String::new() }
            }
            other => other,
        }
    }

    /// The problem of one field, if that field has one.
    #[must_use]
    pub fn problem_of(&self, field: Field) -> Option<&str> {
        match self {
            Self::Invalid(problems) => problems
                .iter()
                .find(|problem| problem.field == field)
                .map(|problem| problem.message.as_str()),
            _ => None,
        }
    }
}

impl From<FieldProblem> for ServiceError {
    fn from(problem: FieldProblem) -> Self {
        Self::Invalid(vec![problem])
    }
}

/// Unwraps every result into a tuple, or returns all the problems at once.
macro_rules! all {
    ($($result:expr),+ $(,)?) => {{
        let mut problems: Vec<$crate::FieldProblem> = Vec::new();
        let results = ($($crate::error::kept($result, &mut problems),)+);
        if !problems.is_empty() {
            return Err($crate::ServiceError::Invalid(problems));
        }
        $crate::error::Unwrapped::unwrapped(results).ok_or($crate::ServiceError::Invalid(problems))?
    }};
}
pub(crate) use all;

/// As `all!`, for results that carry several problems each.
#[cfg(feature = "host")]
macro_rules! every {
    ($($result:expr),+ $(,)?) => {{
        let mut problems: Vec<$crate::FieldProblem> = Vec::new();
        let results = ($(($result).map_err(|more| problems.extend(more)).ok(),)+);
        if !problems.is_empty() {
            return Err($crate::ServiceError::Invalid(problems));
        }
        $crate::error::Unwrapped::unwrapped(results).ok_or($crate::ServiceError::Invalid(problems))?
    }};
}
#[cfg(feature = "host")]
pub(crate) use every;

/// The value, or its problem put on the list.
pub(crate) fn kept<T>(
    result: Result<T, FieldProblem>,
    problems: &mut Vec<FieldProblem>,
) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

/// A tuple of options turned into an option of a tuple.
pub(crate) trait Unwrapped {
    type All;
    fn unwrapped(self) -> Option<Self::All>;
}

macro_rules! unwrapped {
    ($($name:ident)+) => {
        impl<$($name),+> Unwrapped for ($(Option<$name>,)+) {
            type All = ($($name,)+);
            #[expect(non_snake_case, reason = "the names of the type parameters name the values too")]
            fn unwrapped(self) -> Option<Self::All> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}
unwrapped!(A B);
unwrapped!(A B C);
unwrapped!(A B C D);
unwrapped!(A B C D E);
unwrapped!(A B C D E F);
unwrapped!(A B C D E F G);
unwrapped!(A B C D E F G H);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_that_they_changed_it_themselves() {
        let stale = || ServiceError::Stale { changed_by: "Ada".to_owned() };
        assert!(stale().told_to("Grace").to_string().starts_with("Ada changed this meanwhile"));
        let own = stale().told_to("Ada").to_string();
        assert!(own.starts_with("An earlier change of yours was stored meanwhile"), "{own}");
        assert_eq!(ServiceError::UnderWay.told_to("Ada"), ServiceError::UnderWay);
    }
}
