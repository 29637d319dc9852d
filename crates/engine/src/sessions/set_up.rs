//! The first start: a one-time link instead of a default password (R-INIT-01).

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    OrganizationId, Role, Secret, ServiceError, UserId,
    audit::{AuditAction, AuditActor},
    service::Peer,
    sessions::{SetUp, SignedIn},
};
use storage::{Sweep, audit::Record};

use super::{budgets, known_browsers, password};
use crate::{Engine, Error, secret_hash};

/// How long a set-up link can be used.
const VALID: Duration = Duration::from_hours(1);

/// The one-time token of the set-up link.
#[derive(Debug)]
pub struct SetUpLink {
    /// What the link carries; only its SHA-256 is kept.
    pub token: Secret,
}

impl Engine {
    /// A new set-up link as long as nobody has an account; older ones stop working.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_up_link(&self) -> Result<Option<SetUpLink>, Error> {
        if storage::sessions::anybody(&self.db).await? {
            return Ok(None);
        }
        let token = Secret::new(BASE64_URL_SAFE_NO_PAD.encode(crate::random::bytes::<32>()));
        let mut tx = self.db.begin_system(Sweep::SetUp).await?;
        storage::sessions::void_tokens(&mut tx).await?;
        storage::sessions::issue_token(
            &mut tx,
            &secret_hash::sha256(&token),
            self.clock.now().plus(VALID),
        )
        .await?;
        tx.commit().await?;
        Ok(Some(SetUpLink { token }))
    }
}

pub(super) async fn is_open(engine: &Engine, token: &Secret) -> Result<bool, Error> {
    Ok(storage::sessions::is_open(&engine.db, &secret_hash::sha256(token), engine.clock.now())
        .await?)
}

/// Makes the first organization, its owner and the first line of its audit log.
pub(super) async fn set_up(engine: &Engine, form: SetUp, peer: Peer) -> Result<SignedIn, Error> {
    // Asked before the hashing, so that nobody without a link can make this machine hash.
    if !is_open(engine, &form.token).await? {
        return Err(wrong_token(engine, peer).await?);
    }
    let form = form.parse()?;
    let password_hash = password::hash(form.password.secret().clone()).await?;
    let now = engine.clock.now();
    let (organization, user) = (OrganizationId::new(), UserId::new());

    let mut tx = engine.db.begin_system(Sweep::SetUp).await?;
    if storage::sessions::use_token(&mut tx, &secret_hash::sha256(&form.token), now).await? == 0 {
        return Err(ServiceError::NotFound.into());
    }
    let scope = storage::organizations::add(&mut tx, organization, &form.organization, now).await?;
    let (email, name) = (form.email.as_str(), form.name.as_str());
    storage::sessions::insert_user(&mut tx, user, email, name, &password_hash, now).await?;
    storage::organizations::add_member(&mut tx, organization, user, Role::Owner, now).await?;
    let record = Record {
        actor: AuditActor::Person(form.name.to_string()),
        actor_id: Some(user),
        address: Some(peer),
        action: AuditAction::OrganizationCreated,
        target: form.organization.to_string(),
        target_id: None,
        read: None,
        detail: String::new(),
    };
    storage::audit::record(&mut tx, scope, now, &record).await?;
    let browser = known_browsers::remember_new(engine, &mut tx, user).await?;
    tx.commit().await?;
    Ok(SignedIn { user, browser })
}

/// Counts a wrong token; answers the refusal. A right one is taken whatever was tried before.
pub(crate) async fn wrong_token(engine: &Engine, peer: Peer) -> Result<Error, Error> {
    let budget = budgets::of_tokens(&engine.fingerprint_key, peer);
    let (now, subject) = (engine.clock.now(), &budget.subject[..]);
    let known = storage::sessions::failed(&engine.db, [subject, subject], now).await?;
    let delay = budget.delay(budget.failures(&known, now));
    if !delay.is_zero() {
        return Ok(ServiceError::TooMany { seconds: delay.as_secs() }.into());
    }
    let mut tx = engine.db.begin_system(Sweep::SetUp).await?;
    storage::sessions::count_failure(&mut tx, subject, budget.filling(), now).await?;
    tx.commit().await?;
    Ok(ServiceError::NotFound.into())
}
