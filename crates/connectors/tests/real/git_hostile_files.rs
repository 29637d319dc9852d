//! Git servers that lie when they are asked for files, in process, because no real one does.

use std::{fs, path::Path};

use axum::{body::Body, extract::Request, response::Response};
use domain::Cause;
use egress::Failure;
use futures::{StreamExt as _, stream};
use git_http::{Checkout, PushError};

use testkit::git_server::{CANARY, GitServer, branch, client, commit, login, write};

use crate::{
    exchange_stub::assert_tells_nothing,
    git_hostile::{LIST, PACK, banded, line, packed, url},
    host::{Host, answer},
};

const REPOSITORY: &str = "acme/gitops";
/// The ids of the commit and of what belongs to it, as far as `filter` goes.
fn ids(server: &GitServer, filter: &str) -> String {
    let filter = format!("--filter={filter}");
    server.git(REPOSITORY, &["rev-list", "--objects", "--no-object-names", &filter, "main"])
}

fn trees(server: &GitServer) -> String {
    ids(server, "blob:none")
}

/// The id of a file.
fn id(server: &GitServer, path: &str) -> String {
    server.git(REPOSITORY, &["rev-parse", &format!("main:{path}")])
}

/// The answer with the objects that have these ids.
fn answered(server: &GitServer, ids: &str) -> Vec<u8> {
    banded(&packed(&server.path(REPOSITORY), ids))
}

/// A stub that answers the first wish with these objects, and every other with `files`.
async fn stub<F>(server: &GitServer, first: &str, files: F) -> Host
where
    F: Fn() -> Body + Send + Sync + 'static,
{
    let head = server.head(REPOSITORY, "main");
    let main = format!("{head} refs/heads/main\0side-band-64k shallow filter ofs-delta\n");
    let list = format!("{}0000{}0000", line("# service=git-upload-pack\n"), line(&main));
    let first = answered(server, first);
    Host::start(move |host, request: &Request| -> Response {
        if request.method() == "GET" {
            return answer(200, &[("content-type", LIST)], list.clone());
        }
        let body = if host.seen().len() == 2 { Body::from(first.clone()) } else { files() };
        answer(200, &[("content-type", PACK)], body)
    })
    .await
}

/// The commit at such a stub, whose objects lie in `folder`.
async fn opened(host: &Host, folder: &Path) -> Checkout {
    let git = client(&host.authority).in_folder(folder);
    git.open(&url(host), &login(), &branch("main"), None).await.unwrap()
}

/// Why a file cannot be read from such a stub. Nothing of the try is left.
async fn refused<F>(server: &GitServer, files: F) -> Failure
where
    F: Fn() -> Body + Send + Sync + 'static,
{
    let host = stub(server, &trees(server), files).await;
    let folder = tempfile::tempdir().unwrap();
    let checkout = opened(&host, folder.path()).await;
    let file = checkout.file("apps/a.yaml").unwrap().unwrap();
    let failure = checkout.contents(&[&file]).await.unwrap_err();
    assert_tells_nothing(&failure, &[CANARY, "acme/gitops"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the commit alone");
    drop(checkout);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    failure
}

#[tokio::test]
async fn a_server_that_sends_the_files_sooner_or_later_is_believed() {
    let server = GitServer::with_repository().await;
    let all = ids(&server, "blob:limit=1m");
    for (first, requests) in [(trees(&server), 3), (all, 2)] {
        let files = answered(&server, &id(&server, "apps/a.yaml"));
        let host = stub(&server, &first, move || Body::from(files.clone())).await;
        let folder = tempfile::tempdir().unwrap();
        let checkout = opened(&host, folder.path()).await;
        let file = checkout.file("apps/a.yaml").unwrap().unwrap();
        assert_eq!(checkout.contents(&[&file]).await.unwrap()[&file.blob], b"a: 1\n");
        assert_eq!(host.seen().len(), requests);
    }
}

#[tokio::test]
async fn a_commit_that_lacks_a_tree_is_not_built_on() {
    let server = GitServer::with_repository().await;
    let apps = server.git(REPOSITORY, &["rev-parse", "main:apps"]);
    let first: Vec<_> =
        trees(&server).lines().filter(|id| *id != apps).map(str::to_owned).collect();
    let host = stub(&server, &first.join("\n"), || Body::from("0000")).await;
    let folder = tempfile::tempdir().unwrap();
    let checkout = opened(&host, folder.path()).await;
    assert_eq!(checkout.file("apps/a.yaml").unwrap_err().cause, Cause::ServerError);
    let change = commit(vec![write("apps/b.yaml", "b: 1\n")]);
    let error = checkout.push(change, &branch("main")).await.unwrap_err();
    assert!(
        matches!(&error, PushError::Failed(Failure { cause: Cause::ServerError, .. })),
        "{error:?}"
    );
    assert_eq!(host.seen().len(), 2, "nothing is pushed");
}

#[tokio::test]
async fn files_that_nobody_asked_for_are_refused() {
    let server = GitServer::with_repository().await;
    let tree = server.git(REPOSITORY, &["rev-parse", "main:apps"]);
    let all = ids(&server, "blob:limit=1m");
    for ids in [&all, &trees(&server), &id(&server, "README.md"), &tree] {
        let files = answered(&server, ids);
        let failure = refused(&server, move || Body::from(files.clone())).await;
        assert_eq!(failure.cause, Cause::ServerError);
    }
}

#[tokio::test]
async fn a_file_that_is_missing_or_broken_is_told() {
    let server = GitServer::with_repository().await;
    let mut broken = packed(&server.path(REPOSITORY), &id(&server, "apps/a.yaml"));
    *broken.last_mut().unwrap() ^= 1;
    for (body, cause) in [
        (answered(&server, ""), Cause::ServerError),
        (banded(&broken), Cause::ServerError),
        (b"0008NAK\n0000".to_vec(), Cause::ServerError),
        (line("ERR upload-pack: not our ref\n").into_bytes(), Cause::ServerError),
        (b"<html>".to_vec(), Cause::NotAGitRepository),
    ] {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let failure = refused(&server, move || Body::from(body.clone())).await;
        assert_eq!(failure.cause, cause, "{shown:?}");
    }
}

#[tokio::test]
async fn r_bomb_01_files_that_never_end_are_cut() {
    let server = GitServer::with_repository().await;
    // Two hundred million bytes, said in the head of a blob; then messages without end.
    let bomb = banded(b"PACK\0\0\0\x02\0\0\0\x01\xb0\x90\xf5\xae\x05");
    let failure = refused(&server, move || Body::from(bomb.clone())).await;
    assert_eq!(failure.cause, Cause::RepositoryTooLarge);
    let failure = refused(&server, || {
        let word = line(&format!("\u{2}{}", "working ".repeat(8_000)));
        let more = stream::repeat(word).map(Ok::<_, std::io::Error>);
        Body::from_stream(stream::once(async { Ok("0008NAK\n".to_owned()) }).chain(more))
    })
    .await;
    assert_eq!(failure.cause, Cause::RepositoryTooLarge);
}
