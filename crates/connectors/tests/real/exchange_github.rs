//! GitHub: a stub that checks the app's JWT with its public key as GitHub does.

use axum::response::Response;
use domain::{
    AuthMethod, Cause,
    credentials::{Parameters, SecretMaterial},
};
use egress::{EgressProfile, Freshness};
use serde_json::{Value, json};
use token_exchange::{Endpoints, ExchangeSettings, GithubHome, GithubIdentity};

use crate::{
    exchange_keys::{Key, Public},
    exchange_stub::{
        Asked, NOW, Stub, assert_tells_nothing, configured, exchanges, hours, material, owner,
        pair, url,
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
    match asked.path.as_str() {
        "/api/v3/app/installations/77/access_tokens" => granted(&wish, &["packages"]),
        "/api/v3/app/installations/80/access_tokens" => granted(&wish, &["contents"]),
        "/api/v3/app/installations/81/access_tokens" => granted(&wish, &["contents", "packages"]),
        "/api/v3/app/installations/78/access_tokens" => {
            let limited = [("x-ratelimit-remaining", "0"), ("retry-after", "60")];
            answer(403, &limited, "{\"message\":\"canary\"}")
        }
        _ => answer(404, &[], "{\"message\":\"Not Found\"}"),
    }
}

/// The token says what it opens. What the app was not granted is refused, and so is a repository
/// that the installation cannot see.
fn granted(wish: &Value, granted: &[&str]) -> Response {
    let refused = |message: &str| answer(422, &[], json!({"message": message}).to_string());
    let wished = wish["permissions"].as_object().unwrap();
    if !wished.iter().all(|(name, level)| granted.contains(&name.as_str()) && level == "read") {
        return refused("The permissions requested are not granted to this installation. canary");
    }
    let names = &wish["repositories"];
    if names.as_array().is_some_and(|names| names.contains(&json!("hidden"))) {
        return refused("There is at least one repository that does not exist. canary");
    }
    let opens: Vec<_> = wished.keys().map(String::as_str).collect();
    let token = format!("ghs_{}_{names}", opens.join("+"));
    let body = json!({"token": token, "expires_at": hours(1).rfc3339()});
    answer(201, &[], body.to_string())
}

async fn start(public: Public) -> Stub {
    Stub::start(move |asked| github(asked, &public)).await
}

fn app(pem: &str, installation: &str, repositories: &str) -> SecretMaterial {
    let parameters = Parameters {
        installation: installation.into(),
        repositories: repositories.into(),
        ..Parameters::default()
    };
    material(AuthMethod::GithubApp, "123456", pem, &parameters)
}

#[tokio::test]
async fn an_app_gets_a_token_for_the_named_repositories_and_for_reading_alone() {
    let rsa = Key::new();
    let github = start(rsa.public()).await;
    let exchanges = exchanges(&github.authority, &format!("github={}", github.url("/api/v3")));
    for (pem, names, token) in [
        (rsa.pem(), "charts\nweb", "ghs_packages_[\"charts\",\"web\"]"),
        (rsa.pkcs1_pem(), "", "ghs_packages_null"),
    ] {
        let app = app(&pem, "77", names);
        let owner = owner();
        let login = exchanges
            .login(&app, &owner, &url(HOST), &EgressProfile::default(), NOW)
            .await
            .unwrap();
        assert_eq!(pair(&login), ("x-access-token", token));
        let near_the_end = hours(1).minus(std::time::Duration::from_mins(6));
        let login = exchanges
            .login(&app, &owner, &url(HOST), &EgressProfile::default(), near_the_end)
            .await
            .unwrap();
        assert_eq!(login.freshness, Freshness::Cached);
    }
}

#[tokio::test]
async fn an_app_is_asked_only_for_what_the_host_needs() {
    let rsa = Key::new();
    let github = start(rsa.public()).await;
    let exchanges = exchanges(&github.authority, &format!("github={}", github.url("/api/v3")));
    let raw = "https://raw.githubusercontent.com/acme/charts/main";
    // With one permission, with the other, and with both: none opens more than it has to.
    let owner = owner();
    for (installation, at, token) in [
        ("77", HOST, "ghs_packages_null"),
        ("80", raw, "ghs_contents_null"),
        ("81", HOST, "ghs_packages_null"),
        ("81", raw, "ghs_contents_null"),
    ] {
        let app = app(&rsa.pem(), installation, "");
        let made =
            exchanges.login(&app, &owner, &url(at), &EgressProfile::default(), NOW).await.unwrap();
        assert_eq!((pair(&made).1, made.freshness), (token, Freshness::Exchanged), "{at}");
    }
    let refused = [("77", raw, ""), ("80", HOST, ""), ("81", HOST, "hidden")];
    for (installation, at, names) in refused {
        let app = app(&rsa.pem(), installation, names);
        let made = exchanges.login(&app, &owner, &url(at), &EgressProfile::default(), NOW).await;
        let failure = made.unwrap_err();
        assert_eq!((failure.cause, failure.status), (Cause::InsufficientScope, Some(422)), "{at}");
        assert_tells_nothing(&failure, &["canary", "eyJ", "Bearer"]);
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
        let failure = exchanges
            .login(&app, &owner(), &url(HOST), &EgressProfile::default(), now)
            .await
            .unwrap_err();
        assert_eq!(failure.cause, cause);
        assert_tells_nothing(&failure, &["canary", "eyJ", "Bearer"]);
        let wait = failure.retry_after.map(|wait| wait.as_secs());
        assert_eq!(wait, (cause == Cause::RateLimited).then_some(60));
    }
}

/// The body decides what a token opens: one repository, and nothing but what a push needs.
#[tokio::test]
async fn r_git_06_a_token_for_git_opens_one_repository_for_pushing_alone() {
    let rsa = Key::new();
    let (public, folder) = (rsa.public(), tempfile::tempdir().unwrap());
    let key_file = folder.path().join("key.pem");
    std::fs::write(&key_file, rsa.pem()).unwrap();
    let github = Stub::start(move |asked| {
        let token = asked.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        if public.verified(token).is_none() {
            return answer(401, &[], "{}");
        }
        let wish: Value = serde_json::from_str(&asked.body).unwrap();
        // The installation 82 was not granted pull requests.
        if asked.path.contains("/82/") && wish["permissions"]["pull_requests"] == "write" {
            return answer(422, &[], "{\"message\":\"canary\"}");
        }
        let body = json!({"token": "ghs_canary", "expires_at": hours(1).rfc3339()});
        answer(201, &[], body.to_string())
    })
    .await;
    let settings = ExchangeSettings {
        endpoints: Endpoints::parse(&format!("github={}", github.url("/api/v3"))).unwrap(),
        github: GithubHome {
            web: None,
            app: Some(GithubIdentity { app_id: "123456".into(), key_file }),
        },
        ..ExchangeSettings::default()
    };
    let exchanges = configured(&github.authority, settings);
    let both = json!({"contents": "write", "pull_requests": "write"});
    let files = json!({"contents": "write"});
    for (installation, permissions) in [("81", vec![both.clone()]), ("82", vec![both, files])] {
        let material = SecretMaterial::GithubInstallation { installation: installation.into() };
        let url = "https://github.com/acme/deploy.git".parse().unwrap();
        let before = github.asked().len();
        let login = exchanges.git_login(&material, &owner(), &url, NOW).await.unwrap();
        assert_eq!(pair(&login), ("x-access-token", "ghs_canary"));
        let asked = github.asked().split_off(before);
        let path = format!("/api/v3/app/installations/{installation}/access_tokens");
        assert!(asked.iter().all(|asked| asked.method == "POST" && asked.path == path));
        let bodies: Vec<Value> =
            asked.iter().map(|asked| serde_json::from_str(&asked.body).unwrap()).collect();
        let wished: Vec<_> = permissions
            .into_iter()
            .map(|permissions| json!({"repositories": ["deploy"], "permissions": permissions}))
            .collect();
        assert_eq!(bodies, wished);
    }
}
