//! Pages and actions: what Leptos renders and runs, with the context it needs.

use std::sync::Arc;

use app::services::CurrentUser;
use axum::{
    Form, Router,
    body::to_bytes,
    extract::{Query, Request},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http::{Method, StatusCode, header, request::Parts};
use leptos::{
    nonce::use_nonce,
    prelude::{provide_context, use_context},
    server_fn::error::SERVER_FN_ERROR_HEADER,
};
use leptos_axum::ResponseOptions;
use serde::Deserialize;

use super::{
    current_user::SessionUser, headers::page_policy, refusal::refuse, site::Site, watches::Watches,
};

/// Every page by its path, and one for every other path.
///
/// All of them are rendered as a whole before the first byte leaves: they work without JavaScript,
/// their status is right, and what they take from the session is saved.
pub(super) fn pages(site: &Site) -> Router {
    let render = leptos_axum::render_app_async_with_context(context(site), app::shell);
    let render = move |request: Request| {
        let page = render(request);
        async move { whole(page.await).await }
    };
    let mut router = Router::new();
    for listing in leptos_axum::generate_route_list(app::App) {
        router = router.route(listing.path(), get(render.clone()));
    }
    router.fallback(async move |request: Request| {
        if !is_page(&request) {
            return refuse(StatusCode::NOT_FOUND, "There is nothing at this address.");
        }
        let mut response = render(request).await;
        if response.status().is_success() {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        response
    })
}

/// The page in one piece: it is rendered already, and a known length costs less than a stream.
async fn whole(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, bytes.into()),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, super::PANICKED),
    }
}

/// Every server function by its path.
pub(super) fn actions(site: &Site) -> Router {
    let mut router = Router::new().route("/actions/forms/elsewhere", post(elsewhere));
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        // Whatever changes something is a POST; the tests list every function.
        if method != Method::POST {
            continue;
        }
        let (context, watches) = (context(site), site.watches.clone());
        router = router.route(path, post(move |request| run(context, watches, request)));
    }
    router
}

/// The page that a button of a form leads to.
#[derive(Deserialize)]
struct Elsewhere {
    #[serde(default)]
    to: String,
}

/// Takes what was typed into a form to another page, without what may be secret.
async fn elsewhere(
    Query(Elsewhere { to }): Query<Elsewhere>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Response {
    match app::elsewhere(&to, &typed) {
        Some(address) => Redirect::to(&address).into_response(),
        None => refuse(StatusCode::BAD_REQUEST, "This button leads nowhere. Load the page again."),
    }
}

/// The server functions of connection tests: they store nothing, and end when the browser hangs up.
const TESTS: &str = "/actions/connections/";

/// Runs a server function to its end even when the browser hangs up in the middle.
async fn run(
    context: impl Fn() + Clone + Send + 'static,
    watches: Watches,
    request: Request,
) -> Response {
    let is_test = request.uri().path().starts_with(TESTS);
    let visitor = request.extensions().get::<Arc<SessionUser>>().cloned();
    let headers = request.headers().clone();
    let function = async move {
        leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
    };
    if is_test {
        return readable(watches.watched(visitor.as_ref(), &headers, function).await);
    }
    match tokio::spawn(tracing::Instrument::in_current_span(function)).await {
        Ok(response) => readable(response),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, super::PANICKED),
    }
}

/// Leptos' own words quote what was sent, and go into the address of the next page.
fn readable(response: Response) -> Response {
    if response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return refuse(
            StatusCode::BAD_REQUEST,
            "This form could not be read. Go back, load the page again and try once more.",
        );
    }
    response
}

fn is_page(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    matches!(*request.method(), Method::GET | Method::HEAD)
        && accepts.is_some_and(|accept| accept.contains("text/html"))
}

/// What pages and server functions find in the context: the services, the visitor, the bundle; and
/// for pages the policy header with the very nonce that their scripts carry.
fn context(site: &Site) -> impl Fn() + Clone + Send + Sync + 'static {
    let services = site.services.clone();
    let bundle = site.assets.bundle().clone();
    let github = site.github.clone();
    move || {
        provide_context(services.clone());
        provide_context(bundle.clone());
        let visitor = use_context::<Parts>()
            .and_then(|parts| parts.extensions.get::<Arc<SessionUser>>().cloned());
        if let Some(visitor) = visitor {
            provide_context::<Arc<dyn CurrentUser>>(visitor);
        }
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Some(policy) = page_policy(&nonce, github.as_deref())
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
