//! Who asks: read from the session once per request, and handed to pages, actions and streams.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use app::services::{Flash, Typing, Visit};
use async_trait::async_trait;
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use domain::{Actor, ServiceError, Timestamp, UserId};
use http::{HeaderName, HeaderValue, StatusCode};
use tower_sessions::Session;

use super::{address::visitor, refusal::refuse, site::Site};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The keys of the session's record.
pub(super) const USER: &str = "user";
const FLASH: &str = "flash";
const TYPING: &str = "typing";

/// The visitor of one request.
#[derive(Debug)]
pub struct Visitor {
    session: Session,
    user: Option<UserId>,
    actor: Option<Actor>,
    peer: IpAddr,
    now: Timestamp,
    ended: AtomicBool,
}

impl Visitor {
    /// The session, which outlives the request.
    pub(super) const fn session(&self) -> &Session {
        &self.session
    }
}

#[async_trait]
impl Visit for Visitor {
    fn user(&self) -> Option<UserId> {
        self.user
    }

    fn actor(&self) -> Option<Actor> {
        self.actor.clone()
    }

    fn peer(&self) -> IpAddr {
        self.peer
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    async fn begin(&self, user: UserId) -> Result<(), ServiceError> {
        // What an anonymous visitor was told is not for the person who signs in.
        self.session.clear().await;
        self.session.cycle_id().await.map_err(unavailable)?;
        self.session.insert(USER, user).await.map_err(unavailable)
    }

    async fn end(&self) -> Result<(), ServiceError> {
        self.session.flush().await.map_err(unavailable)?;
        self.ended.store(true, Ordering::Release);
        Ok(())
    }

    async fn keep(&self, flash: Flash) -> Result<(), ServiceError> {
        self.session.insert(FLASH, flash).await.map_err(unavailable)
    }

    async fn take(&self) -> Option<Flash> {
        let flash = self.session.get(FLASH).await.ok().flatten()?;
        self.session.remove_value(FLASH).await.ok()?;
        Some(flash)
    }

    async fn keep_typing(&self, typing: Option<Typing>) -> Result<(), ServiceError> {
        match typing {
            Some(typing) => self.session.insert(TYPING, typing).await.map_err(unavailable),
            None => self.session.remove_value(TYPING).await.map(drop).map_err(unavailable),
        }
    }

    async fn typing(&self) -> Option<Typing> {
        let typing: Typing = self.session.get(TYPING).await.ok().flatten()?;
        (self.now < typing.ends).then_some(typing)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err`")]
fn unavailable(error: tower_sessions::session::Error) -> ServiceError {
    tracing::error!(%error, "the session cannot be kept");
    ServiceError::Unavailable { what: "The database".to_owned() }
}

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
            tracing::error!(%error, "the session cannot be read");
            return refuse(
                StatusCode::SERVICE_UNAVAILABLE,
                "The database does not answer. Try again in a moment.",
            );
        }
    };
    let actor = match user {
        None => None,
        Some(user) => match site.services.sessions.actor(user).await {
            Ok(actor) => Some(actor.visiting_from(Some(peer))),
            Err(ServiceError::NotFound | ServiceError::NotAllowed | ServiceError::NotSignedIn) => {
                None
            }
            Err(problem) => return refuse(StatusCode::SERVICE_UNAVAILABLE, problem.to_string()),
        },
    };
    let visitor = Arc::new(Visitor {
        session,
        user,
        actor,
        peer,
        now: site.clock.now(),
        ended: AtomicBool::new(false),
    });
    request.extensions_mut().insert(Arc::clone(&visitor));
    let mut response = next.run(request).await;
    if visitor.ended.load(Ordering::Acquire) {
        response
            .headers_mut()
            .insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\", \"storage\""));
    }
    response
}

/// The address at the other end of the connection.
fn peer(request: &Request) -> IpAddr {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip().to_canonical())
}
