//! Invitations: the forms that show a link once, and the address of a link.

#![expect(clippy::disallowed_methods, reason = "puts a token into a link")]

use std::sync::Arc;

use app::{
    members::{InviteAnswer, MadeLink},
    services::CurrentUser as _,
};
use axum::{
    Extension, Form, RequestExt as _,
    extract::{Path, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    InvitationId, Secret, ServiceError,
    members::{InvitationLink, InviteForm},
};
use http::request::Parts;
use serde::Deserialize;

use super::{
    current_user::SessionUser, kept_cookie::KeptCookie, pages, refusal::turned_away, site::Site,
};

/// The page of the form.
const PAGE: &str = "/settings/members/invite";
/// The page of an invitation.
const INVITATION: &str = "/invitation";
/// How long a browser keeps what a link carried.
const SECONDS: u64 = 30 * 60;

/// `/actions/members/invite`
pub(super) async fn invite(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    request: Request,
) -> Response {
    let (parts, form) = match read::<InviteForm>(request).await {
        Ok(read) => read,
        Err(problem) => return turned_away(&problem),
    };
    let Some(principal) = visitor.principal() else { return to_sign_in() };
    let answer = match site.services.members.invite(&principal, form.clone()).await {
        Ok(link) => InviteAnswer::Made(made(&site, &link)),
        Err(problem) => InviteAnswer::Refused(problem, form),
    };
    shown(&site, parts, answer).await
}

/// What the form of a new link sends.
#[derive(Deserialize)]
struct Renewing {
    #[serde(default)]
    invitation: String,
}

/// `/actions/members/renew`
pub(super) async fn renew(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    request: Request,
) -> Response {
    let (parts, Renewing { invitation }) = match read(request).await {
        Ok(read) => read,
        Err(problem) => return turned_away(&problem),
    };
    let Some(principal) = visitor.principal() else { return to_sign_in() };
    let id: Result<InvitationId, _> = invitation.parse();
    let renewed = match id {
        Ok(id) => site.services.members.renew(&principal, id).await,
        Err(_) => Err(ServiceError::NotFound),
    };
    match renewed {
        Ok(link) => shown(&site, parts, InviteAnswer::Made(made(&site, &link))).await,
        Err(problem) => turned_away(&problem),
    }
}

/// The whole address of a link.
fn made(site: &Site, link: &InvitationLink) -> MadeLink {
    let address = format!("{}/invitations/{}", site.public.origin(), link.token.expose());
    MadeLink { email: link.email.clone(), address, expires_at: link.expires_at }
}

/// The form, and the rest of its request to make the page of.
async fn read<T: serde::de::DeserializeOwned + 'static>(
    request: Request,
) -> Result<(Parts, T), ServiceError> {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    match request.extract::<Form<T>, _>().await {
        Ok(Form(form)) => Ok((parts, form)),
        Err(_) => Err(ServiceError::NotFound),
    }
}

/// The page with the link or the refusal; whoever may not even see it is told so and nothing else.
async fn shown(site: &Site, parts: Parts, answer: InviteAnswer) -> Response {
    let status = match &answer {
        InviteAnswer::Made(_) => None,
        InviteAnswer::Refused(
            problem @ (ServiceError::Invalid(_) | ServiceError::TooMany { .. }),
            _,
        ) => Some(app::status(problem)),
        InviteAnswer::Refused(problem, _) => return turned_away(problem),
    };
    let mut response = pages::shown(site, parts, PAGE, answer).await;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    response
}

fn to_sign_in() -> Response {
    Redirect::to("/sign-in?next=%2Fsettings%2Fmembers").into_response()
}

/// `/invitations/{token}`: moves what the link carries into a cookie, and changes nothing. Whether it is one that
/// counts is not even looked up.
pub(super) async fn open_link(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let mut response = Redirect::to(INVITATION).into_response();
    let token = if is_token(&token) { Secret::new(token) } else { Secret::default() };
    KeptCookie::Invitation.set(site.transport(), &token, SECONDS, &mut response);
    response
}

/// Whether a text is like one of our tokens, so that nothing else gets into a cookie.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_token_gets_into_a_cookie() {
        assert!(is_token("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA"));
        for bad in ["", "a; Domain=evil.example", "a\r\nb", "a=b", "ü", &"a".repeat(65)] {
            assert!(!is_token(bad), "{bad:?}");
        }
    }
}
