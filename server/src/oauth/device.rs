//! Connecting by a code that is typed at GitHub.

use std::{sync::Arc, time::Duration};

use app::services::{CurrentUser, Flash, Typing};
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    Field, ServiceError,
    gitops::{DeviceForm, DeviceProgress},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    DEVICE, Oauth,
    answer::{done, member, refused, set_flash, to},
};
use crate::web::{KeptCookie, SessionUser};

/// Seconds until the page looks again after a look that came too early, or that nothing answered.
const LATER: u64 = 30;

/// Asks GitHub for a code and shows it.
pub(crate) async fn begin(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<SessionUser>>,
) -> Response {
    let begun = async {
        let principal = member(&visitor)?;
        oauth.connections.begin_device(&principal).await
    };
    let code = match begun.await {
        Ok(code) => code,
        Err(problem) => return refused(&visitor, problem).await,
    };
    let typing = Typing {
        code: code.user_code,
        url: code.verification_url,
        interval: code.interval,
        ends: visitor.now().plus(Duration::from_secs(code.expires_in)),
    };
    if let Err(problem) = visitor.keep_typing(Some(typing)).await {
        return refused(&visitor, problem).await;
    }
    let mut response = to(DEVICE);
    KeptCookie::Device.set(oauth.transport, &code.device, code.expires_in, &mut response);
    response
}

/// Looks whether the code was typed.
pub(crate) async fn poll(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    headers: HeaderMap,
) -> Response {
    let looked = async {
        let principal = member(&visitor)?;
        let device = KeptCookie::Device.read(oauth.transport, &headers).unwrap_or_default();
        oauth.connections.poll_device(&principal, DeviceForm { device }).await
    };
    let sender = Sender::of(&headers);
    let ended = |message: &str| ServiceError::from(Field::Account.problem(message));
    let mut response = match looked.await {
        Ok(DeviceProgress::Pending { interval }) if sender == Sender::Page => {
            return later(&visitor, interval).await;
        }
        Ok(DeviceProgress::Pending { interval }) => {
            let notice = "GitHub has not seen the code yet.".to_owned();
            set_flash(&visitor, Flash { notice: Some(notice), ..Flash::default() }).await;
            return again(&visitor, interval).await;
        }
        // The code stays good for a person who looked too often, or when something does not answer.
        Err(
            problem @ (ServiceError::TooMany { .. }
            | ServiceError::Unreachable { .. }
            | ServiceError::Unavailable { .. }
            | ServiceError::NeedsOperator { .. }),
        ) => {
            if sender == Sender::Page {
                return later(&visitor, LATER).await;
            }
            set_flash(&visitor, Flash { problems: Some(problem), ..Flash::default() }).await;
            return again(&visitor, LATER).await;
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
    // The code is used up; a session that still names it only ends later by itself.
    let _ = visitor.keep_typing(None).await;
    KeptCookie::Device.clear(oauth.transport, &mut response);
    if sender == Sender::Page {
        // A script that followed it would take the words that the next page is to say.
        *response.status_mut() = StatusCode::OK;
    }
    response
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// A person, who gets the page again and is told.
    Person,
    /// The page itself, in the background: it learns when to look again, or where to go.
    Page,
}

impl Sender {
    fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        if accept == Some("application/json") { Self::Page } else { Self::Person }
    }
}

/// To the page that looks in the background: not yet, look again after so many seconds.
async fn later(visitor: &SessionUser, interval: u64) -> Response {
    remember(visitor, interval).await;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(interval));
    response
}

/// To the page that shows the code, which looks again after so many seconds.
async fn again(visitor: &SessionUser, interval: u64) -> Response {
    remember(visitor, interval).await;
    to(DEVICE)
}

async fn remember(visitor: &SessionUser, interval: u64) {
    if let Some(typing) = visitor.typing().await {
        // The page looks again after the seconds that it knew, if the session cannot be written.
        let _ = visitor.keep_typing(Some(Typing { interval, ..typing })).await;
    }
}
