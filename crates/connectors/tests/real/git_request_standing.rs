//! What became of a pull request, with stubs that describe it as the hosts do.

use domain::{Cause, Provider, gitops::GitUrl};
use egress::Failure;
use git_http::{Hosting, PullRequestState};
use serde_json::{Value, json};

use testkit::git_server::{CANARY, client};

use crate::{
    exchange_stub::{Stub, assert_tells_nothing},
    git_pull_request::hosts,
    host::answer,
};

/// What each host says of a request, in the order of [`hosts`], and how it stands then.
fn said() -> [Vec<(Value, PullRequestState)>; 5] {
    let alike = || {
        vec![
            (json!({ "number": 7, "state": "open", "merged": false }), PullRequestState::Open),
            (json!({ "number": 7, "state": "closed", "merged": true }), PullRequestState::Merged),
            (json!({ "number": 7, "state": "closed", "merged": false }), PullRequestState::Closed),
        ]
    };
    let spelled = |words: &[(&str, PullRequestState)]| {
        words.iter().map(|(word, standing)| (json!({ "state": word }), *standing)).collect()
    };
    let [open, merged, closed] =
        [PullRequestState::Open, PullRequestState::Merged, PullRequestState::Closed];
    let gitlab = [("opened", open), ("locked", open), ("merged", merged), ("closed", closed)];
    let bitbucket = [("OPEN", open), ("MERGED", merged), ("DECLINED", closed)];
    let cloud = [("DRAFT", open), ("QUEUED", open), ("SUPERSEDED", closed)];
    [
        alike(),
        spelled(&gitlab),
        alike(),
        spelled(&[&bitbucket[..], &cloud].concat()),
        spelled(&bitbucket),
    ]
}

/// Asks the host of this index, which answers with a status and a document, and checks that it was asked
/// once, with its login.
async fn ask(
    index: usize,
    status: u16,
    document: &Value,
) -> Result<Option<PullRequestState>, Failure> {
    let document = document.to_string();
    let stub = Stub::start(move |asked| {
        let host = &hosts()[index];
        if let Some(refused) = host.door(asked) {
            return refused;
        }
        assert_eq!(asked.path, format!("{}/7", host.create));
        answer(status, &[("content-type", "application/json")], document.clone())
    })
    .await;
    let host = &hosts()[index];
    let (url, hosting) = host.place(&stub);
    let page = format!("{}{}", url.origin(), host.page);
    let git = client(&stub.authority);
    let told = git.pull_request_standing(&hosting, &url, &host.own_login(), &page).await;
    assert_eq!(stub.asked().len(), 1);
    // The page of another repository is not asked for.
    let foreign = format!("https://evil.example{}", host.page);
    let none = git.pull_request_standing(&hosting, &url, &host.own_login(), &foreign).await;
    assert_eq!((none.unwrap(), stub.asked().len()), (None, 1));
    told
}

#[tokio::test]
async fn every_host_says_how_a_request_stands() {
    for (index, said) in said().into_iter().enumerate() {
        for (document, standing) in said {
            assert_eq!(ask(index, 200, &document).await.unwrap(), Some(standing), "{document}");
        }
        let deleted = ask(index, 404, &json!({})).await.unwrap();
        assert_eq!(deleted, Some(PullRequestState::Closed), "somebody deleted it");
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_a_failure() {
    for index in 0..hosts().len() {
        for (status, document, cause) in [
            (200, json!({ "state": "beyond" }), Cause::ServerError),
            (200, json!([]), Cause::ServerError),
            (502, json!({}), Cause::ServerError),
            (429, json!({}), Cause::RateLimited),
            (403, json!({}), Cause::InsufficientScope),
        ] {
            let failure = ask(index, status, &document).await.unwrap_err();
            assert_eq!(failure.cause, cause, "{index} {status} {document}");
            assert_tells_nothing(&failure, &[CANARY]);
        }
    }
}

#[test]
fn the_page_of_a_request_tells_what_the_host_is() {
    for (repository, end, provider) in [
        ("acme/gitops", "acme/gitops/pull/7", Provider::Github),
        ("a/b/c", "a/b/c/-/merge_requests/7", Provider::Gitlab),
        ("scm/ACME/gitops", "projects/ACME/repos/gitops/pull-requests/7", Provider::Bitbucket),
    ] {
        let url = GitUrl::parse(&format!("https://git.acme.example/{repository}.git")).unwrap();
        let page = format!("https://git.acme.example/{end}");
        let known = Hosting::of_page(&url, &page);
        assert!(known.is_some(), "{page}");
        assert_eq!(known, Hosting::of(&url, provider, ""), "{page}");
        assert_eq!(Hosting::of_page(&url, &page.replace("acme", "evil")), None);
        assert_eq!(Hosting::of_page(&url, ""), None);
    }
    let gitea = GitUrl::parse("https://gitea.acme.example/acme/gitops.git").unwrap();
    let page = "https://gitea.acme.example/acme/gitops/pulls/7";
    assert_eq!(Hosting::of_page(&gitea, page), Hosting::of(&gitea, Provider::GenericGit, ""));
}
