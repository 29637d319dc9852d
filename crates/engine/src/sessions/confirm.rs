//! Asking a person who is signed in for their password again.

use domain::{Action, Actor, Field, Secret, ServiceError, audit::AuditAction};

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
    actor: &Actor,
    password: Secret,
    attempt: &str,
) -> Result<(), Error> {
    let budgets = Budgets::of_person(&engine.fingerprint_key, actor.user);
    let this = Attempt::begin(engine, budgets).await?;
    let stored = storage::sessions::password_hash_of(&engine.db, actor.user).await?;
    let stored = stored.ok_or(ServiceError::NotSignedIn)?;
    match password::check(password, Some(stored)).await? {
        Check::Right | Check::RightButWeak => Ok(()),
        Check::Wrong => {
            let (scope, now) = (Scope::of(&actor.may(Action::View)?), engine.clock.now());
            let told = ("", format!("{attempt}: wrong password"));
            let mut tx = engine.db.begin_system(Sweep::SignIn).await?;
            this.failed(&mut tx, now).await?;
            record(&mut tx, person(actor), scope, now, AuditAction::Refused, told).await?;
            tx.commit().await?;
            Err(Field::Password.problem("This is not your password.").into())
        }
    }
}
