//! What the palette finds, as a piece of a page.

use std::sync::Arc;

use app::services::CurrentUser as _;
use axum::{
    Extension,
    extract::{Query, State},
    response::{Html, IntoResponse, Response},
};
use domain::ServiceError;
use serde::Deserialize;

use super::{current_user::SessionUser, refusal::turned_away, site::Site};

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

/// `/search/results`
pub(super) async fn results(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Query(Asked { q }): Query<Asked>,
) -> Response {
    let Some(principal) = visitor.principal() else {
        return turned_away(&ServiceError::NotSignedIn);
    };
    match app::found_html(&site.services, &principal, &q).await {
        Ok(html) => Html(html).into_response(),
        Err(problem) => turned_away(&problem),
    }
}
