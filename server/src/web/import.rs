//! Import of a file: the form that previews it, and that takes it when it is sent again.

use std::sync::Arc;

use app::{import::ImportAnswer, services::CurrentUser as _};
use axum::{
    Extension, RequestExt as _,
    extract::{Multipart, Request},
    response::{IntoResponse, Redirect},
    routing::{MethodRouter, post},
};
use bytes::Bytes;
use domain::{Field, ServiceError, import::ImportFile, service::Imported};
use http::StatusCode;

use super::{current_user::SessionUser, pages, refusal::turned_away, site::Site};

/// The page of the form.
const PAGE: &str = "/import";

/// What the form sends.
#[derive(Default)]
struct Upload {
    content: Bytes,
    /// Of the file that was previewed; empty before.
    previewed: String,
}

/// `/actions/import`
pub(super) fn upload(site: &Site) -> MethodRouter {
    let site = site.clone();
    post(async move |Extension(visitor): Extension<Arc<SessionUser>>, request: Request| {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let answer = match take(&site, &visitor, request).await {
            Ok((Imported::Begun(id), _)) => {
                return Redirect::to(&format!("/bulk/{id}")).into_response();
            }
            Ok((Imported::Preview(preview), before)) if before.is_empty() => {
                ImportAnswer::Preview(preview)
            }
            Ok((Imported::Preview(preview), before)) => ImportAnswer::again(preview, &before),
            Err(problem @ ServiceError::Invalid(_)) => ImportAnswer::Refused(problem),
            Err(ServiceError::NotSignedIn) => {
                return Redirect::to("/sign-in?next=%2Fimport").into_response();
            }
            Err(problem) => return turned_away(&problem),
        };
        let is_refused = matches!(answer, ImportAnswer::Refused(_));
        let mut response = pages::shown(&site, parts, PAGE, answer).await;
        if is_refused {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        response
    })
}

/// Reads the form, for who may import; answers what came of it and the fingerprint it named.
async fn take(
    site: &Site,
    visitor: &SessionUser,
    request: Request,
) -> Result<(Imported, String), ServiceError> {
    let principal = visitor.principal().ok_or(ServiceError::NotSignedIn)?;
    let Upload { content, previewed } = read(request).await?;
    let imported = site.services.imports.import(&principal, &content, &previewed).await?;
    Ok((imported, previewed))
}

async fn read(request: Request) -> Result<Upload, ServiceError> {
    let unreadable = || {
        ServiceError::from(
            Field::File.problem("This form could not be read. Choose the file once more."),
        )
    };
    let mut form: Multipart = request.extract().await.map_err(|_| unreadable())?;
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name() {
            Some("file") => upload.content = field.bytes().await.map_err(|_| unreadable())?,
            Some("previewed") => {
                upload.previewed = field.text().await.map_err(|_| unreadable())?;
            }
            _ => {}
        }
    }
    if upload.content.len() > ImportFile::MAX_BYTES {
        return Err(Field::File.problem(TOO_LARGE).into());
    }
    Ok(upload)
}

const TOO_LARGE: &str =
    "This file is larger than 1 MiB. Split it, and import one part after the other.";
