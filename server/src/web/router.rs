//! The router: every route of the table behind the layers of its kind.

use std::{any::Any, time::Duration};

use axum::{Router, middleware, response::Response};
use http::StatusCode;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};

use super::{
    compress, events, headers,
    limits::{self, BODY_BYTES},
    origin, pages,
    recognize::{part, recognize},
    refusal::{self, PANICKED, refuse},
    routes::{Kind, ROUTES},
    session,
    site::Site,
    trace,
};

/// How long an answer may take; event streams have no end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every route of Hawser.
pub fn router(site: &Site) -> Router {
    let kinds = Kind::ALL.into_iter().map(|kind| layered(kind, site, of_kind(kind, site)));
    // Around every answer, refusals included.
    kinds.fold(Router::new(), Router::merge).layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn(trace::observe))
            .layer(middleware::from_fn_with_state(site.transport(), headers::harden))
            .layer(middleware::from_fn_with_state(site.assets.clone(), refusal::explain))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(limits::check_size))
            .layer(RequestBodyLimitLayer::new(BODY_BYTES)),
    )
}

/// The routes of one kind. What is at no address is a page too.
fn of_kind(kind: Kind, site: &Site) -> Router {
    let router = ROUTES
        .iter()
        .filter(|route| route.kind == kind)
        .fold(Router::new(), |router, route| router.route(route.path, (route.handler)(site)));
    match kind {
        Kind::Page => {
            pages::start();
            router.fallback_service(pages::missing(site))
        }
        _ => router,
    }
}

/// Puts the layers of a kind before its routes, the outermost last.
fn layered(kind: Kind, site: &Site, router: Router) -> Router {
    let recognized = |router: Router| {
        router.layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(part))
                .layer(session::layer(&site.sessions, &site.public))
                .layer(middleware::from_fn_with_state(site.clone(), recognize)),
        )
    };
    let paced = |router: Router| {
        let rates = site.rates.clone();
        let router = router.layer(middleware::from_fn_with_state(rates, limits::check_person));
        let gateway_timeout = StatusCode::GATEWAY_TIMEOUT;
        recognized(router).layer(TimeoutLayer::with_status_code(gateway_timeout, PATIENCE))
    };
    let router = match kind {
        Kind::Page => paced(router.layer(middleware::from_fn(compress::pages))),
        Kind::File | Kind::Return => paced(router),
        Kind::Function | Kind::Test | Kind::Form => {
            let anonymous = limits::check_anonymous;
            let rates = site.rates.clone();
            paced(
                router
                    .layer(middleware::from_fn(limits::take_form))
                    .layer(middleware::from_fn_with_state(rates, anonymous)),
            )
        }
        Kind::Upload => {
            let anonymous = limits::check_anonymous;
            let rates = site.rates.clone();
            paced(
                router
                    .layer(middleware::from_fn(limits::take_upload))
                    .layer(middleware::from_fn_with_state(rates, anonymous)),
            )
        }
        Kind::Stream => recognized(
            router.layer(middleware::from_fn_with_state(site.clone(), events::for_pages_of_ours)),
        ),
        Kind::Asset => router,
        Kind::Health => return router,
    };
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(site.origins.clone(), origin::check_host))
            .layer(middleware::from_fn_with_state(site.origins.clone(), origin::check_origin)),
    )
}

/// The answer after a panic; where it happened is in the log already.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    refuse(StatusCode::INTERNAL_SERVER_ERROR, PANICKED)
}
