//! One request to an API server: no redirects, and an answer of limited size.

use domain::{Cause, Redactor};
use http::{
    Method,
    header::{ACCEPT, HeaderValue},
};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::{
    ApiServer,
    answer::{ApiRefusal, CallSubject, Verb, document, refusal},
};
use egress::{Ask, Redirects, secret_of};

/// The most that an answer may have. An object has at most 1.5 MiB in etcd, and carries the list of
/// its managers besides.
const ANSWER: usize = 4 * 1024 * 1024;

/// What is sent with a request.
pub(super) struct Body {
    pub(super) media_type: &'static str,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// A request.
pub(super) struct ApiCall {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Body>,
    pub(super) subject: CallSubject,
    /// Ends the sentence "could not …".
    pub(super) attempt: &'static str,
}

impl ApiServer {
    /// The address of a path below the server's own.
    pub(super) fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Sends a request and reads the whole answer as JSON.
    pub(super) async fn call(&self, call: ApiCall) -> Result<Value, ApiRefusal> {
        let ApiCall { method, url, body, subject, attempt } = call;
        let verb = Verb::of(&method);
        let ask = match body {
            None => Ask::get(url, attempt),
            Some(Body { media_type, bytes }) => {
                Ask::post(url, HeaderValue::from_static(media_type), bytes, attempt)
            }
        };
        let ask = ask
            .method(method)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .redirects(Redirects::Refuse)
            .login(self.login.clone());
        let answer = self.outbound.send(ask).await?;
        if !answer.status().is_success() {
            let refusal = refusal(answer, subject, verb).await;
            return Err(refusal.without(&Redactor::of(secret_of(self.login.as_ref()).as_ref())));
        }
        let bytes =
            answer.body(ANSWER).await.map(Zeroizing::new).map_err(|failure| {
                match failure.cause {
                    Cause::IndexTooLarge | Cause::IndexInvalid => {
                        failure.told_as(Cause::ServerError)
                    }
                    _ => failure,
                }
            })?;
        document(&bytes, attempt)
    }
}
