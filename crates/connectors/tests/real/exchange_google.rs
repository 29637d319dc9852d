//! Google: a stub of the token endpoint that checks the JWT with the public key, and stubs of STS
//! and IAM credentials.

use std::time::Duration;

use domain::{
    AuthMethod, Cause,
    credentials::{Parameters, SecretMaterial},
};
use egress::{EgressProfile, Freshness};
use serde_json::json;
use token_exchange::{Ambient, Endpoints, ExchangeSettings, GoogleIdentity};

use crate::{
    exchange_keys::{Key, Public},
    exchange_stub::{
        Asked, NOW, Stub, assert_tells_nothing, configured, exchanges, material, owner, pair, url,
    },
    host::answer,
};

const EMAIL: &str = "hawser@acme.iam.gserviceaccount.com";
const HOST: &str = "oci://europe-west1-docker.pkg.dev/acme/charts";

/// A key file that names a hostile token endpoint.
fn key_file(pem: &str, token_uri: &str) -> String {
    json!({
        "type": "service_account", "project_id": "acme", "private_key_id": "k1",
        "private_key": pem, "client_email": EMAIL, "token_uri": token_uri,
    })
    .to_string()
}

fn key(file: &str) -> SecretMaterial {
    material(AuthMethod::GoogleKeyExchange, "", file, &Parameters::default())
}

/// Google's token endpoint as it checks assertions.
async fn token_endpoint(public: Public) -> Stub {
    Stub::start(move |asked| {
        let refused = |what: &str| {
            let body =
                json!({"error": "invalid_grant", "error_description": what, "echo": "canary"});
            answer(400, &[], body.to_string())
        };
        let form = asked.form();
        if asked.path != "/token"
            || asked.header("content-type") != "application/x-www-form-urlencoded"
            || form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer"
        {
            return refused("bad request");
        }
        let Some((header, claims)) = public.verified(&form["assertion"]) else {
            return refused("Invalid JWT Signature.");
        };
        let now = NOW.millis() / 1_000;
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        if (iat - now).abs() > 3_600 || exp > iat + 3_600 || exp <= iat {
            return refused("Invalid JWT: Token must be a short-lived token (60 minutes)");
        }
        let scopes = claims["scope"].as_str().unwrap();
        if header["kid"] != "k1"
            || claims["iss"] != EMAIL
            || claims["aud"] != "https://oauth2.googleapis.com/token"
            || !scopes
                .split(' ')
                .all(|scope| scope.ends_with("read_only") || scope.ends_with("read-only"))
        {
            return refused("bad claims");
        }
        let token =
            json!({"access_token": "ya29.token", "expires_in": 3599, "token_type": "Bearer"});
        answer(200, &[], token.to_string())
    })
    .await
}

#[tokio::test]
async fn f33_a_key_is_exchanged_and_the_token_kept_for_forty_minutes() {
    let rsa = Key::new();
    let google = token_endpoint(rsa.public()).await;
    let exchanges = exchanges(&google.authority, &format!("google_token={}", google.url("")));
    let (owner, key) = (owner(), key(&key_file(&rsa.pem(), "https://oauth2.googleapis.com/token")));
    let ask = async |minutes| {
        let now = NOW.plus(Duration::from_mins(minutes));
        exchanges.login(&key, &owner, &url(HOST), &EgressProfile::default(), now).await.unwrap()
    };
    assert_eq!(pair(&ask(0).await), ("oauth2accesstoken", "ya29.token"));
    assert_eq!(ask(39).await.freshness, Freshness::Cached);
    assert_eq!(ask(40).await.freshness, Freshness::Exchanged);
    assert_eq!(google.asked().len(), 2);
}

#[tokio::test]
async fn trap_4_the_token_uri_of_a_key_file_is_never_asked() {
    let rsa = Key::new();
    let google = token_endpoint(rsa.public()).await;
    let thief = Stub::start(|_| answer(200, &[], "{\"access_token\":\"x\"}")).await;
    let allow = format!("{} {}", google.authority, thief.authority);
    let exchanges = exchanges(&allow, &format!("google_token={}", google.url("")));
    let key = key(&key_file(&rsa.pem(), &thief.url("/token")));
    let login =
        exchanges.login(&key, &owner(), &url(HOST), &EgressProfile::default(), NOW).await.unwrap();
    assert_eq!(login.password.expose(), "ya29.token");
    assert!(thief.asked().is_empty());
}

#[tokio::test]
async fn keys_that_are_wrong_or_no_keys_are_told() {
    let rsa = Key::new();
    let google = token_endpoint(Key::new().public()).await;
    let exchanges = exchanges(&google.authority, &format!("google_token={}", google.url("")));
    let file = key_file(&rsa.pem(), "");
    let failure = exchanges
        .login(&key(&file), &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!((failure.cause, failure.status), (Cause::InvalidCredentials, Some(400)));
    assert_tells_nothing(&failure, &["canary", "eyJ", EMAIL]);
    let file = key_file("-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n", "");
    let failure = exchanges
        .login(&key(&file), &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::UnsupportedTokenKind);
    assert_tells_nothing(&failure, &["Y2FuYXJ5"]);
    assert_eq!(google.asked().len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_not_a_wrong_key() {
    let rsa = Key::new();
    let google = token_endpoint(rsa.public()).await;
    let exchanges = exchanges(&google.authority, &format!("google_token={}", google.url("")));
    let key = key(&key_file(&rsa.pem(), ""));
    let late = NOW.plus(Duration::from_hours(5));
    let failure = exchanges
        .login(&key, &owner(), &url(HOST), &EgressProfile::default(), late)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::ExchangeRefused);
}

const AUDIENCE: &str =
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x";

fn cloud(asked: &Asked) -> axum::response::Response {
    let account = "hawser-456789ab-web-shop@acme-prod.iam.gserviceaccount.com";
    if asked.path == "/v1/token" {
        let form = asked.form();
        let fine = form["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange"
            && form["audience"] == AUDIENCE
            && form["subject_token"] == "subject.jwt.token"
            && form["subject_token_type"] == "urn:ietf:params:oauth:token-type:jwt"
            && form["requested_token_type"] == "urn:ietf:params:oauth:token-type:access_token";
        let body = json!({"access_token": "federated", "expires_in": 3600});
        return if fine { answer(200, &[], body.to_string()) } else { answer(400, &[], "{}") };
    }
    let decoded = asked.path.replace("%40", "@").replace("%3A", ":");
    let wish: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    let fine = decoded == format!("/v1/projects/-/serviceAccounts/{account}:generateAccessToken")
        && asked.header("authorization") == "Bearer federated"
        && wish["lifetime"] == "3600s"
        && wish["scope"].as_array().is_some_and(|scopes| scopes.len() == 2);
    let ends = NOW.plus(Duration::from_hours(1)).rfc3339();
    let body = json!({"accessToken": "ya29.workload", "expireTime": ends});
    if fine { answer(200, &[], body.to_string()) } else { answer(403, &[], "{\"canary\":1}") }
}

#[tokio::test]
async fn f34_this_servers_identity_acts_as_the_service_account_of_the_rule() {
    let google = Stub::start(cloud).await;
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "subject.jwt.token\n").unwrap();
    let at = google.url("");
    let endpoints = Endpoints::parse(&format!("google_sts={at},google_iam={at}")).unwrap();
    let identity = GoogleIdentity::Workload { token_file, audience: AUDIENCE.into() };
    let ambient = Ambient { aws: None, google: Some(identity) };
    let exchanges = configured(
        &google.authority,
        ExchangeSettings { endpoints, ambient, ..ExchangeSettings::default() },
    );
    let parameters = Parameters { gcp_project: "acme-prod".into(), ..Parameters::default() };
    let workload = material(AuthMethod::GoogleWorkload, "", "", &parameters);
    let login = exchanges
        .login(&workload, &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap();
    assert_eq!(pair(&login), ("oauth2accesstoken", "ya29.workload"));
    let mut stranger = owner();
    stranger.organization = domain::OrganizationId::new();
    let failure = exchanges
        .login(&workload, &stranger, &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!((failure.cause, failure.status), (Cause::ExchangeRefused, Some(403)));
    assert_tells_nothing(&failure, &["canary", "federated", "subject.jwt", "acme-prod"]);
    let off = crate::exchange_stub::exchanges(&google.authority, "");
    let failure = off
        .login(&workload, &owner(), &url(HOST), &EgressProfile::default(), NOW)
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::AmbientDisabled);
}
