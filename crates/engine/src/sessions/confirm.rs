//! Asking a person who is signed in for their password again.

use domain::{Actor, Email, Field, Secret, ServiceError, audit::AuditAction, service::Peer};

use super::password::{self, Check};
use crate::{Engine, Error, audit::note};

/// Whether this is the person's own password, with the limits of a sign-in. A wrong one stands in
/// the audit log with what was to be done.
///
/// # Errors
/// A problem of the password field, or [`ServiceError::TooMany`].
pub(crate) async fn confirm(
    engine: &Engine,
    actor: &Actor,
    password: Secret,
    peer: Peer,
    attempt: &str,
) -> Result<(), Error> {
    let account = storage::sessions::account_of(&engine.db, actor.user).await?;
    let (email, stored) = account.ok_or(ServiceError::NotSignedIn)?;
    engine.limits.sign_in(peer, &Email::parse(&email)?)?;
    match password::check(password, Some(stored)).await? {
        Check::Right | Check::RightButWeak => Ok(()),
        Check::Wrong => {
            let detail = format!("{attempt}: wrong password");
            note(engine, actor, AuditAction::Refused, "", &detail).await?;
            Err(Field::Password.problem("This is not your password.").into())
        }
    }
}
