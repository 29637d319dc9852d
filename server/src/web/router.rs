//! The routers: every route of the table behind the layers of its kind.

use std::{any::Any, time::Duration};

use axum::{Router, middleware, response::Response};
use http::{HeaderValue, StatusCode, header};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};

use super::public_url::Transport;
use super::{
    assets::Assets,
    compress, events, headers,
    health::Probes,
    limits::{self, BODY_BYTES},
    origin, pages,
    recognize::{part, recognize},
    refusal::{self, PANICKED, refuse},
    routes::{Handler, Kind, Listener, ROUTES},
    session,
    site::Site,
    trace,
};

/// How long an answer may take; event streams have no end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every route that Hawser answers to everybody.
pub fn router(site: &Site) -> Router {
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.listener() == Listener::Public);
    let kinds = kinds.map(|kind| layered(kind, site, of_kind(kind, site)));
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

/// What is answered while Hawser starts: the embedded Vault takes a moment on the first start.
pub fn starting(probes: &Probes, assets: &Assets, transport: Transport) -> Router {
    probing(Kind::Health, probes).fallback(async || soon()).layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn(trace::observe))
            .layer(middleware::from_fn_with_state(transport, headers::harden))
            .layer(middleware::from_fn_with_state(assets.clone(), refusal::explain)),
    )
}

/// What whoever runs Hawser asks, for a listener of its own.
pub fn for_operators(probes: &Probes) -> Router {
    probing(Kind::Figures, probes)
}

/// The routes of a kind that needs no running Hawser.
fn probing(kind: Kind, probes: &Probes) -> Router {
    ROUTES.iter().filter(|route| route.kind == kind).fold(
        Router::new(),
        |router, route| match route.handler {
            Handler::Probes(handler) => router.route(route.path, handler(probes)),
            Handler::Site(_) => router,
        },
    )
}

fn soon() -> Response {
    let mut response = refuse(
        StatusCode::SERVICE_UNAVAILABLE,
        "Hawser is starting. Reload this page in a few seconds.",
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// The routes of one kind. What is at no address is a page too.
fn of_kind(kind: Kind, site: &Site) -> Router {
    let registered = ROUTES.iter().filter(|route| route.kind == kind);
    let router = registered.fold(Router::new(), |router, route| {
        let handler = match route.handler {
            Handler::Site(handler) => handler(site),
            Handler::Probes(handler) => handler(&site.probes),
        };
        router.route(route.path, handler)
    });
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
        Kind::Health | Kind::Figures => return router,
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
