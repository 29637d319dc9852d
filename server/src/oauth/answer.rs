//! Answers: another page, and what it says there.

use app::services::{CurrentUser, Flash};
use axum::response::{IntoResponse, Response};
use domain::{Principal, ServiceError};
use http::{HeaderValue, StatusCode, header};

use super::CONNECTIONS;
use crate::web::SessionUser;

/// Sends the browser to another page with a GET request.
pub(super) fn to(place: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static(CONNECTIONS));
    response.headers_mut().insert(header::LOCATION, place);
    response
}

/// To the connections, where the next page says what was done.
pub(super) async fn done(visitor: &SessionUser, notice: &str) -> Response {
    set_flash(visitor, Flash { notice: Some(notice.to_owned()), ..Flash::default() }).await;
    to(CONNECTIONS)
}

/// To the connections, where the next page says why nothing was.
pub(super) async fn refused(visitor: &SessionUser, problem: ServiceError) -> Response {
    if problem == ServiceError::NotSignedIn {
        return to("/sign-in?next=%2Fgitops%2Fconnections");
    }
    set_flash(visitor, Flash { problems: Some(problem), ..Flash::default() }).await;
    to(CONNECTIONS)
}

/// Says something on the next page. What was done is done; a lost message does not change it.
pub(super) async fn set_flash(visitor: &SessionUser, flash: Flash) {
    let _ = visitor.set_flash(flash).await;
}

/// The signed-in person.
pub(super) fn member(visitor: &SessionUser) -> Result<Principal, ServiceError> {
    visitor.principal().ok_or(ServiceError::NotSignedIn)
}
