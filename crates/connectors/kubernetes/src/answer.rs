//! What an API server says no to, and why.
//!
//! A refusal is a `Status` object:
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>.

use domain::{Cause, Redactor};
use http::{
    Method,
    header::{DATE, RETRY_AFTER},
};
use serde::Deserialize;
use serde_json::Value;

use egress::{Failure, HttpAnswer, lenient, status::retry_after};

/// As much of a refusal as is looked at.
const LOOK_AT: usize = 64 * 1024;

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
#[error("using the API server of a cluster")]
pub struct ApiRefusal {
    /// What was attempted, and the row of the catalogue.
    #[source]
    pub failure: Failure,
    /// The server's own words for people, without control characters and the login; empty when it said
    /// nothing. They come from a stranger and may hold the values it was sent: look before they are kept.
    pub said: String,
    /// What the account may not do, where that is why.
    pub denied: Option<Denied>,
}

/// What an account may not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// What was attempted.
    pub verb: Verb,
    /// Who the server says it is, such as `system:serviceaccount:ci:hawser`; empty when it does not
    /// say, or not in the letters of such names. It comes from a stranger, as `said` does.
    pub user: String,
}

/// What is attempted with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Looking at it.
    Read,
    /// Making or changing it.
    Write,
    /// Deleting it.
    Delete,
}

impl Verb {
    /// What a request of this method attempts.
    pub(super) fn of(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Read,
            Method::DELETE => Self::Delete,
            _ => Self::Write,
        }
    }
}

/// What a call was about: the same status means different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallSubject {
    /// The server itself, or its core API.
    Server,
    /// An API group that an operator brings.
    Group,
    /// An object.
    Object,
}

impl ApiRefusal {
    /// The same without these secrets in what the server said.
    pub(super) fn without(mut self, redactor: &Redactor) -> Self {
        self.said = redactor.redact(&self.said);
        if let Some(denied) = self.denied.as_mut().filter(|denied| redactor.tells(&denied.user)) {
            denied.user.clear();
        }
        self
    }
}

impl From<Failure> for ApiRefusal {
    fn from(failure: Failure) -> Self {
        Self { failure, said: String::new(), denied: None }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    #[serde(deserialize_with = "lenient::text")]
    message: String,
    #[serde(deserialize_with = "lenient::optional")]
    details: Option<Details>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    /// The resource that the refusal is about, such as `namespaces`.
    #[serde(deserialize_with = "lenient::text")]
    kind: String,
    #[serde(deserialize_with = "lenient::list")]
    causes: Vec<StatusCause>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusCause {
    #[serde(deserialize_with = "lenient::text")]
    reason: String,
    #[serde(deserialize_with = "lenient::text")]
    message: String,
    #[serde(deserialize_with = "lenient::text")]
    field: String,
}

/// Reads an answer that is no success.
pub(super) async fn refusal(
    mut answer: HttpAnswer,
    subject: CallSubject,
    verb: Verb,
) -> ApiRefusal {
    let body = answer.start_of_body(LOOK_AT).await;
    let status: Status = serde_json::from_slice(&body).unwrap_or_default();
    let code = answer.status().as_u16();
    let cause = cause(code, subject, &status);
    let mut failure = answer.failure(cause);
    if matches!(code, 429 | 503) {
        failure.retry_after = retry_after(answer.text(RETRY_AFTER), answer.text(DATE));
    }
    let said = if code == 409 { conflict(&status) } else { None };
    let denied = (cause == Cause::InsufficientScope)
        .then(|| Denied { verb, user: user(&status.message).to_owned() });
    ApiRefusal { failure, said: plain(&said.unwrap_or(status.message)), denied }
}

/// A 403 that names no right is no lack of one: admission says it of quotas, of policies and of
/// namespaces that are being deleted. What authorization says holds `cannot`, see
/// <https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/handlers/responsewriters/errors.go>.
/// An object of a namespace that is not there is refused with the `Status` of that namespace, see
/// <https://github.com/kubernetes/apiserver/blob/master/pkg/admission/plugin/namespace/lifecycle/admission.go>.
fn cause(code: u16, subject: CallSubject, status: &Status) -> Cause {
    let about = status.details.as_ref().map_or("", |details| details.kind.as_str());
    match (code, subject) {
        (401, _) => Cause::InvalidCredentials,
        (403, _) if status.message.is_empty() || status.message.contains(" cannot ") => {
            Cause::InsufficientScope
        }
        (404, CallSubject::Object) if about == "namespaces" => Cause::NamespaceMissing,
        (404, CallSubject::Server) => Cause::NotFound,
        (404, CallSubject::Group) => Cause::ClusterApiMissing,
        (409, CallSubject::Object) => Cause::ClusterConflict,
        (408 | 504, _) => Cause::Timeout,
        (429, _) => Cause::RateLimited,
        (500..=599, _) => Cause::ServerError,
        _ => Cause::ClusterRefused,
    }
}

/// Whom the server refused: `… is forbidden: User "hawser" cannot patch resource …`.
fn user(message: &str) -> &str {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '-' | '_' | '@');
    let quoted = message.split_once("User \"").and_then(|(_, rest)| rest.split_once('"'));
    quoted.map(|(user, _)| user).filter(|user| user.chars().all(letter)).unwrap_or_default()
}

/// Who owns what, in a conflict of field managers. The server writes it into the causes:
/// `conflict with "kubectl-edit" using v1` with the field beside it.
fn conflict(status: &Status) -> Option<String> {
    let causes = &status.details.as_ref()?.causes;
    let mut owners: Vec<(&str, Vec<&str>)> = Vec::new();
    for cause in causes.iter().filter(|cause| cause.reason == "FieldManagerConflict") {
        let owner = cause.message.split('"').nth(1).unwrap_or("another manager");
        match owners.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, fields)) => fields.push(&cause.field),
            None => owners.push((owner, vec![&cause.field])),
        }
    }
    let told = owners.iter().map(|(owner, fields)| format!("{owner} owns {}", fields.join(", ")));
    let told = told.collect::<Vec<_>>().join("; ");
    (!told.is_empty()).then_some(told)
}

fn plain(text: &str) -> String {
    let odd = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.trim().chars().map(|c| if c == '\n' { ' ' } else { c }).filter(odd).collect()
}

/// An answer that is not what was asked for.
pub(super) fn senseless(answer: &str) -> ApiRefusal {
    Failure::new(Cause::ServerError, format!("{answer}: the answer makes no sense")).into()
}

/// Reads a document; the parser's own words could quote a secret.
pub(super) fn document(bytes: &[u8], attempt: &str) -> Result<Value, ApiRefusal> {
    serde_json::from_slice(bytes).map_err(|_| senseless(attempt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_names_the_other_managers() {
        let status: Status = serde_json::from_str(
            r#"{"message":"Apply failed with 3 conflicts","details":{"causes":[
            {"reason":"FieldManagerConflict","message":"conflict with \"kubectl-edit\" using v1 at 2026","field":".data.a"},
            {"reason":"FieldManagerConflict","message":"conflict with \"helm\" using v1","field":".type"},
            {"reason":"FieldManagerConflict","message":"conflict with \"kubectl-edit\" using v1","field":".data.b"}]}}"#,
        )
        .unwrap();
        assert_eq!(
            conflict(&status).unwrap(),
            "kubectl-edit owns .data.a, .data.b; helm owns .type"
        );
        assert_eq!(conflict(&Status::default()), None);
    }

    #[test]
    fn a_refusal_is_told_by_what_it_says() {
        let status = |text: &str| serde_json::from_str::<Status>(text).unwrap();
        let rights = status(
            r#"{"message":"secrets \"a\" is forbidden: User \"system:serviceaccount:ci:hawser\" cannot patch resource \"secrets\" in API group \"\" in the namespace \"b\"","details":{"kind":"secrets"}}"#,
        );
        assert_eq!(cause(403, CallSubject::Object, &rights), Cause::InsufficientScope);
        assert_eq!(user(&rights.message), "system:serviceaccount:ci:hawser");
        let quota = status(r#"{"message":"secrets \"a\" is forbidden: exceeded quota: q"}"#);
        assert_eq!(cause(403, CallSubject::Object, &quota), Cause::ClusterRefused);
        assert_eq!(cause(403, CallSubject::Server, &Status::default()), Cause::InsufficientScope);
        let namespace = status(
            r#"{"message":"namespaces \"b\" not found","details":{"kind":"namespaces","name":"b"}}"#,
        );
        assert_eq!(cause(404, CallSubject::Object, &namespace), Cause::NamespaceMissing);
        assert_eq!(cause(404, CallSubject::Object, &rights), Cause::ClusterRefused);
        assert_eq!(user("User \"a b; rm\" cannot"), "");
    }

    #[test]
    fn words_are_one_line() {
        assert_eq!(plain(" a\nb\u{1b}[1mc\u{202e} "), "a b[1mc");
    }
}
