//! What a person does at a cluster about an object that it refused.

use domain::{Cause, Redactor, cause::RemoteKind};
use kubernetes::{Denied, ObjectRef, Verb};

use super::{Stopped, words::words};

/// What the API server said of an object, or what it means, and what to do about it.
pub(super) fn explain(object: &ObjectRef, stopped: &Stopped, redactor: &Redactor) -> String {
    let mut text = said(stopped, redactor);
    let remedy = match (stopped.cause, &stopped.denied) {
        (Cause::NamespaceMissing, _) => namespace(object),
        (_, Some(denied)) => right(object, denied, redactor),
        _ => return text,
    };
    text.push('\n');
    text.push_str(&remedy);
    text
}

/// The words of the API server as a sentence, or ours where there are none to repeat.
pub(super) fn said(stopped: &Stopped, redactor: &Redactor) -> String {
    let words = words(&stopped.detail, redactor);
    let title = stopped.cause.words(RemoteKind::Cluster).title;
    let said = if words.is_empty() { title } else { &words };
    let end = if said.ends_with(['.', '…', '!', '?']) { "" } else { "." };
    format!("{said}{end}")
}

fn namespace(object: &ObjectRef) -> String {
    format!(
        "Hawser makes no namespaces. Make it in the cluster:\n  kubectl create namespace {}",
        object.namespace
    )
}

/// The right that is missing, and the role that gives it with all that Hawser needs for this kind. An
/// apply of an object that is not there asks for `create` too.
fn right(object: &ObjectRef, denied: &Denied, redactor: &Redactor) -> String {
    let verb = match denied.verb {
        Verb::Read => "read",
        Verb::Write => "write",
        Verb::Delete => "delete",
    };
    let plural = plural(&object.kind);
    let resource = match object.api_version.split_once('/') {
        Some((group, _)) => format!("{}.{group}", plural.to_lowercase()),
        None => plural.to_lowercase(),
    };
    let (place, scope, kind) = match object.namespace.as_str() {
        "" => ("in the cluster".to_owned(), String::new(), "clusterrole"),
        namespace => {
            (format!("in the namespace {namespace}"), format!(" --namespace={namespace}"), "role")
        }
    };
    let (role, subject) = (format!("hawser-{}", plural.to_lowercase()), subject(denied, redactor));
    format!(
        "The account may not {verb} {plural} {place}. Somebody who may give rights there allows it:\n  kubectl create {kind} {role}{scope} --verb=get,create,patch,delete --resource={resource}\n  kubectl create {kind}binding {role}{scope} --{kind}={role} {subject}"
    )
}

/// The account, as `kubectl` takes it. Whoever answers could name a secret that it was sent.
fn subject(denied: &Denied, redactor: &Redactor) -> String {
    let user = if redactor.tells(&denied.user) { "" } else { denied.user.as_str() };
    match user.strip_prefix("system:serviceaccount:") {
        Some(account) => format!("--serviceaccount={account}"),
        None if user.is_empty() => "--user=USER".to_owned(),
        None => format!("--user={user}"),
    }
}

/// A kind in the plural, as API servers guess it too: `UnsafeGuessKindToResource` in
/// <https://github.com/kubernetes/apimachinery/blob/master/pkg/api/meta/restmapper.go>.
fn plural(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => format!("{kind}es"),
        None => format!("{kind}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(api_version: &str, kind: &str, namespace: &str) -> ObjectRef {
        ObjectRef {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: namespace.into(),
            name: "a".into(),
        }
    }

    fn denied(verb: Verb, user: &str) -> Stopped {
        let denied = Some(Denied { verb, user: user.into() });
        Stopped { denied, ..Stopped::because(Cause::InsufficientScope, "forbidden") }
    }

    #[test]
    fn a_missing_right_is_named_with_the_role_that_gives_it() {
        let stopped = denied(Verb::Write, "system:serviceaccount:ci:hawser");
        let text = explain(&object("v1", "Secret", "prod"), &stopped, &Redactor::default());
        let expected = "forbidden.\nThe account may not write Secrets in the namespace prod. Somebody who may give rights there allows it:\n  kubectl create role hawser-secrets --namespace=prod --verb=get,create,patch,delete --resource=secrets\n  kubectl create rolebinding hawser-secrets --namespace=prod --role=hawser-secrets --serviceaccount=ci:hawser";
        assert_eq!(text, expected);
        let text = explain(
            &object("a.io/v1", "Repository", ""),
            &denied(Verb::Read, "ada"),
            &Redactor::default(),
        );
        assert!(text.contains("may not read Repositories in the cluster"), "{text}");
        assert!(text.contains("--resource=repositories.a.io"), "{text}");
        assert!(text.contains("clusterrolebinding hawser-repositories --clusterrole="), "{text}");
        assert!(text.ends_with("--user=ada"), "{text}");
    }

    #[test]
    fn no_secret_is_repeated_as_a_name() {
        let redactor = Redactor::of([&domain::Secret::new("canary-7f3a".into())]);
        let stopped = denied(Verb::Delete, "x-canary-7f3a");
        let text = explain(&object("v1", "Secret", "prod"), &stopped, &redactor);
        assert!(text.ends_with("--user=USER") && !text.contains("canary"), "{text}");
    }

    #[test]
    fn a_missing_namespace_is_to_be_made_by_a_person() {
        let stopped = Stopped::because(Cause::NamespaceMissing, "namespaces \"prod\" not found");
        let text = explain(&object("v1", "Secret", "prod"), &stopped, &Redactor::default());
        assert!(text.ends_with("kubectl create namespace prod"), "{text}");
    }
}
