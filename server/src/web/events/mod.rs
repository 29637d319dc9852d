//! Event streams: the progress of a propagation, news of the organization, and connection tests.
//!
//! A stream ends within seconds after its session or the person's place in the organization ends
//! (R-AUTHZ-07).

mod connection_test;
mod organization;
mod propagation;

use std::{convert::Infallible, time::Duration};

use app::services::CurrentUser as _;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::{Principal, ServiceError, UserId};
use http::StatusCode;
use tokio::{sync::mpsc, time::Instant};
use tokio_stream::wrappers::ReceiverStream;
use tower_sessions::session::Id;

pub(super) use connection_test::connection_test;
pub(super) use organization::organization;
pub(super) use propagation::propagation;

use super::{current_user::SessionUser, refusal::refuse, site::Site, stream_slots::StreamSlot};

/// How long a reader may take nothing before its stream is closed.
const STALLED: Duration = Duration::from_secs(30);

/// How often a stream looks whether its session still lives.
const RECHECK: Duration = Duration::from_secs(3);

/// Lets pages of ours listen, and nobody else.
pub(super) async fn for_pages_of_ours(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    if site.origins.may_listen(request.headers()) {
        next.run(request).await
    } else {
        refuse(StatusCode::FORBIDDEN, "Event streams are for pages of Hawser.")
    }
}

/// Who listens, and where their events go.
struct Listener {
    site: Site,
    principal: Principal,
    session: Id,
    events: mpsc::Sender<Result<Event, Infallible>>,
    _place: StreamSlot,
}

/// Opens a stream for the signed-in person and lets `tell` fill it.
fn open<Telling>(
    site: Site,
    visitor: &SessionUser,
    tell: impl FnOnce(Listener) -> Telling,
) -> Response
where
    Telling: Future<Output = ()> + Send + 'static,
{
    let (Some(principal), Some(session)) = (visitor.principal(), visitor.session().id()) else {
        return refuse(StatusCode::UNAUTHORIZED, ServiceError::NotSignedIn.to_string());
    };
    let Some(place) = site.streams.open_slot(principal.user) else {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "Too many pages of Hawser are open at once.");
    };
    let (events, stream) = mpsc::channel(4);
    tokio::spawn(tell(Listener { site, principal, session, events, _place: place }));
    let stream = Sse::new(ReceiverStream::new(stream));
    // Proxies must not wait for the end of a stream that has none.
    (
        [("x-accel-buffering", "no")],
        stream.keep_alive(KeepAlive::new().interval(Duration::from_secs(15))),
    )
        .into_response()
}

impl Listener {
    /// The person.
    const fn user(&self) -> UserId {
        self.principal.user
    }

    /// Whether the reader took the event, or at least an earlier one; `false` ends the stream.
    async fn send(&mut self, event: Event) -> bool {
        let end = Instant::now() + STALLED;
        loop {
            let events = self.events.clone();
            let look = end.min(Instant::now() + RECHECK);
            tokio::select! {
                place = events.reserve() => {
                    let Ok(place) = place else { return false };
                    place.send(Ok(event));
                    return true;
                }
                () = tokio::time::sleep_until(look) => {}
                () = self.gone() => return false,
            }
            // A person who signs out is not told more either, however slowly their browser reads.
            if Instant::now() >= end || !self.may_still_listen().await {
                return false;
            }
        }
    }

    /// Returns when the browser has hung up, or the server stops.
    async fn gone(&mut self) {
        tokio::select! {
            () = self.events.closed() => {}
            _ = self.site.stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Whether the session lives and the person is still who they were.
    async fn may_still_listen(&self) -> bool {
        self.site.sessions.lives(self.session).await
            && self.site.services.sessions.principal(self.principal.user).await.is_ok_and(
                |principal| principal.visiting_from(self.principal.address) == self.principal,
            )
    }
}
