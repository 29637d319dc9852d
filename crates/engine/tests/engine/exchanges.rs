//! Short-lived logins under the syncs: exchanged once for all, and anew when they are refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use crate::env::{TestEnv, on_both, registry::Registry};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Cause, CredentialId, Secret,
    credentials::{CreateCredential, Parameters},
    service::Credentials,
};
use egress::{AllowList, Outbound};
use token_exchange::{Endpoints, ExchangeSettings, Exchanges};

on_both!(
    many_repositories_on_one_ecr_credential_make_one_exchange,
    a_token_that_ended_early_is_exchanged_once_more,
    a_dead_key_is_not_tried_for_ever,
);

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// A stub of Amazon ECR's API. That signatures are right is proven against other parts.
#[derive(Clone, Default)]
struct Aws(Arc<Inner>);

#[derive(Default)]
struct Inner {
    asked: AtomicUsize,
    /// `None` refuses the key.
    token: Mutex<Option<String>>,
}

impl Aws {
    /// Starts one, and lets the engine of the env exchange there.
    async fn start(env: &mut TestEnv, token: &str) -> Self {
        let aws = Self::default();
        aws.gives(Some(token));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoints =
            Endpoints::parse(&format!("ecr=http://{}/", listener.local_addr().unwrap()));
        let router = Router::new().fallback(answer).with_state(aws.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
        let settings =
            ExchangeSettings { endpoints: endpoints.unwrap(), ..ExchangeSettings::default() };
        env.engine = env.engine.clone().exchanging_with(Exchanges::with(outbound, settings));
        aws
    }

    fn gives(&self, token: Option<&str>) {
        *self.0.token.lock().unwrap() = token.map(str::to_owned);
    }

    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }
}

async fn answer(State(aws): State<Aws>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    aws.0.asked.fetch_add(1, Ordering::SeqCst);
    let header = |name| headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(
        header("x-amz-target"),
        "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    );
    assert!(header("authorization").starts_with(&format!("AWS4-HMAC-SHA256 Credential={KEY}/")));
    assert!(header("authorization").contains("/eu-west-1/ecr/aws4_request,"));
    assert_eq!(body, "{}");
    match aws.0.token.lock().unwrap().as_ref() {
        Some(token) => {
            let token = STANDARD.encode(format!("robot:{token}"));
            // The year 2100, in seconds.
            let text = format!(
                r#"{{"authorizationData":[{{"authorizationToken":"{token}","expiresAt":4102444800.0}}]}}"#
            );
            (StatusCode::OK, text)
        }
        None => (StatusCode::BAD_REQUEST, r#"{"__type":"UnrecognizedClientException"}"#.to_owned()),
    }
}

async fn ecr(env: &TestEnv) -> CredentialId {
    let form = CreateCredential {
        provider: "amazon_ecr".into(),
        shape: "ecr_access_key".into(),
        name: "ecr".into(),
        username: KEY.into(),
        password: Secret::new("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00".into()),
        parameters: Parameters { region: "eu-west-1".into(), ..Parameters::default() },
        ..CreateCredential::default()
    };
    Credentials::create(&env.engine, &env.principal, form).await.unwrap().id
}

async fn many_repositories_on_one_ecr_credential_make_one_exchange(mut env: TestEnv) {
    let registry = Registry::start(Some("first")).await;
    let aws = Aws::start(&mut env, "first").await;
    let credential = ecr(&env).await;
    let ids = env.linked(&registry, credential, 200).await;
    let workers = env.workers();
    env.synced(&ids).await;
    for id in &ids {
        assert_eq!(env.look(*id).await.summary.cause, None);
    }
    assert_eq!(aws.asked(), 1);
    workers.stop().await;
}

async fn a_token_that_ended_early_is_exchanged_once_more(mut env: TestEnv) {
    let registry = Registry::start(Some("first")).await;
    let aws = Aws::start(&mut env, "first").await;
    let credential = ecr(&env).await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    assert_eq!(env.sync(id).await, None);
    registry.set_password("second");
    aws.gives(Some("second"));
    assert_eq!((env.sync(id).await, aws.asked()), (None, 2));
    assert_eq!((env.sync(id).await, aws.asked()), (None, 2));
    // A token that was made just now and is refused is not made again and again.
    registry.set_password("third");
    let logins = registry.logins();
    assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    assert_eq!((aws.asked(), registry.logins() - logins), (3, 2));
}

async fn a_dead_key_is_not_tried_for_ever(mut env: TestEnv) {
    let registry = Registry::start(Some("first")).await;
    let aws = Aws::start(&mut env, "first").await;
    aws.gives(None);
    let credential = ecr(&env).await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    for _ in 0..3 {
        assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    }
    assert_eq!((env.sync(id).await, aws.asked()), (Some(Cause::CredentialPaused), 3));
    assert_eq!(registry.requests(), 0, "there was never a login to send");
}
