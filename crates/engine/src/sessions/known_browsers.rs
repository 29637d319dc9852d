//! Browsers that signed a person in before. Each has a budget of its own, so that strangers who fail with
//! the person's address do not delay them.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Email, Secret, UserId};
use storage::Tx;

use crate::{Engine, Error, secret_hash};

/// How long a browser is known after a sign-in.
const KNOWN_FOR: Duration = Duration::from_hours(180 * 24);

/// A browser that is known for a shorter time than this is made known anew.
const RENEWED_BELOW: Duration = Duration::from_hours(90 * 24);

/// The most browsers of one person.
const MOST: u32 = 50;

/// A browser that signed this person in before.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownBrowser {
    /// The SHA-256 of what its cookie holds.
    pub(super) hash: [u8; 32],
    is_to_be_renewed: bool,
}

/// Whether the browser with this token signed in the person with this address before.
pub(super) async fn known(
    engine: &Engine,
    email: &Email,
    token: Option<&Secret>,
) -> Result<Option<KnownBrowser>, Error> {
    let Some(token) = token else { return Ok(None) };
    let (hash, now) = (secret_hash::sha256(token), engine.clock.now());
    let known = storage::sessions::known_to(&engine.db, &hash, now).await?;
    Ok(known.filter(|known| known.email == email.as_str()).map(|known| KnownBrowser {
        hash,
        is_to_be_renewed: known.ends_at.since(now) < RENEWED_BELOW,
    }))
}

/// Makes the browser of a new person known to them; answers the token of its cookie.
pub(crate) async fn remember_new(
    engine: &Engine,
    tx: &mut Tx,
    user: UserId,
) -> Result<Option<Secret>, Error> {
    remember(engine, tx, user, None).await
}

/// Makes the browser known to this person; answers the new token of its cookie, unless it is known for
/// long enough. Never takes over a token that it did not make: whoever planted it would be known too.
pub(super) async fn remember(
    engine: &Engine,
    tx: &mut Tx,
    user: UserId,
    known: Option<KnownBrowser>,
) -> Result<Option<Secret>, Error> {
    if known.is_some_and(|known| !known.is_to_be_renewed) {
        return Ok(None);
    }
    let token = Secret::new(BASE64_URL_SAFE_NO_PAD.encode(crate::random::bytes::<32>()));
    let ends_at = engine.clock.now().plus(KNOWN_FOR);
    storage::sessions::keep_browser(tx, &secret_hash::sha256(&token), user, ends_at, MOST).await?;
    Ok(Some(token))
}
