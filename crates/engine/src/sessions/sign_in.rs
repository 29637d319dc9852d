//! Checking an e-mail address and a password.

use domain::{
    Email, Field, Scope, UserId,
    audit::{AuditAction, AuditActor},
    service::Peer,
    sessions::SignIn,
};
use storage::{audit::Record, sessions::Account};

use super::password::{self, Check};
use crate::{Engine, Error};

/// An unknown address and a wrong password take the same steps and answer alike (R-ENUM-01).
pub(super) async fn sign_in(engine: &Engine, form: SignIn, peer: Peer) -> Result<UserId, Error> {
    let email = Email::parse(&form.email)?;
    engine.limits.sign_in(peer, &email)?;
    let account = storage::sessions::account(&engine.db, email.as_str()).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let check = password::check(form.password.clone(), stored).await?;
    let account = match (account, check) {
        (Some(account), Check::Right) => account,
        (Some(account), Check::RightButWeak) => {
            let stronger = password::hash(form.password).await?;
            let old = &account.password_hash;
            storage::sessions::rehash(&engine.db, account.id, old, &stronger).await?;
            account
        }
        (account, _) => {
            note(engine, account.as_ref(), peer, AuditAction::SignInRefused).await?;
            return Err(Field::Password.problem("E-mail address or password is wrong.").into());
        }
    };
    note(engine, Some(&account), peer, AuditAction::SignedIn).await?;
    Ok(account.id)
}

/// Writes a sign-in, or a refused one, to the log of the person's organization. A try with an
/// unknown address stands in the log of whoever set this Hawser up, without the address: people
/// type passwords into the wrong field.
async fn note(
    engine: &Engine,
    account: Option<&Account>,
    peer: Peer,
    action: AuditAction,
) -> Result<(), Error> {
    let organization = match account {
        Some(account) => {
            let memberships = storage::organizations::memberships(&engine.db, account.id).await?;
            memberships.first().map(|membership| membership.organization)
        }
        None => storage::organizations::first(&engine.db).await?,
    };
    let Some(organization) = organization else { return Ok(()) };
    let name = account.map(|account| account.name.clone());
    let signed_in = action == AuditAction::SignedIn;
    let record = Record {
        actor: match &name {
            Some(name) if signed_in => AuditActor::Person(name.clone()),
            _ => AuditActor::Nobody,
        },
        address: Some(peer),
        action,
        target: name.filter(|_| !signed_in).unwrap_or_default(),
        detail: match account {
            _ if signed_in => String::new(),
            Some(_) => "wrong password".to_owned(),
            None => "unknown address".to_owned(),
        },
    };
    let mut tx = engine.db.begin().await?;
    let scope = Scope::of_worker(organization);
    storage::audit::record(&mut tx, scope, engine.clock.now(), &record).await?;
    Ok(tx.commit().await?)
}
