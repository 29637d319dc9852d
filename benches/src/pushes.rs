//! One update to 50 Git repositories, beside the `git` command doing the same at the same server.

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::header::AUTHORIZATION,
    response::Response,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::{net::TcpListener, process::Command, task::JoinSet};

use testkit::git_backend;

use crate::{
    Failure,
    hawser::Hawser,
    propagation::{NEW, OLD, finished, serve as registry},
    table::Row,
};

const TARGETS: usize = 50;
/// As many pushes at a time as Hawser makes for one organization.
const CONCURRENCY: usize = 4;
const PASSWORD: &str = "password of the git server";

/// Gives 50 repositories the same export, then updates the credential in it.
pub async fn measure(server: &Hawser) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let git = serve(folder.path()).await?;
    for n in 0..TARGETS {
        prepare(folder.path(), n).await?;
    }
    let registry = registry(Arc::default()).await?;
    let credential = server.create_credential("exported", OLD).await?;
    let url = format!("http://{registry}/exported");
    server.add_repository(&url, "exported", &credential).await?;
    let login = server.create_git_login("pushes", PASSWORD).await?;
    let fields = [
        ("name", "pull-prod"),
        ("consumer", "pull_secret"),
        ("carrier", "external_secret"),
        ("credentials[]", credential.as_str()),
        ("namespace", "apps"),
        ("secret_name", "regcred"),
        ("store", "vault"),
        ("store_kind", "ClusterSecretStore"),
    ];
    let export = server.create("/actions/gitops/exports/save", &fields).await?;
    for n in 0..TARGETS {
        add_target(server, git, n, &login, &export).await?;
    }
    settled(folder.path()).await?;

    let bare = by_command(git).await?;
    let started = Instant::now();
    let (propagation, _) = server.update_credential(&credential, 1, "exported", NEW).await?;
    let healthy = finished(server, &propagation).await?;
    let took = started.elapsed();
    // The repository of charts is one of them.
    if healthy != TARGETS as u64 + 1 {
        return Err(format!("{healthy} of {TARGETS} pushes and a sync arrived").into());
    }
    Ok(vec![Row::new(
        format!("One update, committed to {TARGETS} Git repositories"),
        format!("{} ms", took.as_millis()),
        format!("{} ms, git clone, commit and push", bare.as_millis()),
        format!("{:.2} ×", took.as_secs_f64() / bare.as_secs_f64()),
    )])
}

async fn add_target(
    server: &Hawser,
    git: SocketAddr,
    n: usize,
    login: &str,
    export: &str,
) -> Result<(), Failure> {
    let (name, url) = (format!("target {n:02}"), format!("http://{git}/r{n}.git"));
    let fields = [
        ("name", name.as_str()),
        ("credential", login),
        ("url", &url),
        ("branch", "main"),
        ("folder", "clusters/prod"),
        ("mode", "direct"),
        ("exports[]", export),
    ];
    let id = server.create("/actions/gitops/targets/save", &fields).await?;
    server.post("/actions/gitops/targets/push", &[("target", &id)]).await?;
    Ok(())
}

/// Waits until every repository has its first commit of Hawser.
async fn settled(root: &Path) -> Result<(), Failure> {
    for n in 0..TARGETS {
        let repository = root.join(format!("r{n}.git"));
        let mut tries = 0;
        while run(&repository, &["rev-list", "--count", "main"]).await?.trim() != "2" {
            tries += 1;
            if tries > 240 {
                return Err(format!("nothing was pushed to r{n} in a minute").into());
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
    Ok(())
}

/// The same change to a file of every repository, as a script makes it.
async fn by_command(git: SocketAddr) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for first in 0..CONCURRENCY {
        let folder = folder.path().to_owned();
        tasks.spawn(async move {
            for n in (first..TARGETS).step_by(CONCURRENCY) {
                let url = format!("http://ada:{}@{git}/r{n}.git", PASSWORD.replace(' ', "%20"));
                let name = format!("r{n}");
                run(&folder, &["clone", "--quiet", "--depth=1", &url, &name]).await?;
                let clone = folder.join(&name);
                tokio::fs::write(clone.join("by-hand.yaml"), "kind: Nothing\n").await?;
                run(&clone, &["add", "--all"]).await?;
                run(&clone, &["commit", "--quiet", "--message", "by hand"]).await?;
                run(&clone, &["push", "--quiet", "origin", "main"]).await?;
            }
            Ok::<(), Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(started.elapsed())
}

/// A bare repository with 100 files in it.
async fn prepare(root: &Path, n: usize) -> Result<(), Failure> {
    let bare = root.join(format!("r{n}.git"));
    let path = bare.to_str().ok_or("a path that is no text")?.to_owned();
    run(root, &["init", "--quiet", "--bare", "--initial-branch=main", &path]).await?;
    for setting in ["http.receivepack", "uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        run(&bare, &["config", setting, "true"]).await?;
    }
    let work = tempfile::tempdir()?;
    run(work.path(), &["init", "--quiet", "--initial-branch=main"]).await?;
    for file in 0..100 {
        let text = format!("name: app-{file}\n").repeat(40);
        tokio::fs::write(work.path().join(format!("app-{file}.yaml")), text).await?;
    }
    run(work.path(), &["add", "--all"]).await?;
    run(work.path(), &["commit", "--quiet", "--message", "apps"]).await?;
    run(work.path(), &["push", "--quiet", &path, "main"]).await?;
    Ok(())
}

/// Runs `git` without any configuration of this machine.
async fn run(folder: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git")
        .current_dir(folder)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "Bob"), ("GIT_AUTHOR_EMAIL", "bob@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Bob"), ("GIT_COMMITTER_EMAIL", "bob@example.com")])
        .output()
        .await?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

async fn serve(root: &Path) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let root = root.to_owned();
    let router = Router::new().fallback(move |request: Request| {
        let root = root.clone();
        async move { answer(&root, request).await }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(root: &Path, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("ada:{PASSWORD}")));
    if parts.headers.get(AUTHORIZATION).is_none_or(|given| given != expected.as_str()) {
        let refused =
            Response::builder().status(401).header("www-authenticate", "Basic realm=\"bench\"");
        return refused.body(Body::empty()).unwrap_or_default();
    }
    match to_bytes(body, 64 << 20).await {
        Ok(body) => git_backend::serve(root, &parts, body).await,
        Err(_) => Response::default(),
    }
}
