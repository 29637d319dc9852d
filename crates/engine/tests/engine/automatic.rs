//! Repositories whose URL chooses the credential.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::env::{
    TestEnv,
    forms::{changed, edited, removal},
    on_both,
    registry::Registry,
};
use domain::{
    CredentialId, Field, ProjectId, RepositoryId,
    audit::{AuditAction, AuditQuery},
    credentials::{PlaceCredential, Placement},
    projects::ProjectForm,
    repositories::{AddRepository, Link, LinkState},
    service::{Audit, Credentials, Projects, Repositories},
};

on_both!(
    an_explicit_choice_wins,
    the_link_follows_patterns_and_deletions,
    the_link_follows_at_the_next_sync_by_itself,
    another_projects_credential_is_not_used,
    a_new_address_chooses_anew,
    a_delivery_to_a_lost_link_leads_to_the_winner,
);

/// Says where a credential applies.
async fn place(env: &TestEnv, id: CredentialId, placement: Placement) {
    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let form = PlaceCredential {
        credential: id.to_string(),
        row_version: detail.row_version.to_string(),
        placement,
        ..PlaceCredential::default()
    };
    Credentials::place(&env.engine, &env.principal, form).await.unwrap();
}

fn pattern(text: &str) -> Placement {
    Placement { pattern: text.into(), pattern_kind: "regex".into(), ..Placement::default() }
}

fn everything_at(registry: &Registry) -> String {
    format!("^http://127\\.0\\.0\\.1:{}/", registry.port())
}

async fn automatic(env: &TestEnv, registry: &Registry, project: &str) -> RepositoryId {
    let form = AddRepository {
        url: registry.url("a").into(),
        name: format!("automatic {project}"),
        kind: "helm".into(),
        credential: "automatic".into(),
        project: project.into(),
        ..AddRepository::default()
    };
    Repositories::add(&env.engine, &env.principal, form).await.unwrap()
}

async fn link(env: &TestEnv, id: RepositoryId) -> Option<Link> {
    env.look(id).await.summary.link
}

async fn linked(env: &TestEnv, id: RepositoryId) -> Option<String> {
    link(env, id).await.map(|link| link.name)
}

/// Waits until the link is that of this credential.
async fn comes_to(env: &TestEnv, id: RepositoryId, name: Option<&str>) {
    for _ in 0..400 {
        if linked(env, id).await.as_deref() == name {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("still {:?} and not {name:?}", link(env, id).await);
}

async fn an_explicit_choice_wins(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let (chosen, matching) =
        (env.credential("b chosen", "one").await, env.credential("a matching", "other").await);
    place(&env, matching, pattern(&everything_at(&registry))).await;
    let id = env.repository(&registry, "a", Some(chosen)).await;
    let plain = env.repository(&registry, "b", None).await;
    let workers = env.workers();
    env.synced(&[id, plain]).await;
    assert_eq!(env.sync(id).await, None);
    let link = link(&env, id).await.unwrap();
    assert_eq!((link.credential, link.is_automatic), (chosen, false));
    assert_eq!(linked(&env, plain).await, None, "nothing was chosen, and nothing is sent");
    assert!(!env.look(plain).await.is_automatic);
    workers.stop().await;
}

async fn the_link_follows_patterns_and_deletions(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let (a, b) = (env.credential("a", "one").await, env.credential("b", "one").await);
    for id in [a, b] {
        env.allow(id, &registry.url("")).await;
    }
    let workers = env.workers();
    let id = automatic(&env, &registry, "").await;
    assert_eq!(linked(&env, id).await, None);
    place(&env, b, pattern(&everything_at(&registry))).await;
    comes_to(&env, id, Some("b")).await;
    let found = link(&env, id).await.unwrap();
    assert_eq!((found.is_automatic, found.state), (true, LinkState::Active));
    // Of two that match, the first by name.
    place(&env, a, pattern(&everything_at(&registry))).await;
    comes_to(&env, id, Some("a")).await;
    Credentials::delete(&env.engine, &env.principal, removal(a, "unlink")).await.unwrap();
    comes_to(&env, id, Some("b")).await;
    place(&env, b, Placement::default()).await;
    comes_to(&env, id, None).await;
    assert!(env.look(id).await.is_automatic);
    workers.stop().await;

    let told = async |action| {
        let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
        Audit::list(&env.engine, &env.principal, query).await.unwrap().rows.len()
    };
    assert_eq!(told(AuditAction::LinkSet).await, 3);
    assert!(told(AuditAction::LinkRemoved).await >= 1);
}

async fn the_link_follows_at_the_next_sync_by_itself(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let a = env.credential("a", "one").await;
    env.allow(a, &registry.url("")).await;
    let id = automatic(&env, &registry, "").await;
    assert_eq!(env.sync(id).await, Some(domain::Cause::NoCredential));
    place(&env, a, pattern(&everything_at(&registry))).await;
    assert_eq!(env.sync(id).await, None);
    assert_eq!(linked(&env, id).await.as_deref(), Some("a"));
    place(&env, a, Placement::default()).await;
    let logins = registry.logins();
    assert_eq!(env.sync(id).await, Some(domain::Cause::NoCredential));
    assert_eq!(registry.logins(), logins, "it is not sent where it does not belong any more");
}

async fn project(env: &TestEnv, name: &str) -> ProjectId {
    let form = ProjectForm { name: name.into(), ..ProjectForm::default() };
    Projects::save(&env.engine, &env.principal, form).await.unwrap()
}

async fn another_projects_credential_is_not_used(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let [blue, red] = [project(&env, "blue").await, project(&env, "red").await];
    let id = env.credential("a", "one").await;
    env.allow(id, &registry.url("")).await;
    let of = |project: String| Placement { project, ..pattern(&everything_at(&registry)) };
    place(&env, id, of(blue.to_string())).await;
    let (ours, theirs) = (
        automatic(&env, &registry, &blue.to_string()).await,
        automatic(&env, &registry, &red.to_string()).await,
    );
    assert_eq!(linked(&env, ours).await.as_deref(), Some("a"));
    assert_eq!(linked(&env, theirs).await, None);
    assert_eq!(env.look(ours).await.summary.project_name, "blue");

    let explicit = AddRepository {
        url: registry.url("x").into(),
        kind: "helm".into(),
        credential: id.to_string(),
        allow: registry.authority(),
        project: red.to_string(),
        ..AddRepository::default()
    };
    let refused =
        Repositories::add(&env.engine, &env.principal, explicit.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");
    // Nor does a repository take one along to another project.
    let detail = env.look(ours).await;
    let moved = changed(edited(&detail, &registry.url("a"), Some(id)), |fields| {
        fields.project = red.to_string();
    });
    let refused = Repositories::edit(&env.engine, &env.principal, moved).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");

    place(&env, id, of("shared".into())).await;
    Repositories::add(&env.engine, &env.principal, explicit).await.unwrap();
    assert_eq!(env.sync(theirs).await, None);
    assert_eq!(linked(&env, theirs).await.as_deref(), Some("a"));
    let unknown = AddRepository {
        url: registry.url("y").into(),
        project: ProjectId::new().to_string(),
        ..AddRepository::default()
    };
    let refused = Repositories::add(&env.engine, &env.principal, unknown).await.unwrap_err();
    assert!(refused.problem_of(Field::Project).is_some(), "{refused:?}");
}

async fn a_new_address_chooses_anew(env: TestEnv) {
    let (here, there) = (Registry::start(Some("one")).await, Registry::start(Some("one")).await);
    let a = env.credential("a", "one").await;
    env.allow(a, &here.url("")).await;
    place(&env, a, pattern(&everything_at(&here))).await;
    let id = automatic(&env, &here, "").await;
    assert_eq!(linked(&env, id).await.as_deref(), Some("a"));
    let to = async |url: String| {
        let form = changed(edited(&env.look(id).await, &url, None), |fields| {
            fields.credential = "automatic".into();
        });
        Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    };
    to(there.url("a")).await;
    assert_eq!(linked(&env, id).await, None, "nobody agreed to this address");
    assert_eq!(env.sync(id).await, Some(domain::Cause::NoCredential));
    assert_eq!(there.logins(), 0);
    to(here.url("b")).await;
    let found = link(&env, id).await.unwrap();
    assert_eq!((found.credential, found.state), (a, LinkState::Active));
    // From now on a person chooses.
    let form = edited(&env.look(id).await, &here.url("b"), Some(a));
    Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    place(&env, a, Placement::default()).await;
    assert_eq!(env.sync(id).await, None);
    assert_eq!(linked(&env, id).await.as_deref(), Some("a"));
}

async fn a_delivery_to_a_lost_link_leads_to_the_winner(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let (a, b) = (env.credential("a", "one").await, env.credential("b", "one").await);
    for id in [a, b] {
        env.allow(id, &registry.url("")).await;
    }
    place(&env, b, pattern(&everything_at(&registry))).await;
    let id = automatic(&env, &registry, "").await;
    let propagation = env.update(b, "two").await;
    place(&env, a, pattern(&everything_at(&registry))).await;
    let workers = env.workers();
    let progress = env.end_of(propagation).await;
    assert_eq!(progress.counts.superseded, 1);
    comes_to(&env, id, Some("a")).await;
    env.synced(&[id]).await;
    workers.stop().await;
    assert_eq!(env.sync(id).await, None);
}
