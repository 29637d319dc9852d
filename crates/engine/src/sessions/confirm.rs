//! Asking a person who is signed in for their password again.

use domain::{Action, Field, Principal, Secret, ServiceError, audit::AuditAction};

use storage::{Scope, Sweep};

use super::{
    attempts::Attempt,
    budgets::Budgets,
    password::{self, Check},
};
use crate::{
    Engine, Error,
    audit::{person, record},
};

/// Whether this is the person's own password. Failures delay the next try, and nothing but failures here
/// does: not what strangers try at the sign-in. A wrong one stands in the audit log with what was to be
/// done.
///
/// # Errors
/// A problem of the password field, or [`ServiceError::TooMany`] when a newer try took the place of this.
pub(crate) async fn confirm(
    engine: &Engine,
    principal: &Principal,
    password: Secret,
    attempt: &str,
) -> Result<(), Error> {
    let budgets = Budgets::of_person(&engine.fingerprint_key, principal.user);
    let this = Attempt::begin(engine, budgets).await?;
    let stored = storage::sessions::password_hash_of(&engine.db, principal.user).await?;
    let stored = stored.ok_or(ServiceError::NotSignedIn)?;
    match password::check(password, Some(stored)).await? {
        Check::Right | Check::RightButWeak => Ok(()),
        Check::Wrong => {
            let (scope, now) = (Scope::of(&principal.may(Action::View)?), engine.clock.now());
            let told = ("", format!("{attempt}: wrong password"));
            let mut tx = engine.db.begin_system(Sweep::SignIn).await?;
            this.failed(&mut tx, now).await?;
            record(&mut tx, person(principal), scope, now, AuditAction::Refused, told).await?;
            tx.commit().await?;
            Err(Field::Password.problem("This is not your password.").into())
        }
    }
}
