//! Connecting by a code that is typed at GitHub, for servers without a public address.

#![expect(clippy::disallowed_methods, reason = "takes the cookie of a flow apart")]

use std::time::Duration;

use domain::{
    Action, Field, Principal, Secret, Timestamp,
    gitops::{DeviceCode, DeviceProgress, GitAccountMethod},
};
use github::{GithubError, TokenRefusal};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{connect, github, refused};
use crate::{Engine, Error, audit::allowed, secret_hash};

pub(super) async fn begin(engine: &Engine, principal: &Principal) -> Result<DeviceCode, Error> {
    allowed(engine, principal, Action::ConnectAccounts, "connect a Git account").await?;
    engine.limits.connection_attempt(principal.user)?;
    let start = github(engine)?.begin_device().await.map_err(refused)?;
    let ends = engine.clock.now().plus(Duration::from_secs(start.expires_in));
    Ok(DeviceCode {
        user_code: start.user_code,
        verification_url: start.verification_url,
        expires_in: start.expires_in,
        interval: start.interval,
        device: seal(engine, principal, ends, &start.device_code)?,
    })
}

pub(super) async fn poll(
    engine: &Engine,
    principal: &Principal,
    kept: &Secret,
) -> Result<DeviceProgress, Error> {
    let grant =
        allowed(engine, principal, Action::ConnectAccounts, "connect a Git account").await?;
    engine.limits.connection_attempt(principal.user)?;
    let github = github(engine)?;
    let now = engine.clock.now();
    let Some((ends, code)) = unseal(engine, principal, kept)? else {
        let message =
            "This code was asked for in another browser or by somebody else. Connect again.";
        return Err(Field::Account.problem(message).into());
    };
    if ends <= now {
        return Ok(DeviceProgress::Expired);
    }
    match github.poll_device(&code, now).await {
        Ok(given) => connect::connect(engine, principal, grant, GitAccountMethod::Device, given)
            .await
            .map(DeviceProgress::Connected),
        Err(GithubError::Refused(TokenRefusal::Pending)) => {
            Ok(DeviceProgress::Pending { interval: 5 })
        }
        Err(GithubError::Refused(TokenRefusal::SlowDown(interval))) => {
            Ok(DeviceProgress::Pending { interval })
        }
        Err(GithubError::Refused(TokenRefusal::ExpiredToken)) => Ok(DeviceProgress::Expired),
        Err(GithubError::Refused(TokenRefusal::AccessDenied)) => Ok(DeviceProgress::Refused),
        Err(error) => Err(refused(error)),
    }
}

/// What the browser keeps: the device code, until when it counts, and a proof that this person asked
/// for it, so that nobody ends a flow that somebody else began (R-OAUTH-02).
fn seal(
    engine: &Engine,
    principal: &Principal,
    ends: Timestamp,
    code: &Secret,
) -> Result<Secret, Error> {
    let proof = hex::encode(mac(engine, principal, ends, code)?.finalize().into_bytes());
    Ok(Secret::new(format!("{}.{proof}.{}", ends.millis(), code.expose())))
}

fn unseal(
    engine: &Engine,
    principal: &Principal,
    kept: &Secret,
) -> Result<Option<(Timestamp, Secret)>, Error> {
    let mut parts = kept.expose().splitn(3, '.');
    let (Some(ends), Some(proof), Some(code)) = (parts.next(), parts.next(), parts.next()) else {
        return Ok(None);
    };
    let (Ok(ends), Ok(proof)) = (ends.parse().map(Timestamp::from_millis), hex::decode(proof))
    else {
        return Ok(None);
    };
    let code = Secret::new(code.to_owned());
    let is_ours = mac(engine, principal, ends, &code)?.verify_slice(&proof).is_ok();
    Ok(is_ours.then_some((ends, code)))
}

fn mac(
    engine: &Engine,
    principal: &Principal,
    ends: Timestamp,
    code: &Secret,
) -> Result<Hmac<Sha256>, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(engine.fingerprint_key.as_slice())
        .map_err(|_| Error::Setting("fingerprint_key"))?;
    mac.update(b"hawser device");
    mac.update(principal.organization.uuid().as_bytes());
    mac.update(principal.user.uuid().as_bytes());
    mac.update(&ends.millis().to_be_bytes());
    secret_hash::update(&mut mac, code);
    Ok(mac)
}
