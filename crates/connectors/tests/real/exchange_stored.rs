//! Shapes that are sent as they are, and what goes wrong on the way to a provider.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{AuthMethod, Cause, credentials::Parameters};
use egress::{EgressProfile, Freshness};

use crate::{
    exchange_stub::{NOW, Stub, exchanges, material, owner, pair, url},
    host::answer,
};

const FILE: &str = r#"{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----","client_email":"a@b"}"#;
const PEM: &str = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----";

#[tokio::test]
async fn stored_shapes_are_logins_at_once() {
    let exchanges = exchanges("", "");
    let registry = url("oci://registry.example/charts");
    let packed = STANDARD.encode(FILE);
    for (shape, username, secret, login) in [
        (AuthMethod::Password, "ann", "right", ("ann", "right")),
        (AuthMethod::GoogleKey, "", FILE, ("_json_key", FILE)),
        (AuthMethod::GoogleKeyBase64, "", FILE, ("_json_key_base64", packed.as_str())),
        (AuthMethod::AcrServicePrincipal, "app-1", "right", ("app-1", "right")),
        (AuthMethod::AcrToken, "token-1", "right", ("token-1", "right")),
        (AuthMethod::PullToken, "id/1", "right", ("id/1", "right")),
    ] {
        let material = material(shape, username, secret, &Parameters::default());
        let made = exchanges
            .login(&material, &owner(), &registry, &EgressProfile::default(), NOW)
            .await
            .unwrap();
        assert_eq!((pair(&made), made.freshness), (login, Freshness::Stored));
    }
    let certificate = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
    let parameters = Parameters { certificate: certificate.into(), ..Parameters::default() };
    let material = material(AuthMethod::ClientCertificate, "", PEM, &parameters);
    let made = exchanges
        .login(&material, &owner(), &registry, &EgressProfile::default(), NOW)
        .await
        .unwrap();
    assert_eq!(pair(&made), ("", ""));
    let shown = made.certificate.as_deref().unwrap();
    assert_eq!((shown.certificate.as_str(), shown.key.expose()), (certificate, PEM));
    assert!(!format!("{made:?}").contains("PRIVATE"));
    assert_eq!(exchanges.exchanged(), 0);
}

fn key() -> domain::credentials::SecretMaterial {
    let parameters = Parameters { region: "eu-west-1".into(), ..Parameters::default() };
    material(AuthMethod::EcrAccessKey, "AKIAVERIFIERPERSON01", "canary", &parameters)
}

#[tokio::test]
async fn what_a_broken_provider_says_is_no_login() {
    let registry = url("oci://registry.example/charts");
    for (status, headers, body, cause) in [
        (500, vec![], String::new(), Cause::ServerError),
        (429, vec![("retry-after", "7")], String::new(), Cause::RateLimited),
        (400, vec![], "{\"__type\":\"ThrottlingException\"}".into(), Cause::RateLimited),
        (403, vec![], "{\"__type\":\"AccessDeniedException\"}".into(), Cause::ExchangeRefused),
        (200, vec![], "<html>".into(), Cause::ServerError),
        (200, vec![], "{\"authorizationData\":[]}".into(), Cause::ServerError),
        (200, vec![], data("bm8gY29sb24="), Cause::ServerError),
        (200, vec![], data("!"), Cause::ServerError),
        (200, vec![], "x".repeat(65 * 1024), Cause::ServerError),
        (307, vec![("location", "/elsewhere")], String::new(), Cause::RedirectRefused),
    ] {
        let stub = Stub::start(move |_| answer(status, &headers, body.clone())).await;
        let exchanges = exchanges(&stub.authority, &format!("ecr={}", stub.url("")));
        let failure = exchanges
            .login(&key(), &owner(), &registry, &EgressProfile::default(), NOW)
            .await
            .unwrap_err();
        assert_eq!(failure.cause, cause, "{status}");
        assert_eq!(stub.asked().len(), 1);
        crate::exchange_stub::assert_tells_nothing(&failure, &["canary", "html", "Exception"]);
    }
}

fn data(token: &str) -> String {
    format!(
        "{{\"authorizationData\":[{{\"authorizationToken\":\"{token}\",\"expiresAt\":1.79E9}}]}}"
    )
}

#[tokio::test]
async fn f19_a_failure_is_not_kept() {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    let registry = url("oci://registry.example/charts");
    let asked = AtomicU32::new(0);
    let token = data(&STANDARD.encode("AWS:a:b"));
    let stub = Stub::start(move |_| match asked.fetch_add(1, SeqCst) {
        0 => answer(503, &[("retry-after", "3")], ""),
        _ => answer(200, &[], token.clone()),
    })
    .await;
    let exchanges = exchanges(&stub.authority, &format!("ecr={}", stub.url("")));
    let owner = owner();
    let failure = exchanges
        .login(&key(), &owner, &registry, &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.retry_after.unwrap().as_secs(), 3);
    let login =
        exchanges.login(&key(), &owner, &registry, &EgressProfile::default(), NOW).await.unwrap();
    assert_eq!(pair(&login), ("AWS", "a:b"), "split at the first colon");
}

#[tokio::test]
async fn a_private_endpoint_has_to_be_allowed() {
    let stub = Stub::start(|_| answer(200, &[], "{}")).await;
    let exchanges = exchanges("", &format!("ecr={}", stub.url("")));
    let registry = url("oci://registry.example/charts");
    let failure = exchanges
        .login(&key(), &owner(), &registry, &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::BlockedAddress);
    assert!(stub.asked().is_empty());
}
