//! Challenges and refusals, each in the way of some registry: the right token is asked for, and a wrong
//! login is told from one that may not read.

use domain::Cause;
use registries::{Registries, Synced, Target};
use serde_json::json;

use crate::{
    host::{Host, answer},
    oci,
    odd_registries::{chart, login, unauthorized},
    registries, sync, versions, with_login,
};

/// Syncs `web` at a host with a login, typed by name.
pub(crate) async fn named(host: &Host, registries: &Registries) -> Result<Synced, egress::Failure> {
    let target = with_login(oci(&host.url("/team")), "right");
    sync(registries, &Target { chart_names: vec!["web".into()], ..target }).await
}

#[tokio::test]
async fn a_token_is_asked_for_the_scope_that_the_registry_wants() {
    for (status, wanted, asked) in [
        (401, "repository:team/web:metadata_read", "metadata_read,pull"),
        (403, "repository:team/web:metadata_read", "metadata_read,pull"),
        (401, "repository:team/web:pull,push,content_read", "content_read,pull"),
    ] {
        let asked = format!("scope=repository:team/web:{asked}");
        let wider = asked.clone();
        let host = Host::start(move |own, request| {
            let query = url::form_urlencoded::parse(request.uri().query().unwrap_or("").as_bytes())
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>();
            let challenge =
                |more: &str| format!("Bearer realm=\"{}\",service=\"s\"{more}", own.url("/token"));
            match (request.uri().path(), login(request)) {
                ("/token", _) if query.contains(&wider) => answer(200, &[], "{\"token\":\"wide\"}"),
                ("/token", _) => answer(200, &[], "{\"token\":\"narrow\"}"),
                (_, "Bearer wide") => chart(request),
                (_, "Bearer narrow") => {
                    let more = format!(",scope=\"{wanted}\",error=\"insufficient_scope\"");
                    answer(status, &[("www-authenticate", &challenge(&more))], "")
                }
                _ => unauthorized(&challenge(",scope=\"registry:catalog:*\"")),
            }
        })
        .await;
        let registries = registries(&host.authority);
        let found = named(&host, &registries).await.unwrap();
        assert_eq!(versions(&found), ["web 1.0.0"], "{status} {wanted}");
        let tokens = host.seen().into_iter().filter(|seen| seen.path.starts_with("/token"));
        assert_eq!(tokens.count(), 2, "the narrow one and the wide one, for all requests: {asked}");
    }
}

#[tokio::test]
async fn a_scope_that_is_never_enough_is_asked_for_once() {
    let host = Host::start(move |own, request| match request.uri().path() {
        "/token" => answer(200, &[], "{\"token\":\"t\"}"),
        path => {
            let scope = format!("repository:{}:pull", path.len() + own.seen().len());
            unauthorized(&format!("Bearer realm=\"{}\",scope=\"{scope}\"", own.url("/token")))
        }
    })
    .await;
    let failure = named(&host, &registries(&host.authority)).await.unwrap_err();
    assert_eq!(failure.cause, Cause::InsufficientScope);
    assert_eq!(host.logins("/v2/team").len(), 2, "once, and wider");
}

#[tokio::test]
async fn what_a_login_may_not_read_is_no_wrong_login() {
    // The tags may be listed, and every manifest is refused with a challenge: to tokens, and to
    // passwords.
    let many: Vec<_> = (0..30).map(|number| format!("1.{number}.0")).collect();
    let tags = json!({ "tags": many }).to_string();
    for scheme in ["Bearer", "Basic"] {
        let tags = tags.clone();
        let host = Host::start(move |own, request| {
            let challenge = format!("{scheme} realm=\"{}\"", own.url("/token"));
            match (request.uri().path(), login(request)) {
                ("/token", _) => answer(200, &[], "{\"token\":\"t\",\"expires_in\":300}"),
                (_, "") => unauthorized(&challenge),
                ("/v2/", _) => answer(200, &[], "{}"),
                (path, _) if path.ends_with("/tags/list") => answer(200, &[], tags.clone()),
                _ => unauthorized(&challenge),
            }
        })
        .await;
        let registries = registries(&host.authority);
        let target = with_login(oci(&host.url("/web")), "right");
        for _ in 0..3 {
            let failure = sync(&registries, &target).await.unwrap_err();
            assert_eq!(failure.cause, Cause::InsufficientScope, "{scheme}");
        }
    }
}

#[tokio::test]
async fn a_token_service_that_refuses_a_scope_may_still_take_the_login() {
    // The registry refuses a token for this path in either way, and gives one for no path.
    for (status, to_login, cause) in [
        (403, 200, Cause::InsufficientScope),
        (403, 401, Cause::InvalidCredentials),
        (403, 403, Cause::InsufficientScope),
    ] {
        let host = Host::start(move |own, request| {
            let query = request.uri().query().unwrap_or_default();
            match (request.uri().path(), query.contains("scope=")) {
                ("/token", true) => answer(status, &[], "{\"errors\":[{\"code\":\"DENIED\"}]}"),
                ("/token", false) if to_login == 200 => answer(200, &[], "{\"token\":\"t\"}"),
                ("/token", false) => answer(to_login, &[], ""),
                _ => unauthorized(&format!("Bearer realm=\"{}\"", own.url("/token"))),
            }
        })
        .await;
        let failure = named(&host, &registries(&host.authority)).await.unwrap_err();
        assert_eq!(failure.cause, cause, "{status} {to_login}");
    }
}

#[tokio::test]
async fn a_login_that_opens_one_chart_is_not_wrong_because_of_another() {
    // This token service says 401 of a path that the account may not read.
    let host = Host::start(move |own, request| {
        let query = request.uri().query().unwrap_or_default();
        match (request.uri().path(), login(request)) {
            ("/token", "") => answer(401, &[], ""),
            ("/token", _) if query.contains("secret") => answer(401, &[], ""),
            ("/token", _) => answer(200, &[], "{\"token\":\"t\",\"expires_in\":300}"),
            (_, "") => unauthorized(&format!("Bearer realm=\"{}\"", own.url("/token"))),
            _ => chart(request),
        }
    })
    .await;
    let registries = registries(&host.authority);
    let mine = with_login(oci(&host.url("/team")), "right");
    let open = Target { chart_names: vec!["web".into()], ..mine.clone() };
    assert_eq!(versions(&sync(&registries, &open).await.unwrap()), ["web 1.0.0"]);
    let shut = Target { chart_names: vec!["secret".into()], ..mine };
    let failure = sync(&registries, &shut).await.unwrap_err();
    assert_eq!(failure.cause, Cause::InsufficientScope);
    // A login of which nothing is known is tried once.
    let unknown = Target { chart_names: vec!["secret".into()], ..with_login(shut, "wrong") };
    let before = host.logins("/token").len();
    let failure = sync(&registries, &unknown).await.unwrap_err();
    assert_eq!(failure.cause, Cause::InvalidCredentials);
    assert_eq!(host.logins("/token").len(), before + 1);
}

#[tokio::test]
async fn a_challenge_without_words_gets_the_password() {
    // Open at the root, and elsewhere 401 without a challenge.
    let host = Host::start(|_, request| match (request.uri().path(), login(request)) {
        ("/v2/", _) => answer(200, &[], "{}"),
        (_, "Basic YW5uOnJpZ2h0") => chart(request),
        _ => answer(401, &[], ""),
    })
    .await;
    let registries = registries(&host.authority);
    assert_eq!(versions(&named(&host, &registries).await.unwrap()), ["web 1.0.0"]);
    let wrong = with_login(oci(&host.url("/team/web")), "wrong");
    assert_eq!(sync(&registries, &wrong).await.unwrap_err().cause, Cause::InvalidCredentials);
    let none = oci(&host.url("/team/web"));
    assert_eq!(sync(&registries, &none).await.unwrap_err().cause, Cause::NoCredential);
}
