//! Credentials that act as this server: which identity that is, and what a refusal of it means.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::env::{TestEnv, on_both, registry::Registry};
use axum::{Router, extract::Request, http::StatusCode};
use domain::{
    Cause, CredentialId, Field, Role, ServiceError,
    connection_tests::TestConnection,
    credentials::{CreateCredential, Parameters},
    projects::ProjectForm,
    service::{ConnectionTests, Credentials, Projects},
};
use egress::{AllowList, Outbound};
use engine::{Clock, SystemClock};
use token_exchange::{Ambient, Endpoints, ExchangeSettings, Exchanges, GoogleIdentity};

on_both!(the_identity_of_the_chosen_project_is_tested, a_refused_exchange_pauses_nothing);

/// A stub of Google's STS and IAM that refuses every service account; the paths that were asked.
async fn google(env: &mut TestEnv) -> Arc<Mutex<Vec<String>>> {
    let accounts: Arc<Mutex<Vec<String>>> = Arc::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::clone(&accounts);
    let answer = async move |request: Request| {
        let path = request.uri().path().replace("%40", "@");
        if path == "/v1/token" {
            let body = r#"{"access_token":"federated","expires_in":3600}"#;
            return (StatusCode::OK, [("content-type", "application/json")], body);
        }
        asked.lock().unwrap().push(path);
        (StatusCode::FORBIDDEN, [("content-type", "application/json")], "{}")
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let token_file = env.folder().join("token");
    std::fs::write(&token_file, "subject.jwt.token").unwrap();
    let audience = "//iam.googleapis.com/x".into();
    let google = Some(GoogleIdentity::Workload { token_file, audience });
    let settings = ExchangeSettings {
        endpoints: Endpoints::parse(&format!("google_sts={at},google_iam={at}")).unwrap(),
        ambient: Ambient { aws: None, google },
        ..ExchangeSettings::default()
    };
    let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
    env.engine = env.engine.clone().exchanging_with(Exchanges::with(outbound, settings));
    accounts
}

fn workload() -> Parameters {
    Parameters { gcp_project: "acme-prod".into(), ..Parameters::default() }
}

async fn the_identity_of_the_chosen_project_is_tested(mut env: TestEnv) {
    let accounts = google(&mut env).await;
    let registry = Registry::start(Some("one")).await;
    let form = ProjectForm { name: "Web Shop".into(), ..ProjectForm::default() };
    let shop = Projects::save(&env.engine, &env.principal, form).await.unwrap().to_string();
    let form = |project: &str| TestConnection {
        url: registry.url("a").into(),
        provider: "google_artifact_registry".into(),
        shape: "google_workload".into(),
        parameters: workload(),
        project: project.into(),
        ..TestConnection::default()
    };
    for (project, name) in
        [("", "-default@"), (shop.as_str(), "-web-shop@"), ("shared", "-shared@")]
    {
        let told =
            ConnectionTests::test_form(&env.engine, &env.principal, form(project)).await.unwrap();
        assert_eq!(told.cause(), Some(Cause::ExchangeRefused), "{told:?}");
        let account = accounts.lock().unwrap().pop().unwrap();
        assert!(account.contains(name), "{account}");
    }
    let unknown = CredentialId::new().to_string();
    let refused =
        ConnectionTests::test_form(&env.engine, &env.principal, form(&unknown)).await.unwrap_err();
    assert!(refused.problem_of(Field::Project).is_some(), "{refused:?}");
    // Only an owner makes a shared credential, so only an owner acts as one.
    let admin = env.member("Ada", Role::Admin).await;
    let refused = ConnectionTests::test_form(&env.engine, &admin, form("shared")).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    assert!(ConnectionTests::test_form(&env.engine, &admin, form(&shop)).await.is_ok());
}

async fn a_refused_exchange_pauses_nothing(mut env: TestEnv) {
    let accounts = google(&mut env).await;
    let registry = Registry::start(Some("one")).await;
    let form = CreateCredential {
        provider: "google_artifact_registry".into(),
        shape: "google_workload".into(),
        name: "workload".into(),
        parameters: workload(),
        ..CreateCredential::default()
    };
    let credential = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
    let id = env.repository(&registry, "a", Some(credential)).await;
    for _ in 0..5 {
        assert_eq!(env.sync(id).await, Some(Cause::ExchangeRefused));
        let told = ConnectionTests::test_repository(&env.engine, &env.principal, id).await.unwrap();
        assert_eq!(told.cause(), Some(Cause::ExchangeRefused));
    }
    assert!(accounts.lock().unwrap().len() >= 10);
    let paused = storage::circuit_breaker::paused(&env.db, env.scope(), credential).await.unwrap();
    assert_eq!(paused.len(), 0);
    let next = env.look(id).await.next_sync_at.unwrap();
    let wait = next.since(SystemClock.now());
    assert!(wait > Duration::from_mins(4), "it is tried again only by interval: {wait:?}");
}
