//! `git http-backend`, the program that serves real repositories, run once for each request as a
//! web server runs it (RFC 3875).

use std::{
    path::Path,
    process::{Output, Stdio},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, request::Parts},
    response::Response,
};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// Answers a request for the repositories below `root`.
pub async fn serve(root: &Path, request: &Parts, body: Bytes) -> Response {
    let header = |name: &str| text(&request.headers, name);
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", root)
        .env("REQUEST_METHOD", request.method.as_str())
        .env("PATH_INFO", request.uri.path())
        .env("QUERY_STRING", request.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_USER", "ann")
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It does not read the body of a request that it refuses.
    let feed = tokio::spawn(async move { stdin.write_all(&body).await });
    let output = child.wait_with_output().await.unwrap();
    feed.await.unwrap().unwrap_or_default();
    response(&output)
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

/// Headers, an empty line, the body.
fn response(output: &Output) -> Response {
    let end = output.stdout.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let (head, body) = output.stdout.split_at(end + 4);
    let mut response = Response::builder();
    for line in std::str::from_utf8(head).unwrap().lines().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        response = if name == "Status" {
            response.status(value.split(' ').next().unwrap().parse::<u16>().unwrap())
        } else {
            response.header(name, value)
        };
    }
    response.body(Body::from(body.to_vec())).unwrap()
}
