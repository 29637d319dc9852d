//! The one way in which server functions answer: a redirect to a form sent without JavaScript, an
//! [`Outcome`] to the browser half.

use std::collections::BTreeMap;

use domain::{ServiceError, sessions::safe_next};
use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{ServerFnError, use_context};
use leptos_axum::ResponseOptions;

use crate::{
    outcome::Outcome,
    services::{Asking, Flash},
    ui::path::{encoded, ours},
};

/// What every server function returns.
pub(crate) type Answered = Result<Outcome, ServerFnError>;

/// A form as it was sent: its name, the page it stands on, and what was typed without secrets.
pub(crate) struct Sent {
    form: &'static str,
    from: String,
    values: BTreeMap<String, String>,
}

impl Sent {
    /// A form without fields to fill in again.
    pub fn new(form: &'static str, from: &str) -> Self {
        Self { form, from: ours(from, "/").to_owned(), values: BTreeMap::new() }
    }

    /// Keeps a typed value for the case that the form has to be shown again. Never call it with a
    /// secret.
    pub fn with(mut self, field: &str, value: &str) -> Self {
        // A session row is no place for a novel; the rules refuse what is much shorter than this.
        let end = value.floor_char_boundary(65_536);
        self.values.insert(field.to_owned(), value.get(..end).unwrap_or_default().to_owned());
        self
    }
}

/// Where to go after success, and what to say there.
pub(crate) struct Next {
    path: String,
    notice: Option<String>,
}

impl Next {
    /// Goes to a path of ours without a word.
    pub fn to(path: impl Into<String>) -> Self {
        Self { path: path.into(), notice: None }
    }

    /// Says what was done on the page that comes next.
    pub fn saying(mut self, notice: impl Into<String>) -> Self {
        self.notice = Some(notice.into());
        self
    }
}

/// Answers the form: with the next page on success, with the problems on refusal.
pub(crate) async fn answer<T>(
    sent: Sent,
    result: Result<T, ServiceError>,
    next: impl FnOnce(T) -> Next,
) -> Answered {
    let plain = sent_without_script();
    match result {
        Ok(value) => {
            let Next { path, notice } = next(value);
            let path = ours(&path, "/").to_owned();
            if notice.is_some() {
                keep(Flash { notice, ..Flash::default() }).await;
            }
            if plain {
                redirect(&path);
            }
            Ok(Outcome::Next(path))
        }
        // The script keeps the form as it is, so only the browser itself is sent away.
        Err(ServiceError::NotSignedIn) if plain => {
            let path = sign_in_path(&sent.from);
            redirect(&path);
            Ok(Outcome::Next(path))
        }
        Err(problem) => {
            if plain {
                redirect(&sent.from);
                keep(Flash {
                    notice: None,
                    problems: Some(problem.clone()),
                    form: Some(sent.form.to_owned()),
                    values: sent.values,
                })
                .await;
            } else if let Some(response) = use_context::<ResponseOptions>() {
                response.set_status(status(&problem));
            }
            Ok(Outcome::Refused(problem))
        }
    }
}

/// The sign-in page that leads back to `next`.
pub(crate) fn sign_in_path(next: &str) -> String {
    match safe_next(next) {
        "/" => "/sign-in".to_owned(),
        next => format!("/sign-in?next={}", encoded(next)),
    }
}

/// The HTTP status of a refusal.
pub(crate) const fn status(problem: &ServiceError) -> StatusCode {
    match problem {
        ServiceError::NotFound => StatusCode::NOT_FOUND,
        ServiceError::NotAllowed => StatusCode::FORBIDDEN,
        ServiceError::NotSignedIn => StatusCode::UNAUTHORIZED,
        ServiceError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ServiceError::Stale { .. } | ServiceError::InUse(_) => StatusCode::CONFLICT,
        ServiceError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ServiceError::Unreachable(_) => StatusCode::BAD_GATEWAY,
        ServiceError::Unavailable { .. } | ServiceError::BeingChecked => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ServiceError::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Sends the browser to another page with a GET request.
pub(crate) fn redirect(path: &str) {
    if let (Some(response), Ok(location)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(path))
    {
        response.insert_header(header::LOCATION, location);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

async fn keep(flash: Flash) {
    if let Ok(asking) = Asking::anyone() {
        // The change itself is done; a lost message must not turn it into a failure.
        let _ = asking.visit.keep(flash).await;
    }
}

/// Whether the browser itself sent the form, and not the script.
fn sent_without_script() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts
            .headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
    })
}
