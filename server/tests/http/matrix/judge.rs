//! Whether an answer is the one that is expected.

use std::collections::BTreeSet;

use http::StatusCode;
use server::web::routes::{Effect, Kind, Object, Route};

use super::{
    allowed::{Answer as Expected, Named},
    cells::{Cell, Sender},
    database::AUDIT,
    people::{AWAY, HOME, Visitor},
    requests::FORM,
};
use crate::asking::Answer;

/// What is wrong with an answer and with what was written for it, if anything.
pub fn fault_of(
    cell: &Cell<'_>,
    answer: &Answer,
    written: &BTreeSet<String>,
) -> Option<&'static str> {
    let others: &[&str] = match cell.visitor {
        Visitor::Elsewhere => &[HOME],
        _ if cell.visitor.role().is_some() => &[AWAY],
        _ => &[HOME, AWAY],
    };
    if others.iter().any(|name| answer.text.contains(name)) {
        return Some("names another organization");
    }
    if !cell.is_allowed() {
        let fault = (!written.is_empty()).then_some("refused, but something was written");
        return if is_refused(cell, answer) { fault } else { Some("not refused") };
    }
    if !is_answered(cell, answer) {
        return Some("not answered as listed");
    }
    let has_written = written.iter().any(|table| table != AUDIT);
    let fits = match (cell.route.effect, cell.named) {
        // Who read what may stand in the audit log.
        (Effect::Reads, _) => !has_written,
        (_, Named::Foreign | Named::Missing | Named::Malformed | Named::Deleted) => {
            written.is_empty()
        }
        // A visitor without a session cannot end it, nor others where there are none.
        (Effect::Changes, _) => {
            !written.is_empty()
                || matches!(
                    cell.route.path,
                    "/actions/sign-out"
                        | "/actions/account/end-other-sessions"
                        // A file that was not previewed is shown first: `import.rs` sends it again.
                        | "/actions/import"
                )
        }
        (Effect::ActsOutside, _) => true,
    };
    (!fits).then_some("answered, but not with the effect of the route")
}

fn is_answered(cell: &Cell<'_>, answer: &Answer) -> bool {
    let location = answer.header("location");
    let is_browser = cell.sender == Sender::Browser;
    let is_function = matches!(cell.route.kind, Kind::Function | Kind::Test);
    match cell.allowed.answer {
        // A browser goes on, or back to what came of a test.
        Expected::Next if is_browser && is_function => {
            answer.status == StatusCode::SEE_OTHER && answer.text.contains("\"next\"")
        }
        Expected::Tested if is_browser && is_function => {
            answer.status == StatusCode::SEE_OTHER && location.starts_with("/form#")
        }
        Expected::Unreachable if is_browser => location == FORM,
        Expected::Unreachable => answer.status == StatusCode::BAD_GATEWAY,
        Expected::Next => answer.status == StatusCode::OK && answer.text.contains("\"next\""),
        Expected::Tested => answer.status == StatusCode::OK && answer.text.contains("\"tested\""),
        Expected::Streams => answer.header("content-type") == "text/event-stream",
        Expected::Leads(to) => leads(cell, answer) && location.starts_with(to),
        Expected::SignIn if cell.visitor.role().is_some() => {
            answer.status == StatusCode::SEE_OTHER && location == "/"
        }
        Expected::Shown | Expected::SignIn => answer.status == StatusCode::OK,
    }
}

/// Whether an answer leads elsewhere. The page of a device code is told so by a header of its own poll.
fn leads(cell: &Cell<'_>, answer: &Answer) -> bool {
    let is_poll = cell.route.path == "/actions/gitops/device/poll";
    let is_told = is_poll && cell.sender == Sender::Script && answer.status == StatusCode::OK;
    answer.status == StatusCode::SEE_OTHER || is_told
}

/// Whether an answer refuses, in the way that its reason asks for.
fn is_refused(cell: &Cell<'_>, answer: &Answer) -> bool {
    let location = answer.header("location");
    let to_sign_in = leads(cell, answer) && location.starts_with("/sign-in");
    let is_script = cell.sender == Sender::Script;
    let is_function = matches!(cell.route.kind, Kind::Function | Kind::Test);
    if cell.allowed.least.is_some() && cell.visitor.role().is_none() {
        return match cell.route.kind {
            Kind::Stream => answer.status == StatusCode::UNAUTHORIZED,
            // A part of a page, which a script asks for.
            Kind::File if cell.route.path == "/search/results" => {
                answer.status == StatusCode::UNAUTHORIZED
            }
            Kind::Function | Kind::Test if is_script => answer.status == StatusCode::UNAUTHORIZED,
            _ => to_sign_in,
        };
    }
    // A browser goes back to the form, which says why.
    if is_function && !is_script {
        let is_told = !answer.text.contains("\"next\"");
        return answer.status == StatusCode::SEE_OTHER && location == FORM && is_told;
    }
    if goes_back(cell.route) {
        return leads(cell, answer) && !to_sign_in || answer.status.is_client_error();
    }
    // What cannot be read, or is left out, may be said before the right is looked at.
    let is_unread = matches!(cell.named, Named::Malformed | Named::LeftOut);
    // The form of the matrix is never right for a route that lists no object: only its person could make it so.
    let is_incomplete = cell.allowed.objects.is_empty();
    if has_right(cell) || is_unread || is_incomplete || cell.allowed.least.is_none() {
        answer.status.is_client_error() && answer.status != StatusCode::UNAUTHORIZED
    } else {
        answer.status == StatusCode::FORBIDDEN
    }
}

/// Routes that answer with the page of their form, which says why not.
fn goes_back(route: &Route) -> bool {
    route.path.starts_with("/oauth/")
        || route.path == "/actions/gitops/exports/reveal"
        || (route.kind == Kind::Form && route.object == Object::None)
}

/// Whether the visitor could do this to something else.
fn has_right(cell: &Cell<'_>) -> bool {
    let with = |named| Cell { named, ..*cell };
    with(Named::Own).is_allowed() || with(Named::Nothing).is_allowed()
}
