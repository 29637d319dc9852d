//! A real Git server: `git http-backend` behind a bridge from HTTP to CGI, with Basic logins and
//! bare repositories in a temporary folder.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody as _, to_bytes},
    extract::Request,
    http::{HeaderMap, header::AUTHORIZATION},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Field, Secret, Timestamp,
    gitops::{Branch, GitUrl},
};
use egress::{AllowList, Login, Outbound};
use git_http::{Author, Change, Git, Limits, NewCommit};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::git_backend;

/// The password of every test; it must be found nowhere.
pub const CANARY: &str = "canary-git-Zq7";

/// What the bridge does to an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bridge {
    /// It passes it on.
    #[default]
    Honest,
    /// It runs a push to its end and drops the connection instead of answering.
    CutsPushes,
    /// It refuses pushes with 403 and these words.
    Forbids(&'static str),
    /// It pushes a commit of its own between the list of references and a push.
    Races,
    /// It refuses to send anything but commits with their trees, as servers do that filter and know
    /// only the ids of commits.
    KnowsCommitsOnly,
    /// It leads from a repository's address without `.git` to the one with it, as GitLab does.
    LeadsToDotGit,
}

/// A running server; it ends with the test.
#[derive(Clone)]
pub struct GitServer {
    pub authority: String,
    root: Arc<TempDir>,
    bridge: Arc<Mutex<Bridge>>,
    seen: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicUsize>,
}

impl GitServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            authority: listener.local_addr().unwrap().to_string(),
            root: Arc::new(tempfile::tempdir().unwrap()),
            bridge: Arc::default(),
            seen: Arc::default(),
            sent: Arc::default(),
        };
        let own = server.clone();
        let router = Router::new().fallback(move |request: Request| {
            let own = own.clone();
            async move { own.answer(request).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    /// A server with one repository that has a commit on `main`.
    pub async fn with_repository() -> Self {
        let server = Self::start().await;
        server.create("acme/gitops");
        server.commit(
            "acme/gitops",
            "main",
            &[("README.md", "hello\n"), ("apps/a.yaml", "a: 1\n")],
        );
        server
    }

    /// Makes an empty bare repository, set up as GitHub, GitLab, Gitea and Bitbucket have theirs.
    pub fn create(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        git(
            self.root.path(),
            &["init", "--quiet", "--bare", "--initial-branch=main", path.to_str().unwrap()],
        );
        for setting in
            ["http.receivepack", "uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"]
        {
            git(&path, &["config", setting, "true"]);
        }
        path
    }

    /// From now on a repository leaves no file out of a commit, as that of an older server.
    pub fn leaves_nothing_out(&self, name: &str) {
        self.git(name, &["config", "uploadpack.allowFilter", "false"]);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(format!("{name}.git"))
    }

    /// Commits files on a branch with the real `git`, as somebody else would.
    pub fn commit<T>(&self, name: &str, branch: &str, files: &[(&str, T)]) -> String
    where
        T: AsRef<[u8]>,
    {
        let work = tempfile::tempdir().unwrap();
        let (work, bare) = (work.path(), self.path(name));
        git(work, &["init", "--quiet", &format!("--initial-branch={branch}")]);
        git(work, &["remote", "add", "origin", bare.to_str().unwrap()]);
        if !self.git(name, &["branch", "--list", branch]).is_empty() {
            git(work, &["pull", "--quiet", "origin", branch]);
        }
        for (path, content) in files {
            let path = work.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        git(work, &["add", "--all"]);
        git(work, &["commit", "--quiet", "--allow-empty", "--message", "by somebody else"]);
        git(work, &["push", "--quiet", "origin", branch]);
        self.head(name, branch)
    }

    /// Runs `git` in a bare repository and answers with what it prints.
    pub fn git(&self, name: &str, arguments: &[&str]) -> String {
        git(&self.path(name), arguments)
    }

    pub fn head(&self, name: &str, branch: &str) -> String {
        self.git(name, &["rev-parse", &format!("refs/heads/{branch}")])
    }

    /// Checks every object and that the branch can be read from its root.
    pub fn assert_sound(&self, name: &str) {
        self.git(name, &["fsck", "--full", "--strict", "--no-dangling"]);
    }

    /// Installs a hook.
    pub fn hook(&self, name: &str, hook: &str, script: &str) {
        let path = self.path(name).join("hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn bridge(&self, bridge: Bridge) {
        *self.bridge.lock().unwrap() = bridge;
    }

    /// Paths of all requests with their method.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How many bytes the answers of all requests had.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    pub fn url(&self, name: &str) -> GitUrl {
        GitUrl::parse(&format!("http://{}/{name}.git", self.authority)).unwrap()
    }

    /// A client that may reach this server.
    pub fn client(&self) -> Git {
        client(&self.authority)
    }

    async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        self.seen.lock().unwrap().push(format!("{} {}", parts.method, parts.uri));
        if !is_ann(&parts.headers) {
            let challenge =
                Response::builder().status(401).header("www-authenticate", "Basic realm=\"x\"");
            return challenge.body(Body::from("Unauthorized")).unwrap();
        }
        let is_push = path.ends_with("/git-receive-pack");
        let bridge = *self.bridge.lock().unwrap();
        if let Bridge::Forbids(words) = bridge
            && parts.uri.to_string().contains("git-receive-pack")
        {
            return Response::builder().status(403).body(Body::from(words)).unwrap();
        }
        if bridge == Bridge::Races && is_push {
            self.bridge(Bridge::Honest);
            self.commit("acme/gitops", "main", &[("race.txt", "first\n")]);
        }
        if bridge == Bridge::LeadsToDotGit && !path.contains(".git/") {
            let to = parts.uri.to_string().replacen("/info/", ".git/info/", 1);
            let answer = Response::builder().status(301).header("location", to);
            return answer.body(Body::empty()).unwrap();
        }
        let body = to_bytes(body, 64 << 20).await.unwrap();
        if bridge == Bridge::KnowsCommitsOnly && asks_for_files(&path, &body) {
            return refusal();
        }
        let response = git_backend::serve(self.root.path(), &parts, body).await;
        let sent = response.body().size_hint().exact().unwrap();
        self.sent.fetch_add(usize::try_from(sent).unwrap(), Ordering::Relaxed);
        if bridge == Bridge::CutsPushes && is_push {
            return cut();
        }
        response
    }
}

fn is_ann(headers: &HeaderMap) -> bool {
    let expected = format!("Basic {}", STANDARD.encode(format!("ann:{CANARY}")));
    headers.get(AUTHORIZATION).is_some_and(|value| value == expected.as_str())
}

/// Only a commit is asked for without its history.
fn asks_for_files(path: &str, body: &Bytes) -> bool {
    path.ends_with("/git-upload-pack") && !body.windows(7).any(|seven| seven == b"deepen ")
}

/// The words of `git upload-pack` for an id that it does not know.
fn refusal() -> Response {
    Response::builder()
        .header("content-type", "application/x-git-upload-pack-result")
        .body(Body::from("0025ERR upload-pack: not our ref 1111"))
        .unwrap()
}

/// An answer whose connection breaks in its first bytes.
fn cut() -> Response {
    let broken = futures::stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("cut")) });
    Response::builder()
        .header("content-type", "application/x-git-receive-pack-result")
        .body(Body::from_stream(broken))
        .unwrap()
}

/// Runs the real `git` without any configuration of this machine.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .current_dir(folder)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "Bob"), ("GIT_AUTHOR_EMAIL", "bob@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Bob"), ("GIT_COMMITTER_EMAIL", "bob@example.com")])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// A client that may reach these hosts.
pub fn client(allow: &str) -> Git {
    Git::new(Outbound::new(AllowList::parse(allow).unwrap()).unwrap())
}

/// The same with other limits.
pub fn limited(allow: &str, limits: Limits) -> Git {
    Git::with(Outbound::new(AllowList::parse(allow).unwrap()).unwrap(), limits)
}

pub fn login() -> Login {
    Login::stored("ann".into(), Secret::new(CANARY.into()))
}

pub fn branch(name: &str) -> Branch {
    Branch::parse(Field::Branch, name).unwrap()
}

pub fn write(path: &str, text: &str) -> Change {
    Change::Write { path: path.into(), bytes: text.into() }
}

pub fn delete(path: &str) -> Change {
    Change::Delete { path: path.into() }
}

/// A commit of Hawser.
pub fn commit(changes: Vec<Change>) -> NewCommit {
    NewCommit {
        changes,
        message: "Update registry credentials\n\nVersion 2 of team-token\n".into(),
        author: Author { name: "Hawser".into(), email: "hawser@example.com".into() },
        at: Timestamp::from_millis(1_790_000_000_000),
    }
}
