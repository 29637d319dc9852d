//! GitHub: a stub that checks the app's JWT with its public key as GitHub does.

use axum::response::Response;
use connectors::http::Freshness;
use domain::{
    Cause, Shape,
    credentials::{Material, Parameters},
};
use serde_json::{Value, json};

use crate::{
    exchange_keys::{Key, Public},
    exchange_stub::{
        Asked, NOW, Stub, assert_tells_nothing, exchanges, hours, material, owner, pair, url,
    },
    host::answer,
};

const HOST: &str = "oci://ghcr.io/acme/charts";

fn github(asked: &Asked, public: &Public) -> Response {
    let token = asked.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
    let refused =
        |message: &str| answer(401, &[], json!({"message": message, "echo": "canary"}).to_string());
    let Some((_, claims)) = public.verified(token) else {
        return refused("A JSON web token could not be decoded");
    };
    let now = NOW.millis() / 1_000;
    let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
    if iat >= now {
        return refused(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        );
    }
    if exp <= now || exp > now + 600 || exp - iat > 600 {
        return refused("'Expiration time' claim ('exp') is too far in the future");
    }
    if claims["iss"] != "123456" || asked.header("accept") != "application/vnd.github+json" {
        return refused("Integration not found");
    }
    let wish: Value = serde_json::from_str(&asked.body).unwrap();
    if wish["permissions"] != json!({"contents": "read", "packages": "read"}) {
        return answer(422, &[], "{}");
    }
    match asked.path.as_str() {
        "/api/v3/app/installations/77/access_tokens" => {
            let body = json!({"token": format!("ghs_{}", wish["repositories"]), "expires_at": hours(1).rfc3339()});
            answer(201, &[], body.to_string())
        }
        "/api/v3/app/installations/78/access_tokens" => {
            let limited = [("x-ratelimit-remaining", "0"), ("retry-after", "60")];
            answer(403, &limited, "{\"message\":\"canary\"}")
        }
        _ => answer(404, &[], "{\"message\":\"Not Found\"}"),
    }
}

async fn start(public: Public) -> Stub {
    Stub::start(move |asked| github(asked, &public)).await
}

fn app(pem: &str, installation: &str, repositories: &str) -> Material {
    let parameters = Parameters {
        installation: installation.into(),
        repositories: repositories.into(),
        ..Parameters::default()
    };
    material(Shape::GithubApp, "123456", pem, &parameters)
}

#[tokio::test]
async fn an_app_gets_a_token_for_the_named_repositories_and_for_reading_alone() {
    let rsa = Key::new();
    let github = start(rsa.public()).await;
    let exchanges = exchanges(&github.authority, &format!("github={}", github.url("/api/v3")));
    for (pem, names, token) in
        [(rsa.pem(), "charts\nweb", "ghs_[\"charts\",\"web\"]"), (rsa.pkcs1_pem(), "", "ghs_null")]
    {
        let app = app(&pem, "77", names);
        let owner = owner();
        let login = exchanges.login(&app, &owner, &url(HOST), NOW).await.unwrap();
        assert_eq!(pair(&login), ("x-access-token", token));
        let near_the_end = hours(1).minus(std::time::Duration::from_mins(6));
        let login = exchanges.login(&app, &owner, &url(HOST), near_the_end).await.unwrap();
        assert_eq!(login.freshness, Freshness::Cached);
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let rsa = Key::new();
    let github = start(rsa.public()).await;
    let exchanges = exchanges(&github.authority, &format!("github={}", github.url("/api/v3/")));
    let stranger = Key::new().pem();
    let pem = rsa.pem();
    let late = hours(2);
    for (app, now, cause) in [
        (app(&stranger, "77", ""), NOW, Cause::InvalidCredentials),
        (app(&pem, "79", ""), NOW, Cause::ExchangeRefused),
        (app(&pem, "77", ""), late, Cause::ExchangeRefused),
        (app(&pem, "78", ""), NOW, Cause::RateLimited),
    ] {
        let failure = exchanges.login(&app, &owner(), &url(HOST), now).await.unwrap_err();
        assert_eq!(failure.cause, cause);
        assert_tells_nothing(&failure, &["canary", "eyJ", "Bearer"]);
        let wait = failure.retry_after.map(|wait| wait.as_secs());
        assert_eq!(wait, (cause == Cause::RateLimited).then_some(60));
    }
}
