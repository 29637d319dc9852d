//! Testing a token for Git, which is linked to no repository: its maker is asked about it.

use domain::{
    Cause, CredentialId, CredentialKind,
    cause::RemoteKind,
    connection_tests::{ConnectionTest, Stage, StageResult, StageState},
    credentials::SecretMaterial,
};
use egress::Login;
use registries::{Examined, TokenMaker};
use storage::{Scope, circuit_breaker::CredentialAtHost, repositories::Linkable};

use super::stored::{count, keep_expiry};
use crate::{
    Engine, Error,
    circuit_breaker::{self, LoginObservation},
    credentials::{SecretForUse, Use},
    repositories::CommittedVersion,
};

/// Asks the maker of a credential about it; `None` when the maker cannot be asked. While the
/// credential is paused there, the test ends at the login and nothing is sent.
pub(super) async fn test_token(
    engine: &Engine,
    scope: Scope,
    (id, credential): (CredentialId, &Linkable),
    used: &Use,
) -> Result<Option<ConnectionTest>, Error> {
    let Some(maker) = TokenMaker::of(credential.provider) else { return Ok(None) };
    let Some(url) = engine.registries.maker_url(maker) else { return Ok(None) };
    let origin = url.origin();
    let asked = match credential.provider.facts().kind {
        CredentialKind::Git => RemoteKind::GitServer,
        CredentialKind::Registry | CredentialKind::Cluster => RemoteKind::Registry,
    };
    if storage::circuit_breaker::is_paused(&engine.db, scope, id, &origin).await? {
        let (host, url) = (url.host().to_owned(), url.as_str().to_owned());
        return Ok(Some(ended(asked, host, url)));
    }
    let secret = engine.secret_for_use(scope, id, &used.at(&origin)).await?;
    let Some(login) = login(&secret) else { return Ok(None) };
    let Some(examined) = engine.registries.examine_token(maker, login, engine.clock.now()).await
    else {
        return Ok(None);
    };
    let version = CommittedVersion {
        scope,
        credential: id,
        vault_version: secret.vault_version,
        epoch: secret.epoch,
    };
    let told = login_outcome(&examined).map(|told| {
        let place = CredentialAtHost { scope: version.scope, credential: id, origin };
        // How many were counted is not known here, so a success looks.
        (version, LoginObservation { place, name: credential.name.clone(), refusals: 1, told })
    });
    count(engine, scope, told.into_iter().collect()).await?;
    let Examined { stages, certificate, quota, expires_at, excess } = examined;
    let (name, url) = (url.host().to_owned(), url.as_str().to_owned());
    let test = ConnectionTest {
        certificate,
        quota,
        expires_at,
        excess,
        ..ConnectionTest::of(asked, name, url, stages)
    };
    keep_expiry(engine, scope, version, &test).await?;
    Ok(Some(test))
}

/// A test that ended at the login without a request.
fn ended(asked: RemoteKind, name: String, url: String) -> ConnectionTest {
    let stages = vec![StageResult {
        stage: Stage::Token,
        state: StageState::Failed,
        millis: None,
        status: None,
        detail: "The token was not sent.".to_owned(),
        cause: Some(Cause::CredentialPaused),
    }];
    ConnectionTest::of(asked, name, url, stages)
}

/// The token itself; what is exchanged ends by itself and has no scopes to tell.
fn login(secret: &SecretForUse) -> Option<Login> {
    match &secret.material {
        SecretMaterial::Password { username, password } => {
            Some(Login::stored(username.clone(), password.clone()))
        }
        _ => None,
    }
}

fn login_outcome(examined: &Examined) -> Option<circuit_breaker::LoginOutcome> {
    let failed = examined.stages.iter().find(|stage| stage.state == StageState::Failed);
    circuit_breaker::login_outcome(failed.map(|stage| stage.cause.unwrap_or(Cause::Internal)))
}
