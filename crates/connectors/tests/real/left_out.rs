//! What a sync leaves out is counted by reason, and hides nothing else.

use domain::Cause;
use registries::Synced;
use serde_json::json;

use crate::{
    host::{Host, answer},
    oci,
    odd_registries::{chart, digest, known},
    registries, sync, versions, with_login,
};

#[tokio::test]
async fn what_is_left_out_is_counted() {
    let image = json!({ "config": { "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": digest("x") } })
    .to_string();
    let tags = json!({ "tags": ["latest", "v1", "2023.10.1", "2024.01.05", "1.2_b.7", "main",
        "sha256-0a.sig", 7, "3.0.0-image", "0.0.1-gone"] });
    let host = Host::start(move |_, request| match request.uri().path() {
        path if path.ends_with("/tags/list") => answer(200, &[], tags.to_string()),
        path if path.ends_with("-image") => answer(200, &[], image.clone()),
        path if path.ends_with("-gone") => answer(404, &[], ""),
        _ => chart(request),
    })
    .await;
    let registries = registries(&host.authority);
    let target = oci(&host.url("/web"));
    let synced = sync(&registries, &target).await.unwrap();
    // In the order of Helm, and as they were published.
    assert_eq!(versions(&synced), ["web 2024.01.05", "web 2023.10.1", "web 1.2+b.7", "web v1"]);
    let Synced::Charts { versions, left_out, .. } = &synced else { panic!("unchanged") };
    assert!(versions[2].version.url.ends_with("/web:1.2_b.7"));
    assert_eq!(
        left_out.words(),
        "4 tags that are no versions, 1 tag that is no chart, \
         1 tag that was listed and is not there"
    );
    let (stored, validators) = known(synced);
    let again = registries.sync(&target, &validators, &stored).await.unwrap();
    assert!(matches!(again, Synced::Unchanged { .. }));
}

/// A registry whose catalog lists `listed` below `team`: each is read, or answers as its name says.
async fn catalog(listed: &'static [&'static str]) -> Host {
    Host::start(move |_, request| {
        let path = request.uri().path();
        let is = |name: &str| path.starts_with(&format!("/v2/team/{name}/"));
        let tags = path.ends_with("/tags/list");
        match path {
            "/v2/_catalog" => {
                let names: Vec<_> = listed.iter().map(|name| format!("team/{name}")).collect();
                answer(200, &[], json!({ "repositories": names }).to_string())
            }
            "/v2/team/tags/list" => answer(404, &[], ""),
            _ if is("gone") => answer(404, &[], ""),
            _ if is("secret") => answer(403, &[], ""),
            _ if is("senseless") && tags => answer(200, &[], "tags?"),
            _ if is("broken") && path.contains("/blobs/") => answer(200, &[], "swapped"),
            _ if is("half") && tags => answer(200, &[], "{\"tags\":[\"2.0.0\",\"1.0.0\"]}"),
            _ if is("half") && path.ends_with("/2.0.0") => answer(200, &[], "x".repeat(5 << 20)),
            _ if is("down") => answer(503, &[], ""),
            _ => chart(request),
        }
    })
    .await
}

#[tokio::test]
async fn one_chart_that_cannot_be_read_does_not_hide_the_others() {
    let host = catalog(&["gone", "secret", "senseless", "broken", "half", "web"]).await;
    let target = with_login(oci(&host.url("/team")), "right");
    let synced = sync(&registries(&host.authority), &target).await.unwrap();
    assert_eq!(versions(&synced), ["half 1.0.0", "web 1.0.0"]);
    let Synced::Charts { left_out, .. } = synced else { panic!("unchanged") };
    assert_eq!(
        left_out.words(),
        "1 tag whose manifest cannot be read, \
         1 chart that the catalog lists and that is not there, \
         1 chart that the login may not read, 2 charts that cannot be read"
    );
}

#[tokio::test]
async fn what_was_known_of_a_chart_stays_while_it_cannot_be_read() {
    let whole = catalog(&["web", "half"]).await;
    let target = with_login(oci(&whole.url("/team")), "right");
    let synced = sync(&registries(&whole.authority), &target).await.unwrap();
    let (mut stored, validators) = known(synced);
    // The same chart, read when the login still opened it.
    let mut secret = stored[&("web".to_owned(), "1.0.0".to_owned())].clone();
    secret.chart = "secret".into();
    stored.insert(("secret".into(), "1.0.0".into()), secret);
    let host = catalog(&["web", "secret"]).await;
    let target = with_login(oci(&host.url("/team")), "right");
    let again = registries(&host.authority).sync(&target, &validators, &stored).await.unwrap();
    assert_eq!(versions(&again), ["secret 1.0.0", "web 1.0.0"]);
}

#[tokio::test]
async fn a_catalog_of_which_nothing_can_be_read_fails() {
    for (listed, cause) in [
        (&["secret"] as &[&str], Cause::InsufficientScope),
        (&["senseless", "broken"], Cause::IndexInvalid),
        (&["gone", "secret"], Cause::InsufficientScope),
        // Another time it may be read.
        (&["web", "down"], Cause::ServerError),
    ] {
        let host = catalog(listed).await;
        let target = with_login(oci(&host.url("/team")), "right");
        let failure = sync(&registries(&host.authority), &target).await.unwrap_err();
        assert_eq!(failure.cause, cause, "{listed:?}");
    }
}

#[tokio::test]
async fn older_tags_of_an_image_are_counted_and_not_read() {
    let tags: Vec<_> = (0..50).map(|number| format!("1.{number}.0")).collect();
    let host = Host::start(move |_, request| match request.uri().path() {
        path if path.ends_with("/tags/list") => {
            answer(200, &[], json!({ "tags": tags }).to_string())
        }
        path if path.contains("/manifests/") => answer(200, &[], "{}"),
        _ => chart(request),
    })
    .await;
    let synced = sync(&registries(&host.authority), &oci(&host.url("/app"))).await.unwrap();
    let Synced::Charts { versions, left_out, .. } = synced else { panic!("unchanged") };
    assert!(versions.is_empty());
    assert_eq!(
        left_out.words(),
        "3 tags that are no charts, 47 older tags of something whose newest tags are no charts"
    );
}
