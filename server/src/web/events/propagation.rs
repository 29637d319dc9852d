//! The progress of a propagation.

use std::{pin::pin, sync::Arc, time::Duration};

use app::services::CurrentUser as _;
use axum::{
    Extension,
    extract::{Path, State},
    response::{Response, sse::Event},
};
use domain::{PropagationId, ServiceError};
use tokio::time::Instant;

use super::{
    super::{current_user::SessionUser, refusal::turned_away, site::Site},
    Listener, RECHECK, open,
};

/// The shortest time between two looks at a propagation.
const PROGRESS_PAUSE: Duration = Duration::from_millis(200);

/// `/events/propagations/{id}`
pub(in crate::web) async fn propagation(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Path(id): Path<String>,
) -> Response {
    let Some(principal) = visitor.principal() else {
        return turned_away(&ServiceError::NotSignedIn);
    };
    let Ok(id) = id.parse::<PropagationId>() else { return turned_away(&ServiceError::NotFound) };
    if let Err(problem) = site.services.propagations.progress(&principal, id).await {
        return turned_away(&problem);
    }
    open(site, &visitor, move |listener| tell_progress(listener, id))
}

async fn tell_progress(mut listener: Listener, id: PropagationId) {
    let mut told = String::new();
    let mut checked = Instant::now();
    loop {
        let (site, principal) = (listener.site.clone(), listener.principal.clone());
        // Listens before it looks, so that nothing falls between the two.
        let mut changed = pin!(site.services.propagations.changed(&principal));
        let _ = futures::poll!(&mut changed);
        if let Ok(progress) = site.services.propagations.progress(&principal, id).await {
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
