//! A real registry with a password: push by hand, then everything Hawser reads.

use domain::{
    Cause,
    repositories::{RepositoryKind, RepositoryUrl},
};
use egress::EgressProfile;
use registries::{KnownVersions, Synced, Target, Validators};

use crate::{oci, registries, registry::Registry, sync, versions, with_login};

fn known(synced: &Synced) -> (KnownVersions, Validators) {
    let Synced::Charts { versions, validators, .. } = synced else { panic!("unchanged") };
    let known = versions
        .iter()
        .map(|found| ((found.chart.clone(), found.version.version.clone()), found.clone()))
        .collect();
    (known, validators.clone())
}

#[tokio::test]
async fn a_namespace_is_listed_read_and_kept_up_to_date() {
    let registry = Registry::start().await;
    for (repository, tag) in [
        ("team/web", "1.0.0"),
        ("team/web", "1.1.0_build.5"),
        ("team/api", "0.1.0"),
        ("teams/other", "1.0.0"),
    ] {
        registry.push_chart(repository, tag, "A chart").await;
    }
    registry.push_chart("team/web", "latest", "no version").await;
    registry
        .push("team/image", "1.0.0", "application/vnd.oci.image.config.v1+json", "an image")
        .await;
    let registries = registries(&registry.authority);
    let target = registry.target("/team");
    registries.prove(&target).await.unwrap();

    let first = sync(&registries, &target).await.unwrap();
    assert_eq!(versions(&first), ["api 0.1.0", "web 1.1.0+build.5", "web 1.0.0"]);
    let (stored, validators) = known(&first);
    let web = &stored[&("web".to_owned(), "1.1.0+build.5".to_owned())];
    assert_eq!(
        (web.version.app_version.as_str(), web.metadata.description.as_str()),
        ("7", "A chart")
    );
    assert_eq!(web.version.url, format!("oci://{}/team/web:1.1.0_build.5", registry.authority));
    assert!(web.version.digest.starts_with("sha256:"));
    assert_eq!(web.version.created_at.unwrap().rfc3339(), "2026-01-02T03:04:05Z");

    let again = registries.sync(&target, &validators, &stored).await.unwrap();
    assert_eq!(again, Synced::Unchanged { validators: validators.clone() });

    // A tag that moved is read again, a new one is found.
    registry.push_chart("team/web", "1.0.0", "Changed").await;
    registry.push_chart("team/web", "2.0.0", "New").await;
    let third = registries.sync(&target, &validators, &stored).await.unwrap();
    assert_eq!(versions(&third), ["api 0.1.0", "web 2.0.0", "web 1.1.0+build.5", "web 1.0.0"]);
    let (stored, _) = known(&third);
    assert_eq!(stored[&("web".to_owned(), "1.0.0".to_owned())].metadata.description, "Changed");
}

#[tokio::test]
async fn one_chart_and_typed_names_are_read() {
    let registry = Registry::start().await;
    registry.push_chart("team/web", "1.0.0", "A chart").await;
    registry.push_chart("team/api", "1.0.0", "A chart").await;
    let registries = registries(&registry.authority);
    let one = sync(&registries, &registry.target("/team/web")).await.unwrap();
    assert_eq!(versions(&one), ["web 1.0.0"]);
    let named = Target { chart_names: vec!["api".into()], ..registry.target("/team") };
    assert_eq!(versions(&sync(&registries, &named).await.unwrap()), ["api 1.0.0"]);
    registries.prove(&named).await.unwrap();
    let missing = Target { chart_names: vec!["nope".into()], ..registry.target("/team") };
    assert_eq!(sync(&registries, &missing).await.unwrap_err().cause, Cause::NotFound);
    let strange = Target { chart_names: vec!["../x".into()], ..registry.target("/team") };
    assert_eq!(sync(&registries, &strange).await.unwrap_err().cause, Cause::NotFound);
    assert_eq!(
        sync(&registries, &registry.target("/nobody")).await.unwrap_err().cause,
        Cause::NotFound
    );
    let everything = sync(&registries, &registry.target("")).await.unwrap();
    assert_eq!(versions(&everything), ["team/api 1.0.0", "team/web 1.0.0"]);
}

#[tokio::test]
async fn passwords_are_told_apart_and_the_kind_is_detected() {
    let registry = Registry::start().await;
    registry.push_chart("team/web", "1.0.0", "A chart").await;
    let registries = registries(&registry.authority);
    for path in ["/team", "/team/web"] {
        let wrong = with_login(oci(&format!("oci://{}{path}", registry.authority)), "wrong");
        let failure = sync(&registries, &wrong).await.unwrap_err();
        assert_eq!((failure.cause, failure.status), (Cause::InvalidCredentials, Some(401)));
        assert_eq!(registries.prove(&wrong).await.unwrap_err().cause, Cause::InvalidCredentials);
        let without = oci(&format!("oci://{}{path}", registry.authority));
        assert_eq!(sync(&registries, &without).await.unwrap_err().cause, Cause::NoCredential);
        assert_eq!(registries.prove(&without).await.unwrap_err().cause, Cause::NoCredential);
    }
    for url in [format!("oci://{}/team", registry.authority), registry.url("/team")] {
        let url = RepositoryUrl::parse(&url).unwrap();
        assert_eq!(
            registries.detect(&url, None, &EgressProfile::default()).await.unwrap(),
            RepositoryKind::Oci
        );
    }
}
