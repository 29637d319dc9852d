//! Tokens for Git, which are linked to no repository: their maker is asked about them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use crate::env::{TestEnv, forms::new, on_both};
use axum::{Router, extract::Request, http::StatusCode, response::IntoResponse, routing::get};
use domain::{
    Cause, Role, ServiceError,
    credentials::{CreateCredential, ExpirySource},
    service::{ConnectionTests, Credentials},
};
use engine::{Engine, SystemClock};
use vault::Vault;

on_both!(github_tells_about_a_token_for_git, a_wrong_token_is_paused_at_its_maker);

/// GitHub's API is a stub that takes one token, and says what GitHub says by its headers.
struct GitHub {
    root: String,
    asked: Arc<AtomicU32>,
}

impl GitHub {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}/", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&asked);
        let answer = move |request: Request| async move {
            counter.fetch_add(1, SeqCst);
            let login = request.headers().get("authorization");
            if login.is_none_or(|login| login != "Bearer ghp_canary") {
                return StatusCode::UNAUTHORIZED.into_response();
            }
            let headers = [
                ("x-oauth-scopes", "repo"),
                ("github-authentication-token-expiration", "2199-10-01 12:00:00 UTC"),
            ];
            (headers, "{}").into_response()
        };
        let router = Router::new().route("/", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { root, asked }
    }

    async fn engine(&self, env: &TestEnv) -> Engine {
        let vault = Vault::connect(env.vault_config()).await.unwrap();
        let registries = env.registries().with_github("ghcr.test", self.root.parse().unwrap());
        Engine::new(env.db.clone(), vault, registries, Arc::new(SystemClock)).await.unwrap()
    }
}

fn token(password: &str) -> CreateCredential {
    CreateCredential { provider: "github".into(), shape: "password".into(), ..new("git", password) }
}

async fn github_tells_about_a_token_for_git(env: TestEnv) {
    let github = GitHub::start().await;
    let engine = github.engine(&env).await;
    let id = Credentials::create(&engine, &env.principal, token("ghp_canary")).await.unwrap().id;
    let tests = ConnectionTests::test_credential(&engine, &env.principal, id).await.unwrap();
    assert_eq!(tests.len(), 1);
    assert!(tests[0].has_passed(), "{tests:?}");
    assert_eq!((tests[0].repository, tests[0].excess.as_slice()), (None, &["repo".to_owned()][..]));
    assert!(!format!("{tests:?}").contains("canary"));
    let expiry = Credentials::get(&engine, &env.principal, id).await.unwrap().expiry.unwrap();
    assert_eq!(expiry.at.rfc3339(), "2199-10-01T12:00:00Z");
    assert_eq!(expiry.source, ExpirySource::Provider);

    let editor = env.member("Ada", Role::Editor).await;
    let refused = ConnectionTests::test_credential(&engine, &editor, id).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    let outsider = TestEnv::organization(&env.db, "Two").await;
    let foreign = ConnectionTests::test_credential(&engine, &outsider, id).await;
    assert_eq!(foreign, Err(ServiceError::NotFound));
    assert_eq!(github.asked.load(SeqCst), 1);
}

async fn a_wrong_token_is_paused_at_its_maker(env: TestEnv) {
    let github = GitHub::start().await;
    let engine = github.engine(&env).await;
    let id = Credentials::create(&engine, &env.principal, token("ghp_wrong")).await.unwrap().id;
    for _ in 0..3 {
        let tests = ConnectionTests::test_credential(&engine, &env.principal, id).await.unwrap();
        assert_eq!(tests[0].cause(), Some(Cause::InvalidCredentials));
    }
    let detail = Credentials::get(&engine, &env.principal, id).await.unwrap();
    assert_eq!(detail.paused.len(), 1);
    let tests = ConnectionTests::test_credential(&engine, &env.principal, id).await.unwrap();
    assert_eq!(tests[0].cause(), Some(Cause::CredentialPaused));
    assert_eq!(github.asked.load(SeqCst), 3, "it was not sent again");
}
