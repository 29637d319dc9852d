//! Finds out who asks, from the session, once for each request.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use domain::{ServiceError, UserId, account::browser_of};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tower_sessions::Session;

use super::{
    address::visitor,
    current_user::{Parting, SessionUser, USER},
    kept_cookie::KeptCookie,
    known_browser,
    refusal::{refuse, turned_away},
    site::Site,
};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Finds out who asks, before anything is answered.
pub(super) async fn recognize(
    State(site): State<Site>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = visitor(peer(&request), request.headers(), &site.trusted_proxies);
    let user = match session.get::<UserId>(USER).await {
        Ok(user) => user,
        Err(error) => {
            tracing::error!(%error, "failed to read a session");
            return refuse(
                StatusCode::SERVICE_UNAVAILABLE,
                "The database does not answer. Try again in a moment.",
            );
        }
    };
    let principal = match user {
        None => None,
        Some(user) => match site.services.sessions.principal(user).await {
            Ok(principal) => Some(principal.visiting_from(Some(peer))),
            Err(ServiceError::NotFound | ServiceError::NotAllowed | ServiceError::NotSignedIn) => {
                None
            }
            Err(problem) => return refuse(StatusCode::SERVICE_UNAVAILABLE, problem.to_string()),
        },
    };
    let visitor = Arc::new(SessionUser {
        session,
        user,
        principal,
        peer,
        browser: browser(request.headers()),
        now: site.clock.now(),
        transport: site.transport(),
        known_browser: known_browser::read(site.transport(), request.headers()),
        invitation: KeptCookie::Invitation
            .read(site.transport(), request.headers())
            .filter(|token| !token.is_empty()),
        disk: site.disk.clone(),
        ended: AtomicBool::new(false),
        parting: Mutex::default(),
    });
    request.extensions_mut().insert(Arc::clone(&visitor));
    let mut response = next.run(request).await;
    if visitor.ended.load(Ordering::Acquire) {
        response
            .headers_mut()
            .insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\", \"storage\""));
    }
    let Parting { cookies, refusal } = std::mem::take(&mut *visitor.parting());
    if let Some(problem) = refusal {
        response = turned_away(&problem);
    }
    if !cookies.is_empty() {
        response.extensions_mut().insert(PartingCookies(cookies));
    }
    response
}

/// The cookies that a visit leaves beside that of its session.
#[derive(Clone)]
struct PartingCookies(Vec<HeaderValue>);

/// Sets the cookies that a visit left, after that of the session.
pub(super) async fn part(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(PartingCookies(cookies)) = response.extensions_mut().remove() {
        for cookie in cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The browser in words.
fn browser(headers: &HeaderMap) -> String {
    let name = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok());
    browser_of(name.unwrap_or_default())
}

/// The address at the other end of the connection.
fn peer(request: &Request) -> IpAddr {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip().to_canonical())
}
