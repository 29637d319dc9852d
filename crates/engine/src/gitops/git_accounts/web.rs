//! Connecting in the browser (R-OAUTH-01).
//!
//! Two keys of 256 bits are made: the state goes through GitHub, the other one stays in the browser's
//! cookie, and SQL holds only their hashes. The PKCE verifier is derived from the browser's key.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Action, CredentialId, Field, Principal, Secret,
    gitops::{GitAccountMethod, WebStart},
};
use github::Verifier;
use storage::{
    Scope,
    gitops::git_accounts::{self, State},
};

use super::{connect, github, refused};
use crate::{Engine, Error, audit::allowed, random, secret_hash};

/// How long the way through GitHub may take.
const LIFE: Duration = Duration::from_mins(10);
/// The most bytes of what comes back from browsers.
const LONGEST: usize = 1_024;

pub(super) async fn begin(engine: &Engine, principal: &Principal) -> Result<WebStart, Error> {
    let grant =
        allowed(engine, principal, Action::ConnectAccounts, "connect a Git account").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let github = github(engine)?;
    let (state, browser) = (key(), key());
    let url = github.authorize_url(&state, &Verifier::of(&browser))?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    git_accounts::forget_ended(&mut tx, now).await?;
    let begun = hashes(principal, &state, &browser);
    git_accounts::begin(&mut tx, scope, &begun, now.plus(LIFE)).await?;
    tx.commit().await?;
    Ok(WebStart { url: url.into(), browser })
}

pub(super) async fn finish(
    engine: &Engine,
    principal: &Principal,
    browser: &Secret,
    state: &Secret,
    code: &Secret,
) -> Result<CredentialId, Error> {
    let grant =
        allowed(engine, principal, Action::ConnectAccounts, "connect a Git account").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let github = github(engine)?;
    let fits = [browser, state, code].iter().all(|text| (1..=LONGEST).contains(&text.len()));
    let now = engine.clock.now();
    let begun = hashes(principal, state, browser);
    // From here on nobody can use this begin again, whatever comes of it.
    if !fits || git_accounts::take(&engine.db, scope, &begun, now).await? == 0 {
        return Err(not_begun());
    }
    let given = github.exchange(code, &Verifier::of(browser), now).await.map_err(refused)?;
    connect::connect(engine, principal, grant, GitAccountMethod::Web, given).await
}

fn not_begun() -> Error {
    Field::Account
        .problem(
            "Nothing was connected: this was begun in another browser or tab, was used before, or took more than ten minutes. Connect again.",
        )
        .into()
}

/// 256 random bits as text.
fn key() -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(random::bytes::<32>()))
}

fn hashes(principal: &Principal, state: &Secret, browser: &Secret) -> State {
    let (state_hash, browser_hash) = (secret_hash::sha256(state), secret_hash::sha256(browser));
    State { state_hash, browser_hash, user: principal.user }
}
