//! Checking an e-mail address and a password.

use domain::{
    Email, Field, ServiceError, Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget},
    service::Peer,
    sessions::{SignIn, SignInFrom, SignedIn},
};
use storage::{Sweep, Tx, audit::Record, sessions::Account};

use super::{
    attempts::Attempt,
    budgets::Budgets,
    known_browsers,
    password::{self, Check},
};
use crate::{Engine, Error, error::chain};

/// An unknown address and a wrong password take the same steps and answer alike (R-ENUM-01).
pub(super) async fn sign_in(
    engine: &Engine,
    form: SignIn,
    from: SignInFrom,
) -> Result<SignedIn, Error> {
    let email = Email::parse(&form.email)?;
    let known = known_browsers::known(engine, &email, from.browser.as_ref()).await?;
    let key = &engine.fingerprint_key;
    let budgets = match &known {
        Some(known) => Budgets::of_browser(key, &known.hash),
        None => Budgets::of_stranger(key, from.address, &email),
    };
    let attempt = Attempt::begin(engine, budgets).await?;
    let account = storage::sessions::account(&engine.db, email.as_str()).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let check = password::check(form.password.clone(), stored).await?;
    let account = match (account, check) {
        (Some(account), Check::Right) => account,
        (Some(account), Check::RightButWeak) => {
            strengthen(engine, &account, form).await;
            account
        }
        (account, _) => return Err(failed(engine, account.as_ref(), from.address, &attempt).await?),
    };
    let now = engine.clock.now();
    let mut tx = engine.db.begin_system(Sweep::SignIn).await?;
    let browser = known_browsers::remember(engine, &mut tx, account.id, known).await?;
    audit_sign_in(&mut tx, Some(&account), from.address, AuditAction::SignedIn, now).await?;
    tx.commit().await?;
    Ok(SignedIn { user: account.id, browser })
}

/// Hashes a right password anew; the person is signed in whether or not there is time for it.
async fn strengthen(engine: &Engine, account: &Account, form: SignIn) {
    let stronger = async {
        let stronger = password::hash(form.password).await?;
        let old = &account.password_hash;
        Ok::<_, Error>(storage::sessions::rehash(&engine.db, account.id, old, &stronger).await?)
    };
    if let Err(error) = stronger.await {
        tracing::warn!(error = %chain(&error), "failed to rehash a password with the current parameters");
    }
}

/// Counts the failure and writes it down; answers the refusal.
async fn failed(
    engine: &Engine,
    account: Option<&Account>,
    peer: Peer,
    attempt: &Attempt,
) -> Result<Error, Error> {
    let now = engine.clock.now();
    let mut tx = engine.db.begin_system(Sweep::SignIn).await?;
    attempt.failed(&mut tx, now).await?;
    audit_sign_in(&mut tx, account, peer, AuditAction::SignInRefused, now).await?;
    tx.commit().await?;
    let refusal = match attempt.next.as_secs() {
        0 => "Wrong email or password.".to_owned(),
        seconds => {
            let wait = domain::counted(seconds, "second", "seconds");
            format!("Wrong email or password. The next try takes {wait} longer.")
        }
    };
    Ok(ServiceError::from(Field::Password.problem(refusal)).into())
}

/// Writes a sign-in, or a refused one, to the log of the person's organization. A try with an address
/// that is unknown, or of somebody who is in no organization, stands in the log of whoever set this
/// Hawser up, so that all take as long; without what was typed: people type passwords into the wrong
/// field.
async fn audit_sign_in(
    tx: &mut Tx,
    account: Option<&Account>,
    peer: Peer,
    action: AuditAction,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(scope) =
        storage::organizations::of_sign_in(tx, account.map(|account| account.id)).await?
    else {
        return Ok(());
    };
    let name = account.map(|account| account.name.clone());
    let signed_in = action == AuditAction::SignedIn;
    let record = Record {
        actor: match &name {
            Some(name) if signed_in => AuditActor::Person(name.clone()),
            _ => AuditActor::Nobody,
        },
        actor_id: account.filter(|_| signed_in).map(|account| account.id),
        address: Some(peer),
        action,
        target: name.filter(|_| !signed_in).unwrap_or_default(),
        target_id: account.filter(|_| !signed_in).map(|account| AuditTarget::Person(account.id)),
        read: None,
        detail: match account {
            _ if signed_in => String::new(),
            Some(_) => "wrong password".to_owned(),
            None => "unknown address".to_owned(),
        },
    };
    Ok(storage::audit::record(tx, scope, now, &record).await?)
}
