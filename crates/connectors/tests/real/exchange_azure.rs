//! Azure: Entra ID and the registry's own exchange, as stubs of the recorded shapes.

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    AuthMethod, Cause,
    credentials::{Parameters, SecretMaterial},
};
use egress::{AllowList, EgressProfile, Freshness, Outbound, OutboundSettings};
use serde_json::json;
use token_exchange::{Endpoints, ExchangeSettings, Exchanges};

use crate::{
    authority::Authority,
    exchange_stub::{
        Asked, NOW, Stub, assert_tells_nothing, exchanges, hours, material, owner, pair, url,
    },
    host::answer,
    proxy::Proxy,
};

const TENANT: &str = "72f988bf-0000-0000-0000-000000000001";

/// A refresh token as registries give it: a JWT that ends three hours after NOW.
fn refresh_token() -> String {
    let claims =
        json!({"jti": "x", "exp": hours(3).millis() / 1_000, "grant_type": "refresh_token"});
    format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn azure(asked: &Asked) -> Response {
    let form = asked.form();
    let fine = asked.header("content-type") == "application/x-www-form-urlencoded";
    match asked.path.as_str() {
        path if fine && path == format!("/{TENANT}/oauth2/v2.0/token") => {
            let right = form["grant_type"] == "client_credentials"
                && form["scope"] == "https://containerregistry.azure.net/.default"
                && form["client_id"] == "11111111-aaaa";
            match form["client_secret"].as_str() {
                "client~secret" if right => {
                    let body = json!({"token_type": "Bearer", "expires_in": 3599, "access_token": "aad.access.token"});
                    answer(200, &[], body.to_string())
                }
                "expired~secret" => entra_error("invalid_client", "AADSTS7000222: canary"),
                _ => entra_error("invalid_client", "AADSTS7000215: canary"),
            }
        }
        "/oauth2/exchange" if fine => {
            let right = form["grant_type"] == "access_token"
                && form["tenant"] == TENANT
                && form["service"] == asked.header("host")
                && form["access_token"] == "aad.access.token";
            let body = json!({"refresh_token": refresh_token()});
            if right { answer(200, &[], body.to_string()) } else { answer(401, &[], "{}") }
        }
        _ => answer(404, &[], "canary"),
    }
}

fn entra_error(error: &str, description: &str) -> Response {
    answer(401, &[], json!({"error": error, "error_description": description}).to_string())
}

fn principal(secret: &str) -> SecretMaterial {
    let parameters = Parameters { tenant: TENANT.into(), ..Parameters::default() };
    material(AuthMethod::AcrEntra, "11111111-aaaa", secret, &parameters)
}

#[tokio::test]
async fn a_service_principal_is_exchanged_in_two_steps_and_kept_until_its_token_ends() {
    let azure = Stub::start(azure).await;
    let exchanges = exchanges(&azure.authority, &format!("entra={}", azure.url("/")));
    let (owner, registry) = (owner(), url(&azure.url("/charts")));
    let secret = principal("client~secret");
    let login =
        exchanges.login(&secret, &owner, &registry, &EgressProfile::default(), NOW).await.unwrap();
    assert_eq!(pair(&login), ("00000000-0000-0000-0000-000000000000", refresh_token().as_str()));
    let minutes = |minutes| hours(3).minus(std::time::Duration::from_mins(minutes));
    let login = exchanges
        .login(&secret, &owner, &registry, &EgressProfile::default(), minutes(6))
        .await
        .unwrap();
    assert_eq!(login.freshness, Freshness::Cached);
    for _ in 0..2 {
        let login = exchanges
            .login(&secret, &owner, &registry, &EgressProfile::default(), minutes(5))
            .await
            .unwrap();
        assert_eq!(login.freshness, Freshness::Exchanged);
    }
    assert_eq!(azure.asked().len(), 6);
}

#[tokio::test]
async fn secrets_that_are_wrong_or_expired_are_told_apart() {
    let azure = Stub::start(azure).await;
    let exchanges = exchanges(&azure.authority, &format!("entra={}", azure.url("")));
    let registry = url(&azure.url("/charts"));
    for (secret, cause) in
        [("canary~wrong", Cause::InvalidCredentials), ("expired~secret", Cause::TokenExpired)]
    {
        let failure = exchanges
            .login(&principal(secret), &owner(), &registry, &EgressProfile::default(), NOW)
            .await
            .unwrap_err();
        assert_eq!(failure.cause, cause);
        assert_tells_nothing(&failure, &["canary", "~", TENANT]);
    }
    assert!(azure.asked().iter().all(|asked| asked.path != "/oauth2/exchange"));
}

#[tokio::test]
async fn what_entra_gives_goes_to_registries_of_azure_alone() {
    let thief = Stub::start(azure).await;
    let exchanges = exchanges(&thief.authority, "");
    for registry in [thief.url("/charts"), "oci://acme.azurecr.io.evil.example/x".into()] {
        let secret = principal("client~secret");
        let failure = exchanges
            .login(&secret, &owner(), &url(&registry), &EgressProfile::default(), NOW)
            .await
            .unwrap_err();
        assert_eq!(failure.cause, Cause::ExchangeRefused);
    }
    assert_eq!((thief.asked().len(), exchanges.exchanged()), (0, 0));
}

#[tokio::test]
async fn the_egress_profile_leads_to_the_registry_and_its_proxy_alone_to_entra() {
    let (azure, authority) = (Stub::start(azure).await, Authority::new("CA"));
    let tls = azure.with_tls(&authority.sign("localhost")).await;
    let proxy = Proxy::start("").await;
    let with = |entra: &str| {
        let settings = OutboundSettings {
            allow: AllowList::parse(&format!("{} {tls}", azure.authority)).unwrap(),
            proxies: [("out".into(), format!("http://{}", proxy.authority).parse().unwrap())]
                .into(),
            ..OutboundSettings::default()
        };
        let endpoints = Endpoints::parse(&format!("entra={entra}")).unwrap();
        let exchange = ExchangeSettings { endpoints, ..ExchangeSettings::default() };
        Exchanges::with(Outbound::with(settings).unwrap(), exchange)
    };
    let exchanges = with(&azure.url("/"));
    let (owner, registry) = (owner(), url(&format!("oci://{tls}/charts")));
    let secret = principal("client~secret");
    let egress = |ca: &str, proxy: &str| EgressProfile { ca: ca.into(), proxy: proxy.into() };
    let pem = authority.pem();
    let own = egress(&pem, "out");
    let login = exchanges.login(&secret, &owner, &registry, &own, NOW).await.unwrap();
    assert_eq!(login.password.expose(), refresh_token());
    let entra = format!("POST {} HTTP/1.1", azure.url(&format!("/{TENANT}/oauth2/v2.0/token")));
    assert_eq!(proxy.asked(), [entra, format!("CONNECT {tls} HTTP/1.1")]);

    // What was exchanged on this egress profile says nothing about others.
    for (other, cause) in [
        (egress("", "out"), Cause::TlsUntrusted),
        (egress(&Authority::new("CA").pem(), ""), Cause::TlsUntrusted),
        (egress(&pem, "other"), Cause::ProxyError),
    ] {
        let failure = exchanges.login(&secret, &owner, &registry, &other, NOW).await.unwrap_err();
        assert_eq!(failure.cause, cause);
    }
    // The authorities of a repository do not vouch for the provider.
    let behind = with(&format!("https://{tls}/"));
    let failure = behind.login(&secret, &owner, &registry, &own, NOW).await.unwrap_err();
    assert_eq!(failure.cause, Cause::TlsUntrusted);
    assert_tells_nothing(&failure, &["~", TENANT]);
}
