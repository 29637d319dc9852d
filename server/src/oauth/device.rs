//! Connecting by a code that is typed at GitHub.

use std::sync::Arc;

use app::services::Flash;
use axum::{Extension, Form, extract::State, response::Response};
use domain::{
    Field, ServiceError,
    gitops::{DeviceForm, DeviceProgress},
};
use http::HeaderMap;
use serde::Deserialize;
use url::form_urlencoded::{Serializer, parse};

use super::{
    DEVICE, Oauth,
    answer::{done, keep, member, refused, to},
    cookie::Cookie,
};
use crate::web::Visitor;

/// The most bytes of the address of the page that shows a code.
const LONGEST: usize = 1_024;

/// Asks GitHub for a code and shows it.
pub(super) async fn begin(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Response {
    let begun = async {
        let actor = member(&visitor)?;
        oauth.connections.begin_device(&actor).await
    };
    match begun.await {
        Ok(code) => {
            let query = Serializer::new(String::new())
                .append_pair("code", &code.user_code)
                .append_pair("interval", &code.interval.to_string())
                .append_pair("url", &code.verification_url)
                .finish();
            let mut response = to(&format!("{DEVICE}?{query}"));
            Cookie::Device.keep(oauth.transport, &code.device, code.expires_in, &mut response);
            response
        }
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// The form of the page that shows a code.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Poll {
    /// The page itself.
    from: String,
}

/// Looks whether the code was typed.
pub(super) async fn poll(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<Visitor>>,
    headers: HeaderMap,
    Form(form): Form<Poll>,
) -> Response {
    let looked = async {
        let actor = member(&visitor)?;
        let device = Cookie::Device.read(oauth.transport, &headers);
        oauth.connections.poll_device(&actor, DeviceForm { device }).await
    };
    let ended = |message: &str| ServiceError::from(Field::Account.problem(message));
    let mut response = match looked.await {
        Ok(DeviceProgress::Pending { interval }) => {
            let notice = "GitHub has not seen the code yet.".to_owned();
            keep(&visitor, Flash { notice: Some(notice), ..Flash::default() }).await;
            return to(&again(&form.from, interval));
        }
        // The code stays good for a person who looked too often, or when something does not answer.
        Err(
            problem @ (ServiceError::TooMany { .. }
            | ServiceError::Unreachable(_)
            | ServiceError::Unavailable { .. }),
        ) => {
            keep(&visitor, Flash { problems: Some(problem), ..Flash::default() }).await;
            return to(&again(&form.from, 30));
        }
        Ok(DeviceProgress::Connected(_)) => done(&visitor, "The account is connected.").await,
        Ok(DeviceProgress::Expired) => {
            refused(&visitor, ended("The code ended before it was typed. Connect again.")).await
        }
        Ok(DeviceProgress::Refused) => {
            refused(&visitor, ended("You refused at GitHub, so nothing was connected.")).await
        }
        Err(problem) => refused(&visitor, problem).await,
    };
    Cookie::Device.forget(oauth.transport, &mut response);
    response
}

/// The page that shows the code, which looks again after so many seconds.
fn again(from: &str, interval: u64) -> String {
    let query = from.strip_prefix(DEVICE).and_then(|rest| rest.strip_prefix('?'));
    let query = query.filter(|query| query.len() <= LONGEST).unwrap_or_default();
    let mut written = Serializer::new(String::new());
    for (name, value) in parse(query.as_bytes()) {
        if matches!(name.as_ref(), "code" | "url") {
            written.append_pair(&name, &value);
        }
    }
    written.append_pair("interval", &interval.to_string());
    format!("{DEVICE}?{}", written.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_always_ours() {
        let from =
            "/gitops/connections/device?code=AB-1&interval=5&url=https%3A%2F%2Fgithub.com&x=y";
        let expected =
            "/gitops/connections/device?code=AB-1&url=https%3A%2F%2Fgithub.com&interval=10";
        assert_eq!(again(from, 10), expected);
        for other in [
            "",
            "https://evil.example/?code=1",
            "//evil.example",
            "/gitops/connections/deviceX?code=1",
        ] {
            assert_eq!(again(other, 5), "/gitops/connections/device?interval=5", "{other}");
        }
    }
}
