//! What a JSON web token says about itself. Nothing is trusted for it: only its own holder and the
//! registry that made it are told.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::lenient;

/// The most bytes of a token that is looked into.
const MOST: usize = 64 * 1024;

/// The claims of a token; `None` for any other text.
pub(crate) fn claims<C: DeserializeOwned>(token: &str) -> Option<C> {
    if token.len() > MOST {
        return None;
    }
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
    serde_json::from_slice(&json).ok()
}

/// When a token ends, since the Unix epoch.
pub(crate) fn expiry(token: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Expiry {
        #[serde(default, deserialize_with = "lenient::number")]
        exp: Option<f64>,
    }
    Duration::try_from_secs_f64(claims::<Expiry>(token)?.exp?).ok()
}
