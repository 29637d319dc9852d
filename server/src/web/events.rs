//! Event streams: the progress of a propagation, and news of the organization.
//!
//! A stream ends within seconds after its session or the person's place in the organization ends
//! (R-AUTHZ-07).

use std::{
    collections::HashMap,
    convert::Infallible,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::services::CurrentUser as _;
use axum::{
    Extension, Router,
    extract::{Path, Request, State},
    middleware::{self, Next},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use domain::{Actor, PropagationId, ServiceError, UserId, propagation::Heard};
use http::StatusCode;
use tokio::{sync::mpsc, time::Instant};
use tokio_stream::wrappers::ReceiverStream;
use tower_sessions::session::Id;

use super::{current_user::SessionUser, refusal::refuse, site::Site, watches};

/// The most streams one person may have open.
const STREAMS: usize = 16;

/// The shortest time between two looks at a propagation.
const PROGRESS_PAUSE: Duration = Duration::from_millis(200);

/// The shortest time between two events of an organization.
const NEWS_PAUSE: Duration = Duration::from_secs(1);

/// How long a reader may take nothing before its stream is closed.
const STALLED: Duration = Duration::from_secs(30);

/// How often a stream looks whether its session still lives.
pub(super) const RECHECK: Duration = Duration::from_secs(3);

/// The open streams by person.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<UserId, usize>>>);

/// One open stream; dropping it makes room for the next.
struct StreamSlot {
    streams: Streams,
    user: UserId,
}

impl Streams {
    fn open_slot(&self, user: UserId) -> Option<StreamSlot> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(user).or_default();
        if *count >= STREAMS {
            return None;
        }
        *count += 1;
        Some(StreamSlot { streams: self.clone(), user })
    }
}

impl Drop for StreamSlot {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

/// The streams' routes.
pub(super) fn routes(site: &Site) -> Router {
    Router::new()
        .route("/events/propagations/{id}", get(propagation))
        .route("/events/organization", get(organization))
        .route("/events/tests/{name}", get(watches::stages))
        .layer(middleware::from_fn_with_state(site.clone(), for_pages_of_ours))
        .with_state(site.clone())
}

async fn for_pages_of_ours(State(site): State<Site>, request: Request, next: Next) -> Response {
    if site.origins.may_listen(request.headers()) {
        next.run(request).await
    } else {
        refuse(StatusCode::FORBIDDEN, "Event streams are for pages of Hawser.")
    }
}

/// Who listens, and where their events go.
pub(super) struct Listener {
    site: Site,
    actor: Actor,
    session: Id,
    events: mpsc::Sender<Result<Event, Infallible>>,
    _place: StreamSlot,
}

/// Opens a stream for the signed-in person and lets `tell` fill it.
pub(super) fn open<Telling>(
    site: Site,
    visitor: &SessionUser,
    tell: impl FnOnce(Listener) -> Telling,
) -> Response
where
    Telling: Future<Output = ()> + Send + 'static,
{
    let (Some(actor), Some(session)) = (visitor.actor(), visitor.session().id()) else {
        return refuse(StatusCode::UNAUTHORIZED, ServiceError::NotSignedIn.to_string());
    };
    let Some(place) = site.streams.open_slot(actor.user) else {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "Too many pages of Hawser are open at once.");
    };
    let (events, stream) = mpsc::channel(4);
    tokio::spawn(tell(Listener { site, actor, session, events, _place: place }));
    let stream = Sse::new(ReceiverStream::new(stream));
    // Proxies must not wait for the end of a stream that has none.
    (
        [("x-accel-buffering", "no")],
        stream.keep_alive(KeepAlive::new().interval(Duration::from_secs(15))),
    )
        .into_response()
}

async fn propagation(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<PropagationId>() else {
        return refuse(StatusCode::NOT_FOUND, ServiceError::NotFound.to_string());
    };
    if let Some(actor) = visitor.actor()
        && let Err(problem) = site.services.propagations.progress(&actor, id).await
    {
        let status = match problem {
            ServiceError::NotFound => StatusCode::NOT_FOUND,
            ServiceError::NotAllowed => StatusCode::FORBIDDEN,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        return refuse(status, problem.to_string());
    }
    open(site, &visitor, move |listener| tell_progress(listener, id))
}

async fn tell_progress(mut listener: Listener, id: PropagationId) {
    let mut told = String::new();
    let mut checked = Instant::now();
    loop {
        let (site, actor) = (listener.site.clone(), listener.actor.clone());
        // Listens before it looks, so that nothing falls between the two.
        let mut changed = pin!(site.services.propagations.changed(&actor));
        let _ = futures::poll!(&mut changed);
        if let Ok(progress) = site.services.propagations.progress(&actor, id).await {
            // An event cannot carry a carriage return.
            let html = app::progress_html(&progress).replace('\r', " ");
            if html != told {
                if !listener.send(Event::default().data(&html)).await {
                    return;
                }
                told = html;
            }
            if progress.finished_at.is_some() {
                listener.send(Event::default().event("done").data("finished")).await;
                return;
            }
        }
        tokio::time::sleep(PROGRESS_PAUSE).await;
        tokio::select! {
            _ = &mut changed => {}
            () = tokio::time::sleep_until(checked + RECHECK) => {}
            () = listener.gone() => return,
        }
        if checked.elapsed() >= RECHECK {
            if !listener.may_still_listen().await {
                return;
            }
            checked = Instant::now();
        }
    }
}

async fn organization(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
) -> Response {
    open(site, &visitor, tell_news)
}

async fn tell_news(mut listener: Listener) {
    let (site, actor) = (listener.site.clone(), listener.actor.clone());
    let (mut checked, mut told) = (Instant::now(), Instant::now());
    let mut changed = pin!(site.services.propagations.changed(&actor));
    loop {
        let heard = tokio::select! {
            heard = &mut changed => Some(heard),
            () = tokio::time::sleep_until(checked + RECHECK) => None,
            () = listener.gone() => return,
        };
        if checked.elapsed() >= RECHECK {
            if !listener.may_still_listen().await {
                return;
            }
            checked = Instant::now();
        }
        let Some(heard) = heard else { continue };
        changed.set(site.services.propagations.changed(&actor));
        let _ = futures::poll!(&mut changed);
        // Of what other replicas did nothing is heard, so that pages look now and then without news.
        if heard == Heard::News || told.elapsed() >= RECHECK {
            if !listener.send(Event::default().data("changed")).await {
                return;
            }
            told = Instant::now();
            tokio::time::sleep(NEWS_PAUSE).await;
        }
    }
}

impl Listener {
    /// The person.
    pub(super) const fn user(&self) -> UserId {
        self.actor.user
    }

    /// Whether the reader took the event, or at least an earlier one; `false` ends the stream.
    pub(super) async fn send(&mut self, event: Event) -> bool {
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
    pub(super) async fn gone(&mut self) {
        tokio::select! {
            () = self.events.closed() => {}
            _ = self.site.stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Whether the session lives and the person is still who they were.
    pub(super) async fn may_still_listen(&self) -> bool {
        self.site.sessions.lives(self.session).await
            && self
                .site
                .services
                .sessions
                .actor(self.actor.user)
                .await
                .is_ok_and(|actor| actor.visiting_from(self.actor.address) == self.actor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_so_many_streams() {
        let streams = Streams::default();
        let user = UserId::new();
        let mut places: Vec<_> = (0..STREAMS).map(|_| streams.open_slot(user).unwrap()).collect();
        assert!(streams.open_slot(user).is_none());
        assert!(streams.open_slot(UserId::new()).is_some());
        places.pop();
        assert!(streams.open_slot(user).is_some());
        drop(places);
        assert!(streams.0.lock().unwrap().is_empty());
    }
}
