//! The one way in which server functions answer: a redirect to a form sent without JavaScript, an
//! [`Outcome`] to the browser half.

use std::sync::Arc;

use domain::{
    Principal, ServiceError,
    connection_tests::{ConnectionTest, StageState},
    sessions::safe_next,
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{ServerFnError, use_context};
use leptos_axum::ResponseOptions;

use crate::{
    form_outcome::{FormOutcome, FormRefusal},
    sent::LOST_SECRET,
    services::{CurrentUser, Flash, RequestContext, Services, as_member},
    ui::path::{encoded, ours},
};
pub(crate) use crate::{
    redirect::Redirect,
    sent::{ReturnTo, Sent},
};

/// What every server function returns.
pub(crate) type Answered = Result<FormOutcome, ServerFnError>;

/// Asks a service for the signed-in person, and answers the form.
pub(crate) async fn act<T, Asking>(
    sent: Sent,
    ask: impl FnOnce(Services, Principal) -> Asking,
    next: impl FnOnce(T) -> Redirect,
) -> Answered
where
    Asking: Future<Output = Result<T, ServiceError>>,
{
    answer(sent, as_member(ask).await, next).await
}

/// Answers the form: with the next page on success, with the problems on refusal.
pub(crate) async fn answer<T>(
    sent: Sent,
    result: Result<T, ServiceError>,
    next: impl FnOnce(T) -> Redirect,
) -> Answered {
    let sender = sender();
    match result {
        Ok(value) => {
            let Redirect { path, notice, doubt, begun, undo } = next(value);
            let path = ours(&path, "/").to_owned();
            if notice.is_some() || doubt.is_some() || begun.is_some() {
                keep(Flash { notice, doubt, begun, undo, ..Flash::default() }).await;
            }
            if sender == Sender::Browser {
                redirect(&path);
            }
            Ok(FormOutcome::Next(path))
        }
        Err(problem) => refuse(sent, sender, problem).await,
    }
}

/// Answers a connection test: with what `panel` makes of it to the script; otherwise the page of the
/// form shows it after the redirect.
pub(crate) async fn tested(
    sent: Sent,
    result: Result<Vec<ConnectionTest>, ServiceError>,
    panel: impl FnOnce(&[ConnectionTest]) -> String,
) -> Answered {
    match (result, sender()) {
        (Ok(tests), Sender::Browser) => {
            redirect(&format!("{}#{}-tests", sent.from, sent.form));
            keep(Flash {
                form: Some(sent.form.to_owned()),
                values: sent.values,
                tests: Some(shortened(tests)),
                ..Flash::default()
            })
            .await;
            Ok(FormOutcome::Next(sent.from))
        }
        (Ok(tests), Sender::Script) => Ok(FormOutcome::Tested(panel(&tests))),
        (Err(problem), sender) => refuse(sent, sender, problem).await,
    }
}

/// Answers a check that stores nothing: with what `panel` makes of it to the script; otherwise the
/// page of the form shows what `sent` keeps of it.
pub(crate) async fn checked<T>(
    sent: Sent,
    result: Result<T, ServiceError>,
    panel: impl FnOnce(&T) -> String,
) -> Answered {
    match (result, sender()) {
        (Ok(_), Sender::Browser) => {
            redirect(&format!("{}#{}-tests", sent.from, sent.form));
            let form = Some(sent.form.to_owned());
            keep(Flash { form, values: sent.values, ..Flash::default() }).await;
            Ok(FormOutcome::Next(sent.from))
        }
        (Ok(value), Sender::Script) => Ok(FormOutcome::Tested(panel(&value))),
        (Err(problem), sender) => refuse(sent, sender, problem).await,
    }
}

/// Tests as a session row may hold them: of stages that were skipped, and of many tests that passed,
/// there is nothing to tell.
fn shortened(mut tests: Vec<ConnectionTest>) -> Vec<ConnectionTest> {
    let many = tests.len() > 10;
    for test in &mut tests {
        let passed = test.has_passed();
        test.stages.retain(|stage| stage.state != StageState::Skipped && !(many && passed));
    }
    tests
}

async fn refuse(mut sent: Sent, sender: Sender, problem: ServiceError) -> Answered {
    // The script keeps the form as it is, so only the browser itself is sent away.
    if sender == Sender::Browser {
        if problem == ServiceError::NotSignedIn {
            let path = sign_in_path(&sent.from);
            redirect(&path);
            return Ok(FormOutcome::Next(path));
        }
        if let Some(outcome) = without_a_trace(&sent, &problem) {
            return Ok(outcome);
        }
    }
    let person = use_context::<Arc<dyn CurrentUser>>().and_then(|visit| visit.principal());
    let problem = match person {
        Some(person) => problem.told_to(&person.name),
        None => problem,
    };
    // What differs after a conflict, and the ways to go on, are told by the page of the form, which the
    // script asks for.
    let is_told_by_page =
        matches!(problem, ServiceError::Stale { .. } | ServiceError::Choose { .. });
    if sender == Sender::Browser {
        redirect(&sent.from);
    } else if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status(&problem));
        if let Some(seconds) = problem.retry_after() {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    if sender == Sender::Script {
        sent.values.remove(LOST_SECRET);
    }
    if sender == Sender::Browser || is_told_by_page {
        keep(Flash {
            problems: Some(problem.clone()),
            form: Some(sent.form.to_owned()),
            values: sent.values,
            ..Flash::default()
        })
        .await;
    }
    Ok(FormOutcome::Refused(FormRefusal::from(&problem)))
}

/// The answer to a stranger, of whom only what they can correct is kept: a limit that has to be
/// remembered is none.
fn without_a_trace(sent: &Sent, problem: &ServiceError) -> Option<FormOutcome> {
    let visit = RequestContext::anyone().ok()?.visit;
    if visit.user().is_some() || matches!(problem, ServiceError::Invalid(_)) {
        return None;
    }
    match problem {
        // The page of the form says so itself.
        ServiceError::NotFound => redirect(&sent.from),
        _ => visit.turn_away(problem),
    }
    Some(FormOutcome::Refused(FormRefusal::from(problem)))
}

/// The sign-in page that leads back to `next`.
pub(crate) fn sign_in_path(next: &str) -> String {
    match safe_next(next) {
        "/" => "/sign-in".to_owned(),
        next => format!("/sign-in?next={}", encoded(next)),
    }
}

/// The HTTP status of a refusal.
#[must_use]
pub const fn status(problem: &ServiceError) -> StatusCode {
    match problem {
        ServiceError::NotFound => StatusCode::NOT_FOUND,
        ServiceError::NotAllowed | ServiceError::NoLongerAllowed => StatusCode::FORBIDDEN,
        ServiceError::NotSignedIn => StatusCode::UNAUTHORIZED,
        ServiceError::Invalid(_) | ServiceError::Choose { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ServiceError::Stale { .. }
        | ServiceError::UnderWay
        | ServiceError::InUse(_)
        | ServiceError::LastOwner(_) => StatusCode::CONFLICT,
        ServiceError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ServiceError::Unreachable { .. } => StatusCode::BAD_GATEWAY,
        ServiceError::Unavailable { .. }
        | ServiceError::NeedsOperator { .. }
        | ServiceError::BeingChecked
        | ServiceError::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
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
    if let Ok(asking) = RequestContext::anyone() {
        // The change itself is done; a lost message must not turn it into a failure.
        let _ = asking.visit.set_flash(flash).await;
    }
}

/// Who sent a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// The browser itself: it is sent to another page.
    Browser,
    /// The script: it is told what came of it.
    Script,
}

fn sender() -> Sender {
    let parts = use_context::<Parts>();
    let accept = parts.as_ref().and_then(|parts| parts.headers.get(header::ACCEPT));
    match accept.and_then(|accept| accept.to_str().ok()) {
        Some(accept) if accept.contains("text/html") => Sender::Browser,
        _ => Sender::Script,
    }
}

#[cfg(test)]
mod tests {
    use domain::connection_tests::{Stage, StageResult};

    use super::*;

    #[test]
    fn tests_are_kept_short() {
        let stages: Vec<_> = Stage::ALL
            .into_iter()
            .map(|stage| StageResult {
                stage,
                state: StageState::Passed,
                millis: Some(1),
                status: None,
                detail: "x".repeat(80),
                cause: None,
            })
            .collect();
        let passed = ConnectionTest {
            repository: None,
            asked: domain::cause::RemoteKind::Registry,
            name: "a".into(),
            url: "https://a.example".into(),
            stages,
            certificate: None,
            quota: None,
            expires_at: None,
            excess: Vec::new(),
        };
        let mut failed = passed.clone();
        for stage in failed.stages.iter_mut().skip(5) {
            stage.state = StageState::Skipped;
        }
        failed.stages[4].state = StageState::Failed;
        let one = shortened(vec![passed.clone()]);
        assert_eq!(one[0].stages.len(), 8);
        let mut many = vec![passed; 49];
        many.push(failed);
        let many = shortened(many);
        assert_eq!((many[0].stages.len(), many[49].stages.len()), (0, 5));
        assert!(many[0].has_passed() && !many[49].has_passed());
        assert!(serde_json::to_string(&many).unwrap().len() < 16_384);
    }
}
