//! Git servers whose answers to a push refuse, lie, or say nothing.

use domain::Cause;
use git_http::PushError;

use testkit::git_server::{CANARY, branch, client, commit, login, write};

use crate::{
    git_hostile::{LIST, line, url},
    host::{Host, answer},
};

const PUSH_LIST: &str = "application/x-git-receive-pack-advertisement";
const PUSH: &str = "application/x-git-receive-pack-result";

/// Why a push fails at a server that answers it like this. The repository seems empty, so that
/// nothing has to be fetched.
async fn pushed(status: u16, content_type: &'static str, body: String) -> PushError {
    let empty = |service: &str| {
        let first = format!("{} capabilities^{{}}\0report-status side-band-64k\n", "0".repeat(40));
        format!("{}0000{}0000", line(&format!("# service={service}\n")), line(&first))
    };
    let host = Host::start(move |_, request| {
        match (request.uri().path(), request.uri().query().unwrap_or_default()) {
            ("/acme/gitops.git/info/refs", "service=git-upload-pack") => {
                answer(200, &[("content-type", LIST)], empty("git-upload-pack"))
            }
            ("/acme/gitops.git/info/refs", _) => {
                answer(200, &[("content-type", PUSH_LIST)], empty("git-receive-pack"))
            }
            _ => answer(status, &[("content-type", content_type)], body.clone()),
        }
    })
    .await;
    let git = client(&host.authority);
    let checkout = git.open(&url(&host), &login(), &branch("main"), None).await.unwrap();
    let error = checkout.push(commit(vec![write("a", "a")]), &branch("main")).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(CANARY), "{shown}");
    error
}

#[tokio::test]
async fn an_answer_to_a_push_that_says_nothing_is_unknown() {
    let report = |text: &str| format!("{}0000", line(&format!("\u{1}{text}")));
    for (status, content_type, body) in [
        (200, PUSH, String::new()),
        (200, PUSH, "zzzz".into()),
        (200, PUSH, report("000eunpack ok\n0000")),
        (200, PUSH, report("0019ok refs/heads/other\n0000")),
        (200, "text/html", "<html>".into()),
        (500, PUSH, String::new()),
        (504, "text/html", String::new()),
    ] {
        let error = pushed(status, content_type, body.clone()).await;
        assert!(matches!(error, PushError::Unknown(_)), "{status} {body} {error:?}");
    }
}

#[tokio::test]
async fn an_answer_to_a_push_that_refuses_is_certain() {
    let unpack = format!("{}0000", line(&format!("\u{1}{}0000", line("unpack disk full\n"))));
    let error = pushed(200, PUSH, unpack).await;
    let PushError::Rejected { cause, reason } = &error else { panic!("{error:?}") };
    assert_eq!((*cause, reason.as_str()), (Cause::PushRejected, "unpack: disk full"));
    for (status, cause) in
        [(401, Cause::InvalidCredentials), (404, Cause::NotFound), (429, Cause::RateLimited)]
    {
        let error = pushed(status, "text/plain", String::new()).await;
        assert!(
            matches!(&error, PushError::Failed(failure) if failure.cause == cause),
            "{error:?}"
        );
    }
    let error = pushed(413, "text/html", "<html>".into()).await;
    assert!(matches!(&error, PushError::Rejected { cause: Cause::PushRejected, .. }), "{error:?}");
    let error = pushed(403, "text/html", "<html>".into()).await;
    let PushError::Rejected { cause, reason } = &error else { panic!("{error:?}") };
    assert_eq!((*cause, reason.as_str()), (Cause::InsufficientScope, ""));
}
