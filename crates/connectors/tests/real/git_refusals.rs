//! What Git servers refuse or lead elsewhere, and what people read of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Cause, Secret, gitops::GitUrl};
use egress::{AllowList, Login, Outbound};
use git_http::PushError;

use testkit::git_server::{Bridge, GitServer, branch, client, commit, git, login, write};

use crate::{
    git_hostile,
    host::{Host, answer},
};

const REPOSITORY: &str = "acme/gitops";

#[tokio::test]
async fn an_address_without_dot_git_is_followed_within_its_origin() {
    let server = GitServer::with_repository().await;
    server.bridge(Bridge::LeadsToDotGit);
    let url = GitUrl::parse(&format!("http://{}/{REPOSITORY}", server.authority)).unwrap();
    let client = server.client();
    assert_eq!(client.branches(&url, &login()).await.unwrap().names, ["main"]);
    let checkout = client.open(&url, &login(), &branch("main"), None).await.unwrap();
    let change = commit(vec![write("x.yaml", "x: 1\n")]);
    let pushed = checkout.push(change, &branch("main")).await.unwrap();
    assert_eq!(pushed.commit, server.head(REPOSITORY, "main"));
    // What is posted goes where the list came from, and nothing that is posted is redirected.
    let posts: Vec<_> = server.seen().into_iter().filter(|seen| seen.starts_with("POST")).collect();
    assert!(posts.len() >= 2, "{posts:?}");
    assert!(posts.iter().all(|post| post.contains("gitops.git/")), "{posts:?}");
}

#[tokio::test]
async fn r_cred_01_another_origin_is_named_and_not_asked() {
    let other = Host::start(|_, _| answer(200, &[], "")).await;
    let to = other.url("/acme/gitops.git/info/refs?service=git-upload-pack&token=canary-q");
    let first = Host::start(move |_, _| answer(301, &[("location", &to)], "")).await;
    let allow = format!("{} {}", first.authority, other.authority);
    let refused = client(&allow).branches(&git_hostile::url(&first), &login()).await.unwrap_err();
    assert_eq!(refused.cause, Cause::RedirectRefused);
    let told = refused.to_string();
    assert!(told.ends_with(&format!("it redirects to http://{}", other.authority)), "{told}");
    assert!(other.seen().is_empty());
    // A host may have any name, the secret among them.
    let login = Login::stored("ann".into(), Secret::new("canary-Host-7".into()));
    let to = "https://canary-host-7.evil.example:8443/x";
    let first = Host::start(move |_, _| answer(302, &[("location", to)], "")).await;
    let refused = client(&first.authority).branches(&git_hostile::url(&first), &login).await;
    let told = refused.unwrap_err().to_string();
    assert!(told.ends_with("it redirects to https://….evil.example:8443"), "{told}");
}

#[tokio::test]
async fn a_loop_and_a_page_within_the_origin_are_no_repositories() {
    let around = Host::start(|own, _| answer(302, &[("location", &own.url("/x"))], "")).await;
    let outbound = Outbound::new(AllowList::parse(&around.authority).unwrap()).unwrap();
    let git = git_http::Git::new(outbound);
    let refused = git.branches(&git_hostile::url(&around), &login()).await.unwrap_err();
    assert_eq!(refused.cause, Cause::RedirectRefused);
    let page = Host::start(|own, request| match request.uri().path() {
        "/sign-in" => answer(200, &[("content-type", "text/html")], "<html>"),
        _ => answer(302, &[("location", &own.url("/sign-in"))], ""),
    })
    .await;
    let refused = client(&page.authority).branches(&git_hostile::url(&page), &login()).await;
    assert_eq!(refused.unwrap_err().cause, Cause::NotAGitRepository);
}

#[tokio::test]
async fn a_repository_of_sha_256_is_told_as_such() {
    let server = GitServer::start().await;
    for name in ["acme/empty", "acme/full"] {
        let path = server.path(name);
        let path = path.to_str().unwrap();
        let root = std::env::temp_dir();
        git(&root, &["init", "--quiet", "--bare", "--object-format=sha256", path]);
    }
    let work = tempfile::tempdir().unwrap();
    git(work.path(), &["init", "--quiet", "--object-format=sha256", "--initial-branch=main"]);
    git(work.path(), &["commit", "--quiet", "--allow-empty", "--message", "first"]);
    let full = server.path("acme/full");
    git(work.path(), &["push", "--quiet", full.to_str().unwrap(), "main"]);
    for name in ["acme/empty", "acme/full"] {
        let refused = server.client().branches(&server.url(name), &login()).await.unwrap_err();
        assert_eq!(refused.cause, Cause::ObjectFormat, "{name}");
        let opened = server.client().open(&server.url(name), &login(), &branch("main"), None).await;
        assert_eq!(opened.unwrap_err().cause, Cause::ObjectFormat, "{name}");
    }
}

/// A hook repeats the remote as the pipeline wrote it, in every spelling.
#[tokio::test]
async fn r_log_02_a_hook_that_repeats_the_login_is_told_without_it() {
    // The bridge knows one password, so the hook repeats that one in other spellings.
    let server = GitServer::with_repository().await;
    let canary = testkit::git_server::CANARY;
    let url = server.url(REPOSITORY);
    let percent = canary.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
    let basic = STANDARD.encode(format!("ann:{canary}"));
    let twice = STANDARD.encode(format!("{{\"auth\":\"{basic}\"}}"));
    for said in [canary, &canary.replace('-', "%2D"), &percent, &basic, &twice] {
        let percents = said.replace('%', "%%");
        let script = format!("printf 'remote https://ann:{percents}@x/ refused' >&2; exit 1");
        server.hook(REPOSITORY, "pre-receive", &script);
        let checkout = server.client().open(&url, &login(), &branch("main"), None).await.unwrap();
        let change = commit(vec![write("x.yaml", "x: 1\n")]);
        let refused = checkout.push(change, &branch("main")).await.unwrap_err();
        let PushError::Rejected { reason, .. } = refused else { panic!("{refused:?}") };
        assert!(reason.ends_with("remote https://ann:…@x/ refused"), "{reason}");
    }
}
