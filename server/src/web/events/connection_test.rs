//! The stages of a connection test that somebody watches.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    response::{Response, sse::Event},
};
use http::StatusCode;

use super::{
    super::{current_user::SessionUser, refusal::refuse, site::Site, watches::Watch},
    Listener, RECHECK, open,
};

/// The longest name of a watch.
const NAME_BYTES: usize = 64;

/// `/events/tests/{name}`
pub(in crate::web) async fn connection_test(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Path(name): Path<String>,
) -> Response {
    let is_name = name.len() <= NAME_BYTES && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_name {
        return refuse(StatusCode::NOT_FOUND, "There is no such test.");
    }
    let watches = site.watches.clone();
    open(site, &visitor, async move |listener: Listener| {
        let watch = watches.begin((listener.user(), name));
        tell(listener, watch).await;
    })
}

async fn tell(mut listener: Listener, mut watch: Watch) {
    loop {
        let stage = tokio::select! {
            stage = watch.stage() => stage,
            () = listener.gone() => return,
            () = tokio::time::sleep(RECHECK) => {
                if listener.may_still_listen().await {
                    continue;
                }
                return;
            }
        };
        let Some(stage) = stage else { return };
        if !listener.send(Event::default().data(app::stage_html(&stage))).await {
            return;
        }
    }
}
