//! Webhooks: a document is posted to an address that an organization chose.

use std::time::Duration;

use reqwest::header::HeaderValue;
use url::Url;
use zeroize::Zeroizing;

use super::{Ask, Outbound, outbound::Trust};
use crate::{Failure, status::refusal};

/// The most bytes of an address.
const MAX_BYTES: usize = 2_048;
/// How long a webhook may take.
const TOTAL: Duration = Duration::from_secs(15);

/// The address of a webhook that may be asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook(Url);

impl Webhook {
    /// Scheme, host and port: the rest may let whoever knows it post there.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Webhook").field(&self.origin()).finish()
    }
}

impl Outbound {
    /// Reads the address of a webhook; `None` when it is none, holds a user name or password, or
    /// is neither public `https` nor allowed by the operator.
    #[must_use]
    pub fn webhook(&self, text: &str) -> Option<Webhook> {
        let text = text.trim();
        if text.len() > MAX_BYTES || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let mut url = Url::parse(text).ok()?;
        url.set_fragment(None);
        self.reach(&url, Trust::AllowList).map(|_| Webhook(url))
    }

    /// Posts a JSON document. Redirects are not followed.
    ///
    /// # Errors
    /// Why the webhook did not take it.
    pub async fn post(&self, to: &Webhook, document: &serde_json::Value) -> Result<(), Failure> {
        let body = Zeroizing::new(document.to_string().into_bytes());
        let json = HeaderValue::from_static("application/json");
        let ask = Ask::post(to.0.clone(), json, body, "post to the webhook").total(TOTAL);
        let answer = self.send(ask).await?;
        if answer.status().is_success() { Ok(()) } else { Err(refusal(answer, None).await) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AllowList;

    #[test]
    fn a_webhook_is_https_without_user_info_unless_the_operator_allows_it() {
        let outbound = |list| Outbound::new(AllowList::parse(list).unwrap()).unwrap();
        let (strict, open) = (outbound(""), outbound("127.0.0.0/8"));
        assert!(strict.webhook(" https://hooks.example.com/x?token=1#a ").is_some());
        for bad in [
            "",
            "hooks.example.com",
            "http://hooks.example.com/",
            "https://u:p@hooks.example.com/",
            "https://u@hooks.example.com/",
            "ftp://hooks.example.com/",
            "http://127.0.0.1:9/",
            "https://127.0.0.1/",
            "https://a b/",
            &format!("https://a/{}", "x".repeat(2_048)),
        ] {
            assert!(strict.webhook(bad).is_none(), "{bad}");
        }
        let allowed = open.webhook("http://127.0.0.1:9/secret?token=1").unwrap();
        assert_eq!(format!("{allowed:?}"), r#"Webhook("http://127.0.0.1:9")"#);
    }
}
