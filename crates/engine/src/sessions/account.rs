//! What people do with their own account.

use async_trait::async_trait;
use domain::{
    Action, Field, Principal, ServiceError,
    account::{ChangePassword, OwnSession, Profile, SessionKey},
    audit::{AuditAction, AuditTarget},
    counted,
    service::{Answer, OwnAccount},
};
use storage::{Scope, sessions};

use super::{confirm::confirm, password};
use crate::{
    Engine, Error,
    audit::{self, allowed, person, reading},
    error::answer,
};

#[async_trait]
impl OwnAccount for Engine {
    async fn profile(&self, principal: &Principal) -> Answer<Profile> {
        profile(self, principal).await.map_err(answer)
    }

    async fn sessions(&self, principal: &Principal) -> Answer<Vec<OwnSession>> {
        list(self, principal).await.map_err(answer)
    }

    async fn end_session(&self, principal: &Principal, session: SessionKey) -> Answer<()> {
        end(self, principal, session).await.map_err(answer)
    }

    async fn end_other_sessions(&self, principal: &Principal, kept: SessionKey) -> Answer<u64> {
        end_others(self, principal, kept).await.map_err(answer)
    }

    async fn change_password(
        &self,
        principal: &Principal,
        form: ChangePassword,
        kept: SessionKey,
    ) -> Answer<()> {
        change_password(self, principal, form, kept).await.map_err(answer)
    }
}

async fn profile(engine: &Engine, principal: &Principal) -> Result<Profile, Error> {
    let (engine, _) = reading(engine, principal, Action::View, "see their account").await?;
    let profile = sessions::profile(&engine.db, principal.user).await?;
    Ok(profile.ok_or(ServiceError::NotSignedIn)?)
}

async fn list(engine: &Engine, principal: &Principal) -> Result<Vec<OwnSession>, Error> {
    let now = engine.clock.now();
    let (engine, _) = reading(engine, principal, Action::View, "see their sessions").await?;
    Ok(sessions::sessions_of(&engine.db, principal.user, now).await?)
}

async fn end(engine: &Engine, principal: &Principal, session: SessionKey) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::View, "end a session").await?;
    let (scope, now) = (Scope::of(&grant), engine.clock.now());
    let mut tx = engine.db.begin_as(&grant).await?;
    if sessions::end_session(&mut tx, principal.user, session).await? == 0 {
        return Err(ServiceError::NotFound.into());
    }
    let told = (AuditTarget::Person(principal.user), principal.name.as_str(), String::new());
    audit::record(&mut tx, person(principal), scope, now, AuditAction::SessionEnded, told).await?;
    Ok(tx.commit().await?)
}

async fn end_others(
    engine: &Engine,
    principal: &Principal,
    kept: SessionKey,
) -> Result<u64, Error> {
    let grant = allowed(engine, principal, Action::View, "end their other sessions").await?;
    let (scope, now) = (Scope::of(&grant), engine.clock.now());
    let mut tx = engine.db.begin_as(&grant).await?;
    let ended = sessions::end_other_sessions(&mut tx, principal.user, kept).await?;
    if ended > 0 {
        let told =
            (AuditTarget::Person(principal.user), principal.name.as_str(), sessions_ended(ended));
        audit::record(&mut tx, person(principal), scope, now, AuditAction::SessionEnded, told)
            .await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Whoever knows the present password gives a new one. All other sessions end with the change, and what
/// they began and did not end yet is refused, because the person's epoch grows.
async fn change_password(
    engine: &Engine,
    principal: &Principal,
    form: ChangePassword,
    kept: SessionKey,
) -> Result<(), Error> {
    let form = form.parse()?;
    confirm(engine, principal, form.current, "change their password").await.map_err(of_current)?;
    let hash = password::hash(form.password.secret().clone()).await?;
    let grant = allowed(engine, principal, Action::View, "change their password").await?;
    let (scope, now) = (Scope::of(&grant), engine.clock.now());
    let mut tx = engine.db.begin_as(&grant).await?;
    sessions::set_password(&mut tx, principal.user, &hash).await?;
    let ended = sessions::end_other_sessions(&mut tx, principal.user, kept).await?;
    let told =
        (AuditTarget::Person(principal.user), principal.name.as_str(), sessions_ended(ended));
    audit::record(&mut tx, person(principal), scope, now, AuditAction::PasswordChanged, told)
        .await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

fn sessions_ended(count: u64) -> String {
    format!("{} ended", counted(count, "other session", "other sessions"))
}

/// A wrong password is the present one here; the other field is the new one.
fn of_current(error: Error) -> Error {
    match error {
        Error::Refused(ServiceError::Invalid(problems)) => {
            let message = problems.into_iter().next().map(|problem| problem.message);
            Field::Current.problem(message.unwrap_or_default()).into()
        }
        other => other,
    }
}
