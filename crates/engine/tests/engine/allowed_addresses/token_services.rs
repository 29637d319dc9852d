//! A registry whose tokens come from another host, as at a self-managed GitLab (X6): nothing is sent
//! there before somebody with the right allowed it for this registry.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Cause, Principal, Role, ServiceError,
    repositories::AddRepository,
    service::{Credentials, Repositories},
};
use tokio::net::TcpListener;

use crate::env::{
    TestEnv, on_both,
    tested::{form, test},
};

on_both!(
    r_cred_02_a_token_service_at_another_host_is_allowed_first,
    r_cred_02_a_token_service_is_allowed_for_one_registry,
    r_cred_02_a_test_names_registry_and_token_service_and_sends_nothing,
);

/// A token service that counts the logins it is sent; answers its address.
async fn service(logins: &Arc<AtomicU32>) -> String {
    let logins = Arc::clone(logins);
    let answer = move |request: Request| {
        if request.headers().contains_key(header::AUTHORIZATION) {
            logins.fetch_add(1, Ordering::SeqCst);
        }
        async { ([(header::CONTENT_TYPE, "application/json")], r#"{"token":"granted"}"#) }
    };
    listen(Router::new().fallback(answer)).await
}

/// A registry without charts that takes the tokens of `service`; answers its address.
async fn registry(service: &str) -> String {
    let challenge = format!(r#"Bearer realm="http://{service}/jwt/auth",service="registry""#);
    let answer = move |request: Request| {
        let told = request.headers().get(header::AUTHORIZATION).cloned();
        let challenge = challenge.clone();
        async move {
            if told.is_some_and(|told| told == "Bearer granted") {
                return catalog(request.uri().path());
            }
            let refused = [(header::WWW_AUTHENTICATE, challenge)];
            (StatusCode::UNAUTHORIZED, refused).into_response()
        }
    };
    listen(Router::new().fallback(answer)).await
}

fn catalog(path: &str) -> Response {
    let body = if path.ends_with("/tags/list") {
        r#"{"name":"team/app","tags":[]}"#
    } else {
        r#"{"repositories":[]}"#
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn listen(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn at(authority: &str, credential: domain::CredentialId) -> AddRepository {
    AddRepository {
        url: format!("oci://{authority}/team").into(),
        charts: "app".into(),
        credential: credential.to_string(),
        allow: authority.into(),
        ..AddRepository::default()
    }
}

async fn r_cred_02_a_token_service_at_another_host_is_allowed_first(env: TestEnv) {
    let logins = Arc::new(AtomicU32::new(0));
    let service = service(&logins).await;
    let authority = registry(&service).await;
    let (origin, id) = (format!("http://{service}"), env.credential("robot", "one").await);
    let form = at(&authority, id);
    let repository = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(env.sync(repository).await, Some(Cause::ForeignRealm));
    assert_eq!(env.look(repository).await.refused_service, origin);
    assert_eq!(logins.load(Ordering::SeqCst), 0, "nothing is sent before");

    let allow = async |principal: &Principal, service: &str| {
        Repositories::allow_token_service(&env.engine, principal, repository, service).await
    };
    let editor = env.member("Ada", Role::Editor).await;
    assert_eq!(allow(&editor, &origin).await, Err(ServiceError::NotAllowed));
    for other in ["", "http://127.0.0.1:1", "http://evil.example:80"] {
        assert_eq!(allow(&env.principal, other).await, Err(ServiceError::NotFound), "{other}");
    }
    assert_eq!(allow(&env.principal, &origin).await, Ok(()));
    assert_eq!(env.sync(repository).await, None);
    assert_eq!(env.look(repository).await.refused_service, "");
    let sent = logins.load(Ordering::SeqCst);
    assert!(sent > 0);

    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let (one, by) = (&detail.token_services[0], detail.token_services[0].by.as_str());
    assert_eq!(
        (detail.token_services.len(), one.service.as_str(), by),
        (1, origin.as_str(), "Ada")
    );
    let withdraw = async |principal: &Principal| {
        let (registry, service) = (&one.registry, &one.service);
        Credentials::withdraw_token_service(&env.engine, principal, id, registry, service).await
    };
    assert_eq!(withdraw(&editor).await, Err(ServiceError::NotAllowed));
    assert_eq!(withdraw(&env.principal).await, Ok(()));
    assert_eq!(env.sync(repository).await, Some(Cause::ForeignRealm));
    assert_eq!(logins.load(Ordering::SeqCst), sent);
}

async fn r_cred_02_a_token_service_is_allowed_for_one_registry(env: TestEnv) {
    let logins = Arc::new(AtomicU32::new(0));
    let service = service(&logins).await;
    let (here, there) = (registry(&service).await, registry(&service).await);
    let id = env.credential("robot", "one").await;
    let add = async |authority: &str| {
        let form = at(authority, id);
        Repositories::add(&env.engine, &env.principal, form).await.unwrap()
    };
    let (first, second) = (add(&here).await, add(&there).await);
    env.sync(first).await;
    let origin = format!("http://{service}");
    Repositories::allow_token_service(&env.engine, &env.principal, first, &origin).await.unwrap();
    assert_eq!(env.sync(first).await, None);
    let sent = logins.load(Ordering::SeqCst);
    assert_eq!(env.sync(second).await, Some(Cause::ForeignRealm));
    assert_eq!(logins.load(Ordering::SeqCst), sent);
}

async fn r_cred_02_a_test_names_registry_and_token_service_and_sends_nothing(env: TestEnv) {
    let logins = Arc::new(AtomicU32::new(0));
    let service = service(&logins).await;
    let authority = registry(&service).await;
    let form = form(&format!("oci://{authority}/team"), "typed secret");
    let ended = test(&env, form).await.unwrap();
    assert_eq!(ended.cause(), Some(Cause::ForeignRealm), "{ended:?}");
    let mut stages = ended.stages.iter();
    let failed = stages.find(|stage| stage.cause == Some(Cause::ForeignRealm)).unwrap();
    assert!(failed.detail.contains(&authority) && failed.detail.contains(&service), "{failed:?}");
    assert_eq!(logins.load(Ordering::SeqCst), 0);
}
