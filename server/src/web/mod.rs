//! Everything HTTP: routes, and the layers around them from the outside in.

mod address;
mod assets;
mod current_user;
mod events;
mod exports;
mod headers;
mod health;
mod known_browser;
mod limits;
mod origin;
mod pages;
mod pending_sessions;
mod refusal;
mod session;
mod site;
mod starting;
mod trace;
mod watches;

use std::time::Duration;

use axum::{Router, middleware, response::Response, routing::get};
use http::StatusCode;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};

pub use assets::{Assets, AssetsError};
pub use headers::page_policy;
pub(crate) use health::{Readiness, for_operators};
pub use limits::{BODY_BYTES, FORM_BYTES, HEADER_BYTES, Rates, URI_BYTES};
pub use session::{ABSOLUTE, IDLE, STRANGER, SessionRows};
pub use site::{Parts, Site};
pub(crate) use starting::starting;

pub(crate) use current_user::SessionUser;

use crate::oauth;
use refusal::refuse;

/// How long an answer may take; event streams have no end.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a person is told when the code failed.
const PANICKED: &str =
    "Something went wrong on our side. Look at the current state before you try again.";

/// Every route of Hawser.
pub fn router(site: &Site) -> Router {
    let recognize = || {
        ServiceBuilder::new()
            .layer(middleware::from_fn(current_user::part))
            .layer(session::layer(&site.sessions, &site.public))
            .layer(middleware::from_fn_with_state(site.clone(), current_user::recognize))
    };
    let people = || middleware::from_fn_with_state(site.rates.clone(), limits::check_person);
    let patience = || TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE);
    let connecting = oauth::Oauth::new(
        site.services.git_connections.clone(),
        site.transport(),
        &site.assets.bundle().css,
    );
    let pages = pages::pages(site)
        .merge(exports::files(site))
        .merge(oauth::pages(&connecting))
        .layer(people())
        .layer(recognize())
        .layer(patience());
    let actions = pages::actions(site)
        .merge(exports::taken(site))
        .merge(oauth::actions(&connecting))
        .layer(middleware::from_fn(limits::take_form))
        .layer(middleware::from_fn_with_state(site.rates.clone(), limits::check_anonymous))
        .layer(people())
        .layer(recognize())
        .layer(patience());
    let events = events::routes(site).layer(recognize());
    let for_browsers = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(site.origins.clone(), origin::check_host))
        .layer(middleware::from_fn_with_state(site.origins.clone(), origin::check_origin));
    let browsers = pages.merge(actions).merge(events).merge(files(site)).layer(for_browsers);
    // Around every answer, refusals included.
    browsers.merge(health::routes(site.readiness.clone())).layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn(trace::observe))
            .layer(middleware::from_fn_with_state(site.transport(), headers::harden))
            .layer(middleware::from_fn_with_state(site.assets.clone(), refusal::explain))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(limits::check_size))
            .layer(RequestBodyLimitLayer::new(BODY_BYTES)),
    )
}

fn files(site: &Site) -> Router {
    let mut router = Router::new().route("/pkg/{*file}", get(assets::serve));
    for url in site.assets.at_the_root() {
        router = router.route(url, get(assets::serve));
    }
    router.with_state(site.assets.clone())
}

/// The answer after a panic; where it happened is in the log already.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    refuse(StatusCode::INTERNAL_SERVER_ERROR, PANICKED)
}
