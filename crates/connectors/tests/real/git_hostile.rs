//! Git servers that refuse, lie, or never end; in process, because no real one does.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use axum::{body::Body, extract::Request, response::Response};
use domain::{Cause, Secret, gitops::GitUrl};
use egress::{Failure, Login};
use futures::{StreamExt as _, stream};
use git_http::{Git, Limits, blob_id};

use testkit::git_server::{CANARY, GitServer, branch, client, limited, login};

use crate::{
    exchange_stub::assert_tells_nothing,
    host::{Host, answer},
};

const REPOSITORY: &str = "acme/gitops";
pub const LIST: &str = "application/x-git-upload-pack-advertisement";
pub const PACK: &str = "application/x-git-upload-pack-result";
/// The commit that a lying server has on its `main`.
const MAIN: &str = "1111111111111111111111111111111111111111";

pub fn url(host: &Host) -> GitUrl {
    GitUrl::parse(&host.url("/acme/gitops.git")).unwrap()
}

async fn opened(git: &Git, url: &GitUrl) -> Result<String, Failure> {
    let checkout = git.open(url, &login(), &branch("main"), None).await?;
    Ok(checkout.head().unwrap_or_default().to_owned())
}

/// Why a host that answers like this cannot be opened.
async fn refused<F>(answers: F) -> Failure
where
    F: Fn(&Host, &Request) -> Response + Send + Sync + 'static,
{
    let host = Host::start(answers).await;
    let failure = opened(&client(&host.authority), &url(&host)).await.unwrap_err();
    assert_tells_nothing(&failure, &[CANARY, "acme/gitops"]);
    failure
}

pub fn line(text: &str) -> String {
    format!("{:04x}{text}", text.len() + 4)
}

/// A list of references with `main` alone.
fn list(service: &str, capabilities: &str) -> String {
    let first = format!("{MAIN} refs/heads/main\0{capabilities} agent=stub\n");
    format!("{}0000{}0000", line(&format!("# service={service}\n")), line(&first))
}

/// A server whose list is fine and that answers a fetch with this.
async fn fetched(body: impl Fn() -> Body + Send + Sync + 'static) -> Failure {
    let capabilities = "side-band-64k shallow ofs-delta";
    refused(move |_, request| match request.uri().path() {
        "/acme/gitops.git/info/refs" => {
            answer(200, &[("content-type", LIST)], list("git-upload-pack", capabilities))
        }
        _ => answer(200, &[("content-type", PACK)], body()),
    })
    .await
}

/// A pack in the band of packs.
pub fn banded(pack: &[u8]) -> Vec<u8> {
    let mut body = b"0008NAK\n".to_vec();
    for piece in pack.chunks(60_000) {
        body.extend_from_slice(format!("{:04x}\u{1}", piece.len() + 5).as_bytes());
        body.extend_from_slice(piece);
    }
    body.extend_from_slice(b"0000");
    body
}

#[tokio::test]
async fn wrong_passwords_and_none_are_told_apart() {
    let server = GitServer::with_repository().await;
    let url = server.url(REPOSITORY);
    for (username, password, cause) in
        [("ann", "wrong-canary", Cause::InvalidCredentials), ("", "", Cause::NoCredential)]
    {
        let login = Login::stored(username.into(), Secret::new(password.into()));
        let failure = server.client().branches(&url, &login).await.unwrap_err();
        assert_eq!(failure.cause, cause);
        assert_tells_nothing(&failure, &["wrong-canary"]);
    }
    let missing = server.client().branches(&server.url("acme/missing"), &login()).await;
    assert_eq!(missing.unwrap_err().cause, Cause::NotFound);
}

#[tokio::test]
async fn r_cred_01_a_redirect_is_refused_and_nothing_is_sent_there() {
    let other = Host::start(|_, _| answer(200, &[], "")).await;
    for status in [301, 302, 307, 308] {
        let to = other.url("/acme/gitops.git/info/refs?service=git-upload-pack");
        let failure = refused(move |_, _| answer(status, &[("location", &to)], "")).await;
        assert_eq!(failure.cause, Cause::RedirectRefused);
    }
    let failure = refused(|own, _| answer(302, &[("location", &own.url("/other"))], "")).await;
    assert_eq!(failure.cause, Cause::RedirectRefused);
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn r_ssrf_06_a_private_address_is_not_asked_unless_the_operator_allows_it() {
    let server = GitServer::with_repository().await;
    for allow in ["", "127.0.0.2:80"] {
        let failure = opened(&client(allow), &server.url(REPOSITORY)).await.unwrap_err();
        assert_eq!(failure.cause, Cause::BlockedAddress);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn what_is_no_git_server_is_told() {
    let restricted = "the `acme` organization has enabled OAuth App access restrictions";
    for (status, headers, body, cause) in [
        (200, vec![("content-type", "text/html")], "<html>", Cause::NotAGitRepository),
        (200, vec![("content-type", "text/plain")], MAIN, Cause::NotAGitRepository),
        (400, vec![], "", Cause::NotAGitRepository),
        (403, vec![], restricted, Cause::OrganizationRestricted),
        (403, vec![("x-github-sso", "required; url=https://x")], "", Cause::SsoRequired),
        (403, vec![], "", Cause::InsufficientScope),
        (404, vec![], "", Cause::NotFound),
        (429, vec![], "", Cause::RateLimited),
        (503, vec![], "", Cause::ServerError),
    ] {
        let failure = refused(move |_, _| answer(status, &headers, body)).await;
        assert_eq!(failure.cause, cause, "{status} {body}");
    }
}

#[tokio::test]
async fn lists_that_make_no_sense_are_refused() {
    let head = line("# service=git-upload-pack\n");
    for body in [
        String::new(),
        "0000".into(),
        "zzzz".into(),
        "fffe".into(),
        "0001".into(),
        "00".into(),
        format!("{head}0000"),
        format!("{head}0000{}", line("nonsense\n")),
        format!("{head}0000{}0000", line("nonsense\n")),
        format!("{head}0000{}0000", line(&format!("{MAIN}refs/heads/main"))),
        list("git-receive-pack", ""),
        list("git-upload-pack", "object-format=sha256"),
        format!("{}0000", &list("git-upload-pack", "")[..60]),
    ] {
        let failure =
            refused(move |_, _| answer(200, &[("content-type", LIST)], body.clone())).await;
        assert_eq!(failure.cause, Cause::NotAGitRepository);
    }
    let error = format!("{head}0000{}", line("ERR access denied\n"));
    let failure = refused(move |_, _| answer(200, &[("content-type", LIST)], error.clone())).await;
    assert_eq!(failure.cause, Cause::ServerError);
}

#[tokio::test]
async fn r_bomb_01_lists_and_packs_that_never_end_are_cut() {
    let endless = || {
        let name = line(&format!("{MAIN} refs/heads/{}\n", "x".repeat(60_000)));
        let start = format!("{}0000", line("# service=git-upload-pack\n"));
        let more = stream::repeat(name).map(Ok::<_, std::io::Error>);
        Body::from_stream(stream::once(async { Ok(start) }).chain(more))
    };
    let failure = refused(move |_, _| answer(200, &[("content-type", LIST)], endless())).await;
    assert_eq!(failure.cause, Cause::RepositoryTooLarge);

    // Messages without end, and no pack.
    let failure = fetched(|| {
        let word = line(&format!("\u{2}{}", "working ".repeat(8_000)));
        let more = stream::repeat(word).map(Ok::<_, std::io::Error>);
        Body::from_stream(stream::once(async { Ok("0008NAK\n".to_owned()) }).chain(more))
    })
    .await;
    assert_eq!(failure.cause, Cause::RepositoryTooLarge);
}

#[tokio::test]
async fn packs_that_make_no_sense_are_refused() {
    for (body, cause) in [
        (vec![], Cause::NotAGitRepository),
        (b"0008NAK\n".to_vec(), Cause::ServerError),
        (b"0008NAK\n0000".to_vec(), Cause::ServerError),
        (b"0008NAK\n0009\x07hey".to_vec(), Cause::NotAGitRepository),
        (line("ERR upload-pack: not our ref\n").into_bytes(), Cause::ServerError),
        (format!("0008NAK\n{}", line("\u{3}out of memory\n")).into_bytes(), Cause::ServerError),
        (banded(b"PACK\0\0\0\x02\0\0\0\x01"), Cause::ServerError),
        (banded(b"PACK\0\0\0\x02\0\0\0\x01garbage, garbage, garbage"), Cause::ServerError),
        (banded(b"PACK\0\0\0\x02\xff\xff\xff\xff"), Cause::RepositoryTooLarge),
        (banded(&bomb()), Cause::RepositoryTooLarge),
    ] {
        let shown = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        let failure = fetched(move || Body::from(body.clone())).await;
        assert_eq!(failure.cause, cause, "{shown:?}");
    }
}

/// A delta by which libgit2 would make a terabyte.
fn bomb() -> Vec<u8> {
    let mut delta = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    delta.write_all(&[5, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x90, 3]).unwrap();
    let delta = delta.finish().unwrap();
    [b"PACK\0\0\0\x02\0\0\0\x01\x79".as_slice(), &[7; 20], &delta, &[0; 20]].concat()
}

#[tokio::test]
async fn a_pack_with_other_objects_than_promised_is_refused() {
    let server = GitServer::with_repository().await;
    let everything =
        server.git(REPOSITORY, &["rev-list", "--objects", "--no-object-names", "main"]);
    let pack = packed(&server.path(REPOSITORY), &everything);
    let failure = fetched(move || Body::from(banded(&pack))).await;
    assert_eq!(failure.cause, Cause::ServerError);
}

/// A pack of the objects with these ids, made by the real `git`.
pub fn packed(repository: &Path, ids: &str) -> Vec<u8> {
    let mut child = Command::new("git")
        .current_dir(repository)
        .args(["pack-objects", "--stdout", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(ids.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[tokio::test]
async fn a_repository_over_the_limits_is_told() {
    let server = GitServer::with_repository().await;
    let noise: String = (0..10_000_u32).map(|n| blob_id(&n.to_be_bytes())).collect();
    server.commit(REPOSITORY, "main", &[("noise.txt", &noise)]);
    server.leaves_nothing_out(REPOSITORY);
    let small = Limits { pack: 64 * 1024, ..Limits::default() };
    let failure =
        opened(&limited(&server.authority, small), &server.url(REPOSITORY)).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RepositoryTooLarge);
    opened(&server.client(), &server.url(REPOSITORY)).await.unwrap();
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left() {
    let host = Host::start(|_, _| {
        let silence = stream::pending::<Result<Vec<u8>, std::io::Error>>();
        answer(200, &[("content-type", LIST)], Body::from_stream(silence))
    })
    .await;
    let short = Limits { time: Duration::from_millis(200), ..Limits::default() };
    let failure = opened(&limited(&host.authority, short), &url(&host)).await.unwrap_err();
    assert_eq!(failure.cause, Cause::Timeout);
}
