//! News of the organization.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::State,
    response::{Response, sse::Event},
};
use domain::propagation::Heard;
use tokio::time::Instant;

use super::{
    super::{current_user::SessionUser, site::Site},
    Listener, RECHECK, open,
};

/// The shortest time between two events of an organization.
const NEWS_PAUSE: Duration = Duration::from_secs(1);

/// `/events/organization`
pub(in crate::web) async fn organization(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
) -> Response {
    open(site, &visitor, tell_news)
}

async fn tell_news(mut listener: Listener) {
    let (site, principal) = (listener.site.clone(), listener.principal.clone());
    let (mut checked, mut told) = (Instant::now(), Instant::now());
    let mut changed = pin!(site.services.propagations.changed(&principal));
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
        changed.set(site.services.propagations.changed(&principal));
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
