//! What makers of tokens tell about them. Harbor, GitLab and GitHub are stubs, which look at the
//! login and the path as those do.

use axum::extract::Request;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Cause, Secret, Timestamp,
    connection_tests::{Stage, StageState},
};
use egress::Login;
use registries::{Examined, TokenMaker};

use crate::{
    examine::{examine, failed, stage},
    host::{Host, answer},
    oci, registries, with_login,
};

const ROBOT: &str = "robot$team+pull";
const SECRET: &str = "canary-robot";

/// A Harbor with the project `team`, whose robot `robot$team+pull` may list the robots of the
/// project (`may_list`) or only pull. It answers as `src/server/v2.0/handler/robot.go` does.
async fn harbor(robots: &'static str, may_list: bool) -> Host {
    Host::start(move |own, request| {
        let realm = own.url("/service/token");
        let challenge = format!("Bearer realm=\"{realm}\",service=\"harbor-registry\"");
        let denied = "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"unauthorized\"}]}";
        let basic = has_login(request, &format!("Basic {}", STANDARD.encode(login())));
        let bearer = has_login(request, "Bearer granted");
        match request.uri().path() {
            "/service/token" if basic => answer(200, &[], "{\"token\":\"granted\"}"),
            "/v2/team/web/tags/list" if bearer => answer(200, &[], "{\"tags\":[]}"),
            "/api/v2.0/projects/team/robots" if basic && may_list => {
                let by_name = request.headers().get("x-is-resource-name");
                assert_eq!(by_name.unwrap(), "true");
                answer(200, &[("content-type", "application/json")], robots)
            }
            "/api/v2.0/projects/team/robots" if basic => answer(
                403,
                &[],
                "{\"errors\":[{\"code\":\"FORBIDDEN\",\"message\":\"forbidden\"}]}",
            ),
            _ => answer(401, &[("www-authenticate", &challenge)], denied),
        }
    })
    .await
}

fn login() -> String {
    format!("{ROBOT}:{SECRET}")
}

fn has_login(request: &Request, login: &str) -> bool {
    request.headers().get("authorization").is_some_and(|sent| sent == login)
}

async fn ask_harbor(harbor: &Host, secret: &str) -> Examined {
    let mut target = with_login(oci(&harbor.url("/team/web")), secret);
    target.login = Some(Login::stored(ROBOT.into(), Secret::new(secret.into())));
    examine(&registries(&harbor.authority), &target).await
}

#[tokio::test]
async fn harbor_tells_when_a_robot_expires() {
    for (robots, told) in [
        (
            r#"[{"name":"robot$team+pull-too","expires_at":1},
                {"name":"robot$team+pull","expires_at":1800000000,"level":"project"}]"#,
            Some("2027-01-15T08:00:00Z"),
        ),
        (r#"[{"name":"robot$team+pull","expires_at":-1}]"#, None),
        (r#"[{"name":"robot$other+pull","expires_at":1800000000}]"#, None),
        ("<html>", None),
    ] {
        let harbor = harbor(robots, true).await;
        let examined = ask_harbor(&harbor, SECRET).await;
        assert_eq!(stage(&examined, Stage::Token).state, StageState::Passed, "{examined:?}");
        assert_eq!(examined.expires_at.map(Timestamp::rfc3339).as_deref(), told, "{robots}");
        assert_eq!(harbor.logins("/api/").len(), 1);
        assert!(harbor.seen().iter().any(|seen| seen.path.ends_with("&q=name%3D%7Epull")));
    }
}

#[tokio::test]
async fn a_robot_that_may_not_ask_is_no_failure_and_a_wrong_one_does_not_ask() {
    let harbor = harbor("[]", false).await;
    let examined = ask_harbor(&harbor, SECRET).await;
    let logged_in = stage(&examined, Stage::Token).state;
    assert_eq!((logged_in, examined.expires_at), (StageState::Passed, None));
    assert_eq!(harbor.logins("/api/").len(), 1);
    let wrong = ask_harbor(&harbor, "canary-wrong").await;
    assert_eq!(failed(&wrong), Some((Stage::Token, Cause::InvalidCredentials)));
    assert_eq!(harbor.logins("/api/").len(), 1, "no account is locked by one more try");
}

#[tokio::test]
async fn r_cred_02_a_registry_that_calls_itself_harbor_gets_the_login_at_its_own_origin_alone() {
    let thief = Host::start(|_, _| answer(200, &[], "{\"token\":\"x\"}")).await;
    let realm = thief.url("/service/token");
    let host = Host::start(move |_, _| {
        let challenge = format!("Bearer realm=\"{realm}\",service=\"harbor-registry\"");
        answer(401, &[("www-authenticate", &challenge)], "")
    })
    .await;
    let examined = ask_harbor(&host, SECRET).await;
    assert_eq!(failed(&examined).unwrap().0, Stage::Token);
    assert!(thief.seen().is_empty());
    assert_eq!(host.logins("/api/").len(), 0);
}

const SELF: &str = r#"{"id":4,"scopes":["read_registry","write_registry"],"active":true,
    "expires_at":"2027-01-31"}"#;

/// GitLab's API, which takes an access token as a bearer and knows nothing of deploy tokens.
async fn gitlab(status: u16) -> Host {
    Host::start(move |_, request| {
        let known = has_login(request, "Bearer glpat-canary");
        match request.uri().path() {
            "/api/v4/personal_access_tokens/self" if known => answer(status, &[], SELF),
            _ => answer(401, &[], "{\"message\":\"401 Unauthorized\"}"),
        }
    })
    .await
}

#[tokio::test]
async fn gitlab_tells_scopes_and_last_day_of_a_token_of_its_registry() {
    let api = gitlab(200).await;
    let registry = Host::start(|own, request| {
        let realm = format!("Bearer realm=\"{}\",service=\"r\"", own.url("/jwt/auth"));
        match (request.uri().path(), request.headers().contains_key("authorization")) {
            ("/jwt/auth", true) => answer(200, &[], "{\"token\":\"opaque\"}"),
            ("/v2/x/web/tags/list", true) => answer(200, &[], "{\"tags\":[]}"),
            _ => answer(401, &[("www-authenticate", &realm)], ""),
        }
    })
    .await;
    let registries = registries(&format!("{} {}", registry.authority, api.authority))
        .with_gitlab(registry.authority.clone(), api.url("/api/v4/").parse().unwrap());
    let url = registry.url("/x/web");
    let examined = examine(&registries, &with_login(oci(&url), "glpat-canary")).await;
    assert_eq!(examined.excess, ["write_registry"]);
    assert_eq!(examined.expires_at.unwrap().rfc3339(), "2027-01-31T00:00:00Z");
    let deploy = examine(&registries, &with_login(oci(&url), "gldt-canary")).await;
    assert_eq!((deploy.expires_at, api.seen().len()), (None, 1));
}

#[tokio::test]
async fn a_token_for_git_is_asked_about_at_its_maker() {
    let github = Host::start(|_, request| {
        let headers = [
            ("x-oauth-scopes", "repo, read:org"),
            ("github-authentication-token-expiration", "2026-10-01 12:00:00 UTC"),
        ];
        if has_login(request, "Bearer ghp_canary") {
            answer(200, &headers, "{}")
        } else {
            answer(401, &[], "{\"message\":\"Bad credentials\",\"status\":\"401\"}")
        }
    })
    .await;
    let (api, narrow) = (gitlab(200).await, gitlab(403).await);
    let allow = format!("{} {} {}", github.authority, api.authority, narrow.authority);
    let registries = registries(&allow)
        .with_github("ghcr.test", github.url("/").parse().unwrap())
        .with_gitlab("gitlab.test", api.url("/api/v4/").parse().unwrap());
    let ask = async |registries: &registries::Registries, maker, token: &str| {
        let login = Login::stored("ann".into(), Secret::new(token.into()));
        let now = Timestamp::from_millis(1_790_000_000_000);
        registries.examine_token(maker, login, now).await.unwrap()
    };

    let known = ask(&registries, TokenMaker::GitHub, "ghp_canary").await;
    assert_eq!((failed(&known), known.excess), (None, vec!["repo".to_owned()]));
    assert_eq!(known.expires_at.unwrap().rfc3339(), "2026-10-01T12:00:00Z");
    let wrong = ask(&registries, TokenMaker::GitHub, "ghp_wrong").await;
    assert_eq!(failed(&wrong), Some((Stage::Token, Cause::InvalidCredentials)));
    assert_eq!(wrong.expires_at, None);

    let known = ask(&registries, TokenMaker::GitLab, "glpat-canary").await;
    assert_eq!((failed(&known), known.excess), (None, vec!["write_registry".to_owned()]));
    let wrong = ask(&registries, TokenMaker::GitLab, "glpat-wrong").await;
    assert_eq!(failed(&wrong), Some((Stage::Token, Cause::InvalidCredentials)));
    let deploy = ask(&registries, TokenMaker::GitLab, "gldt-canary").await;
    assert_eq!(stage(&deploy, Stage::Token).state, StageState::Skipped);
    assert!(api.logins("/").iter().all(|login| !login.as_deref().unwrap_or("").contains("gldt")));
    let registries = registries.with_gitlab("gitlab.test", narrow.url("/api/v4/").parse().unwrap());
    let narrow = ask(&registries, TokenMaker::GitLab, "glpat-canary").await;
    assert_eq!((failed(&narrow), narrow.expires_at), (None, None));
}
