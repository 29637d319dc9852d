//! Pages and server functions: what Leptos renders and runs, with the context it needs.

use std::sync::Arc;

use app::services::CurrentUser;
use axum::{
    Form,
    body::{Body, to_bytes},
    extract::{Query, Request},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, any, get, post},
};
use http::{Method, StatusCode, Uri, header, request::Parts};
use leptos::{
    nonce::use_nonce,
    prelude::{provide_context, use_context},
    server_fn::error::SERVER_FN_ERROR_HEADER,
};
use leptos_axum::ResponseOptions;
use serde::Deserialize;

use super::{
    current_user::SessionUser,
    headers::page_policy,
    refusal::{PANICKED, refuse},
    site::Site,
};

/// Starts what Leptos renders on. It has no other name for that than the list of its pages, which are
/// those of the table (a test compares them).
pub(super) fn start() {
    drop(leptos_axum::generate_route_list(app::App));
}

/// A page of the app.
///
/// All of them are rendered as a whole before the first byte leaves: they work without JavaScript,
/// their status is right, and what they take from the session is saved.
pub(super) fn page(site: &Site) -> MethodRouter {
    let render = leptos_axum::render_app_async_with_context(page_context(site), app::shell);
    get(move |request: Request| {
        let page = render(request);
        async move { whole(page.await).await }
    })
}

/// What every other address answers. It renders no page of the app, whatever the address is like.
pub(super) fn missing(site: &Site) -> MethodRouter {
    let render = leptos_axum::render_app_async_with_context(page_context(site), app::missing);
    any(async move |request: Request| {
        if !is_page(&request) {
            return refuse(StatusCode::NOT_FOUND, "There is nothing at this address.");
        }
        whole(render(request).await).await
    })
}

/// A page as the answer to a form, with what came of the form in its context; nothing keeps that.
pub(super) async fn shown<T>(site: &Site, parts: Parts, path: &'static str, told: T) -> Response
where
    T: Clone + Send + Sync + 'static,
{
    let context = page_context(site);
    let context = move || {
        context();
        provide_context(told.clone());
    };
    let render = leptos_axum::render_app_async_with_context(context, app::shell);
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = Uri::from_static(path);
    request.headers_mut().remove(header::CONTENT_TYPE);
    request.headers_mut().remove(header::CONTENT_LENGTH);
    whole(render(request).await).await
}

/// The page in one piece: it is rendered already, and a known length costs less than a stream.
async fn whole(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, bytes.into()),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, PANICKED),
    }
}

/// A server function, which runs to its end even when the browser hangs up in the middle.
pub(super) fn function(site: &Site) -> MethodRouter {
    let context = context(site);
    post(async move |request: Request| {
        let function = async move {
            leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
        };
        match tokio::spawn(tracing::Instrument::in_current_span(function)).await {
            Ok(response) => readable(response),
            Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, PANICKED),
        }
    })
}

/// A server function that stores nothing: it tells its stages to whoever watches, and ends when the
/// browser hangs up.
pub(super) fn connection_test(site: &Site) -> MethodRouter {
    let (context, watches) = (context(site), site.watches.clone());
    post(async move |request: Request| {
        let visitor = request.extensions().get::<Arc<SessionUser>>().cloned();
        let headers = request.headers().clone();
        let function = async move {
            leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
        };
        readable(watches.watched(visitor.as_ref(), &headers, function).await)
    })
}

/// The page that a button of a form leads to.
#[derive(Deserialize)]
pub(super) struct Elsewhere {
    #[serde(default)]
    to: String,
}

/// Takes what was typed into a form to another page, without what may be secret.
pub(super) async fn elsewhere(
    Query(Elsewhere { to }): Query<Elsewhere>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Response {
    match app::elsewhere(&to, &typed) {
        Some(address) => Redirect::to(&address).into_response(),
        None => refuse(StatusCode::BAD_REQUEST, "This button leads nowhere. Load the page again."),
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

/// What pages and server functions find in the context: the services, the visitor, the bundle.
fn context(site: &Site) -> impl Fn() + Clone + Send + Sync + 'static {
    let services = site.services.clone();
    let bundle = site.assets.bundle().clone();
    move || {
        provide_context(services.clone());
        provide_context(bundle.clone());
        let visitor = use_context::<Parts>()
            .and_then(|parts| parts.extensions.get::<Arc<SessionUser>>().cloned());
        if let Some(visitor) = visitor {
            provide_context::<Arc<dyn CurrentUser>>(visitor);
        }
    }
}

/// The same for pages, and the policy header with the very nonce that their scripts carry. A server
/// function has no nonce, but may see that of a page which its thread rendered before.
fn page_context(site: &Site) -> impl Fn() + Clone + Send + Sync + 'static {
    let context = context(site);
    let github = site.github.clone();
    move || {
        context();
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Some(policy) = page_policy(&nonce, github.as_deref())
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
