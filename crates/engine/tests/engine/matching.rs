//! Which credential belongs to a URL, on every replica, and the projects that decide it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::env::{
    TestEnv,
    forms::described,
    on_both,
    placed::{create, delete, explain, placement, project},
};
use domain::{
    CredentialId, Field, ServiceError,
    credentials::{DescribeCredential, PlaceCredential, Placement, Saved},
    matching::{ExplainQuery, Explanation, MatchVerdict},
    projects::ProjectForm,
    repositories::AddRepository,
    service::{Answer, Credentials, Matching, Projects, Repositories},
};
use engine::SystemClock;

on_both!(
    every_replica_knows_a_change_at_once,
    r_authz_other_organizations_match_nothing,
    surprising_patterns_are_told,
    an_explanation_checks_what_is_asked,
    an_explanation_begins_with_the_repositories_that_are_there,
    a_name_of_docker_hub_is_as_good_as_another,
);

const URL: &str = "oci://ghcr.io/acme/charts";

async fn place(env: &TestEnv, id: CredentialId, placement: Placement) -> Saved {
    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let form = PlaceCredential {
        credential: id.to_string(),
        row_version: detail.row_version.to_string(),
        placement,
        ..PlaceCredential::default()
    };
    Credentials::place(&env.engine, &env.principal, form).await.unwrap()
}

async fn rename(env: &TestEnv, id: CredentialId, name: &str) {
    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let form = DescribeCredential { name: name.into(), ..described(&detail, "") };
    Credentials::describe(&env.engine, &env.principal, form).await.unwrap();
}

fn winner(explanation: &Explanation) -> Option<CredentialId> {
    explanation.winner().map(|line| line.credential)
}

async fn every_replica_knows_a_change_at_once(env: TestEnv) {
    let other = env.engine_with(Arc::new(SystemClock), env.vault_config()).await;
    let agree = async |project: &str, expected: Option<CredentialId>| {
        for engine in [&env.engine, &other] {
            let found = explain(engine, &env.principal, project, URL).await;
            assert_eq!(winner(&found), expected, "{found:?}");
        }
    };
    agree("", None).await;
    let regex = create(&env, "a-regex", placement("", "regex", "^oci://ghcr\\.io/acme/")).await.id;
    agree("", Some(regex)).await;
    let exact =
        create(&env, "z-exact", placement("", "exact", "https://ghcr.io/acme/charts/")).await;
    let exact = exact.id;
    agree("", Some(exact)).await;
    let first = create(&env, "m-exact", placement("", "exact", URL)).await.id;
    agree("", Some(first)).await;
    rename(&env, first, "zz-exact").await;
    agree("", Some(exact)).await;

    let shared = create(&env, "0-shared", placement("shared", "exact", URL)).await.id;
    agree("", Some(exact)).await;
    let team = project(&env, "team").await.to_string();
    agree(&team, Some(shared)).await;
    place(&env, exact, placement(&team, "exact", URL)).await;
    agree(&team, Some(exact)).await;
    agree("", Some(first)).await;
    place(&env, first, placement("", "exact", "")).await;
    agree("", Some(regex)).await;
    delete(&env, regex).await;
    agree("", Some(shared)).await;
    delete(&env, shared).await;
    agree("", None).await;
    agree(&team, Some(exact)).await;

    let told = explain(&other, &env.principal, "", URL).await;
    assert_eq!((told.total, told.lines[0].verdict), (1, MatchVerdict::OtherProject));
    assert_eq!(
        (told.url.as_str(), told.project.as_str()),
        ("https://ghcr.io/acme/charts", "default")
    );

    // A burst on one replica while the other one is asked all the time.
    let burst = async {
        for n in (10..40).rev() {
            create(&env, &format!("burst-{n}"), placement("", "exact", URL)).await;
        }
    };
    let asking = async {
        for _ in 0..100 {
            explain(&other, &env.principal, "", URL).await;
        }
    };
    tokio::join!(burst, asking);
    let here = explain(&env.engine, &env.principal, "", URL).await;
    assert_eq!(here.lines, explain(&other, &env.principal, "", URL).await.lines);
    assert_eq!((here.lines[0].name.as_str(), here.total), ("burst-10", 31));
}

async fn r_authz_other_organizations_match_nothing(env: TestEnv) {
    create(&env, "ours", placement("shared", "regex", "^https://")).await;
    let ours = project(&env, "team").await;
    let other = TestEnv::organization(&env.db, "Two").await;
    let found = explain(&env.engine, &other, "", URL).await;
    assert_eq!((winner(&found), found.total), (None, 0));
    let query = ExplainQuery { url: URL.into(), project: ours.to_string(), ..Default::default() };
    let refused = Matching::explain(&env.engine, &other, query).await.unwrap_err();
    assert!(refused.problem_of(Field::Project).is_some());
    let listed = Projects::list(&env.engine, &other).await.unwrap();
    assert_eq!((listed.len(), listed[0].is_default), (1, true));
    let form =
        ProjectForm { project: ours.to_string(), name: "stolen".into(), ..ProjectForm::default() };
    assert_eq!(Projects::save(&env.engine, &other, form).await, Err(ServiceError::NotFound));
    let deleted = Projects::delete(&env.engine, &other, ours).await;
    assert_eq!(deleted, Err(ServiceError::NotFound));
    assert_eq!(Projects::list(&env.engine, &env.principal).await.unwrap()[1].name, "team");
}

async fn surprising_patterns_are_told(env: TestEnv) {
    let quiet = create(&env, "m", placement("", "exact", URL)).await;
    assert_eq!(quiet.warning, None);
    let same = create(&env, "z", placement("", "exact", "https://ghcr.io/acme/charts")).await;
    assert!(same.warning.as_ref().unwrap().starts_with("m can match the same URLs"), "{same:?}");
    let regex = create(&env, "regex", placement("", "regex", "^https://ghcr\\.io/")).await;
    let warning = regex.warning.unwrap();
    assert!(warning.starts_with("m or z has one of these URLs as exact pattern"), "{warning}");
    let open = create(&env, "open", placement("shared", "regex", "example\\.com")).await;
    assert!(open.warning.unwrap().contains("matches URLs of other hosts too"));
    let mended =
        place(&env, open.id, placement("shared", "regex", "^https://example\\.com/")).await;
    assert_eq!(mended.warning, None);
    let hidden = place(&env, open.id, placement("shared", "exact", URL)).await;
    assert!(hidden.warning.unwrap().contains("belongs to a project and matches the same URLs"));
    let plain = place(&env, same.id, placement("", "exact", "")).await;
    assert_eq!(plain.warning, None);
    // A pattern that is no pattern is not stored.
    for (kind, pattern) in [("regex", "("), ("exact", "no url"), ("exact", "https://a:b@ghcr.io/x")]
    {
        let detail = Credentials::get(&env.engine, &env.principal, same.id).await.unwrap();
        let form = PlaceCredential {
            credential: same.id.to_string(),
            row_version: detail.row_version.to_string(),
            placement: placement("", kind, pattern),
            ..PlaceCredential::default()
        };
        let refused = Credentials::place(&env.engine, &env.principal, form).await.unwrap_err();
        assert!(refused.problem_of(Field::Pattern).is_some(), "{pattern}: {refused:?}");
    }
}

async fn an_explanation_checks_what_is_asked(env: TestEnv) {
    let ask = async |url: &str, purpose: &str, project: &str| -> Answer<Explanation> {
        let query =
            ExplainQuery { url: url.into(), purpose: purpose.into(), project: project.into() };
        Matching::explain(&env.engine, &env.principal, query).await
    };
    for (url, purpose, project, field) in [
        ("", "", "", Field::Url),
        ("no url", "git", "", Field::Url),
        (URL, "shoes", "", Field::Purposes),
        (URL, "", "x", Field::Project),
        (URL, "", "0190b0a0-0000-7000-8000-000000000001", Field::Project),
    ] {
        let refused = ask(url, purpose, project).await.unwrap_err();
        assert!(refused.problem_of(field).is_some(), "{url} {purpose}: {refused:?}");
    }
    create(&env, "hub", placement("", "exact", "docker.io/acme/app")).await;
    let found = ask("index.docker.io/acme/app:1.2", "image", "").await.unwrap();
    assert_eq!(found.winner().unwrap().name, "hub");
    let found = ask("git@github.com:acme/app.git", "git", "").await.unwrap();
    assert_eq!(found.lines[0].verdict, MatchVerdict::OtherPurpose);
    assert_eq!(found.url, "https://github.com/acme/app");
}

async fn an_explanation_begins_with_the_repositories_that_are_there(env: TestEnv) {
    let add = async |name: &str, url: &str, credential: &str| {
        let form = AddRepository {
            url: url.into(),
            name: name.into(),
            kind: "oci".into(),
            credential: credential.into(),
            allow: "127.0.0.1:9".into(),
            ..AddRepository::default()
        };
        Repositories::add(&env.engine, &env.principal, form).await.unwrap()
    };
    let staging = create(&env, "staging", placement("", "exact", "")).await.id.to_string();
    let plain = "http://127.0.0.1:9/payments";
    let found = create(&env, "robot", placement("", "exact", plain)).await.id;
    for url in [plain, "oci://127.0.0.1:9"] {
        env.allow(found, url).await;
    }
    // The list shows both as `oci://`; one chooses its credential, the other lets the URL choose.
    let chosen = add("chosen", plain, &staging).await;
    let automatic = add("automatic", "oci://127.0.0.1:9/payments", "automatic").await;
    add("elsewhere", "oci://127.0.0.1:9/payments-2", "").await;
    for url in ["oci://127.0.0.1:9/payments", plain, "https://127.0.0.1:9/payments/"] {
        let told = explain(&env.engine, &env.principal, "", url).await;
        let here: Vec<_> = told
            .repositories
            .iter()
            .map(|one| (one.id, one.link.as_ref().map(|link| link.name.as_str())))
            .collect();
        assert_eq!(here, [(automatic, Some("robot")), (chosen, Some("staging"))], "{url}");
        let expected = (!url.starts_with("https")).then_some(found);
        assert_eq!(winner(&told), expected, "{url}: {told:?}");
    }
    let told = explain(&env.engine, &env.principal, "", "oci://127.0.0.1:9/payments").await;
    assert_eq!(told.url, plain, "it says as what the URL was compared");
    // What matches as https comes first, and nobody else's repositories are shown.
    let secure =
        create(&env, "secure", placement("", "exact", "https://127.0.0.1:9/payments")).await.id;
    env.allow(secure, "https://127.0.0.1:9").await;
    let told = explain(&env.engine, &env.principal, "", "oci://127.0.0.1:9/payments").await;
    assert_eq!(winner(&told), Some(secure));
    let other = TestEnv::organization(&env.db, "Two").await;
    assert!(explain(&env.engine, &other, "", plain).await.repositories.is_empty());
}

async fn a_name_of_docker_hub_is_as_good_as_another(env: TestEnv) {
    let exact = placement("", "exact", "oci://registry-1.docker.io/acme");
    let hub = create(&env, "hub", exact).await.id;
    for url in
        ["oci://docker.io/acme", "https://index.docker.io/acme", "registry-1.docker.io/acme/"]
    {
        let told = explain(&env.engine, &env.principal, "", url).await;
        assert_eq!((winner(&told), told.url.as_str()), (Some(hub), "https://docker.io/acme"));
    }
    place(&env, hub, placement("", "regex", "^https://registry-1\\.docker\\.io/acme")).await;
    let told = explain(&env.engine, &env.principal, "", "oci://docker.io/acme/charts").await;
    assert_eq!(winner(&told), Some(hub));
    // An expression that no URL can match is not stored.
    let detail = Credentials::get(&env.engine, &env.principal, hub).await.unwrap();
    let form = PlaceCredential {
        credential: hub.to_string(),
        row_version: detail.row_version.to_string(),
        placement: placement("", "regex", "^https://Hub.Example.org/acme"),
        ..PlaceCredential::default()
    };
    let refused = Credentials::place(&env.engine, &env.principal, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Pattern).unwrap().contains("lower case"), "{refused:?}");
}
