//! Repositories whose URL chooses the credential.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::world::{
    World,
    forms::{edited, removal},
    on_both,
    registry::Registry,
};
use domain::{
    CredentialId, Field, ProjectId, RepositoryId,
    audit::{AuditAction, AuditQuery},
    credentials::{PlaceCredential, Placement},
    projects::ProjectForm,
    repositories::{AddRepository, EditRepository, Link, LinkState},
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
async fn place(world: &World, id: CredentialId, placement: Placement) {
    let detail = Credentials::get(&world.engine, &world.actor, id).await.unwrap();
    let form = PlaceCredential {
        credential: id.to_string(),
        row_version: detail.row_version.to_string(),
        placement,
    };
    Credentials::place(&world.engine, &world.actor, form).await.unwrap();
}

fn pattern(text: &str) -> Placement {
    Placement { pattern: text.into(), pattern_kind: "regex".into(), ..Placement::default() }
}

fn everything_at(registry: &Registry) -> String {
    format!("^http://127\\.0\\.0\\.1:{}/", registry.port())
}

async fn automatic(world: &World, registry: &Registry, project: &str) -> RepositoryId {
    let form = AddRepository {
        url: registry.url("a"),
        name: format!("automatic {project}"),
        kind: "helm".into(),
        credential: "automatic".into(),
        project: project.into(),
        ..AddRepository::default()
    };
    Repositories::add(&world.engine, &world.actor, form).await.unwrap()
}

async fn link(world: &World, id: RepositoryId) -> Option<Link> {
    world.look(id).await.summary.link
}

async fn linked(world: &World, id: RepositoryId) -> Option<String> {
    link(world, id).await.map(|link| link.name)
}

/// Waits until the link is that of this credential.
async fn comes_to(world: &World, id: RepositoryId, name: Option<&str>) {
    for _ in 0..400 {
        if linked(world, id).await.as_deref() == name {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("still {:?} and not {name:?}", link(world, id).await);
}

async fn an_explicit_choice_wins(world: World) {
    let registry = Registry::start(Some("one")).await;
    let (chosen, matching) =
        (world.credential("b chosen", "one").await, world.credential("a matching", "other").await);
    place(&world, matching, pattern(&everything_at(&registry))).await;
    let id = world.repository(&registry, "a", Some(chosen)).await;
    let plain = world.repository(&registry, "b", None).await;
    let workers = world.workers();
    world.synced(&[id, plain]).await;
    assert_eq!(world.sync(id).await, None);
    let link = link(&world, id).await.unwrap();
    assert_eq!((link.credential, link.is_automatic), (chosen, false));
    assert_eq!(linked(&world, plain).await, None, "nothing was chosen, and nothing is sent");
    assert!(!world.look(plain).await.is_automatic);
    workers.stop().await;
}

async fn the_link_follows_patterns_and_deletions(world: World) {
    let registry = Registry::start(Some("one")).await;
    let (a, b) = (world.credential("a", "one").await, world.credential("b", "one").await);
    for id in [a, b] {
        world.allow(id, &registry.url("")).await;
    }
    let workers = world.workers();
    let id = automatic(&world, &registry, "").await;
    assert_eq!(linked(&world, id).await, None);
    place(&world, b, pattern(&everything_at(&registry))).await;
    comes_to(&world, id, Some("b")).await;
    let found = link(&world, id).await.unwrap();
    assert_eq!((found.is_automatic, found.state), (true, LinkState::Active));
    // Of two that match, the first by name.
    place(&world, a, pattern(&everything_at(&registry))).await;
    comes_to(&world, id, Some("a")).await;
    Credentials::delete(&world.engine, &world.actor, removal(a, "unlink")).await.unwrap();
    comes_to(&world, id, Some("b")).await;
    place(&world, b, Placement::default()).await;
    comes_to(&world, id, None).await;
    assert!(world.look(id).await.is_automatic);
    workers.stop().await;

    let told = async |action| {
        let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
        Audit::list(&world.engine, &world.actor, query).await.unwrap().rows.len()
    };
    assert_eq!(told(AuditAction::LinkSet).await, 3);
    assert!(told(AuditAction::LinkRemoved).await >= 1);
}

async fn the_link_follows_at_the_next_sync_by_itself(world: World) {
    let registry = Registry::start(Some("one")).await;
    let a = world.credential("a", "one").await;
    world.allow(a, &registry.url("")).await;
    let id = automatic(&world, &registry, "").await;
    assert_eq!(world.sync(id).await, Some(domain::Cause::NoCredential));
    place(&world, a, pattern(&everything_at(&registry))).await;
    assert_eq!(world.sync(id).await, None);
    assert_eq!(linked(&world, id).await.as_deref(), Some("a"));
    place(&world, a, Placement::default()).await;
    let logins = registry.logins();
    assert_eq!(world.sync(id).await, Some(domain::Cause::NoCredential));
    assert_eq!(registry.logins(), logins, "it is not sent where it does not belong any more");
}

async fn project(world: &World, name: &str) -> ProjectId {
    let form = ProjectForm { name: name.into(), ..ProjectForm::default() };
    Projects::save(&world.engine, &world.actor, form).await.unwrap()
}

async fn another_projects_credential_is_not_used(world: World) {
    let registry = Registry::start(Some("one")).await;
    let [blue, red] = [project(&world, "blue").await, project(&world, "red").await];
    let id = world.credential("a", "one").await;
    world.allow(id, &registry.url("")).await;
    let of = |project: String| Placement { project, ..pattern(&everything_at(&registry)) };
    place(&world, id, of(blue.to_string())).await;
    let (ours, theirs) = (
        automatic(&world, &registry, &blue.to_string()).await,
        automatic(&world, &registry, &red.to_string()).await,
    );
    assert_eq!(linked(&world, ours).await.as_deref(), Some("a"));
    assert_eq!(linked(&world, theirs).await, None);
    assert_eq!(world.look(ours).await.summary.project_name, "blue");

    let explicit = AddRepository {
        url: registry.url("x"),
        kind: "helm".into(),
        credential: id.to_string(),
        allow: registry.authority(),
        project: red.to_string(),
        ..AddRepository::default()
    };
    let refused =
        Repositories::add(&world.engine, &world.actor, explicit.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");
    // Nor does a repository take one along to another project.
    let detail = world.look(ours).await;
    let moved = EditRepository {
        project: red.to_string(),
        ..edited(&detail, &registry.url("a"), Some(id))
    };
    let refused = Repositories::edit(&world.engine, &world.actor, moved).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");

    place(&world, id, of("shared".into())).await;
    Repositories::add(&world.engine, &world.actor, explicit).await.unwrap();
    assert_eq!(world.sync(theirs).await, None);
    assert_eq!(linked(&world, theirs).await.as_deref(), Some("a"));
    let unknown = AddRepository {
        url: registry.url("y"),
        project: ProjectId::new().to_string(),
        ..AddRepository::default()
    };
    let refused = Repositories::add(&world.engine, &world.actor, unknown).await.unwrap_err();
    assert!(refused.problem_of(Field::Project).is_some(), "{refused:?}");
}

async fn a_new_address_chooses_anew(world: World) {
    let (here, there) = (Registry::start(Some("one")).await, Registry::start(Some("one")).await);
    let a = world.credential("a", "one").await;
    world.allow(a, &here.url("")).await;
    place(&world, a, pattern(&everything_at(&here))).await;
    let id = automatic(&world, &here, "").await;
    assert_eq!(linked(&world, id).await.as_deref(), Some("a"));
    let to = async |url: String| {
        let form = EditRepository {
            credential: "automatic".into(),
            ..edited(&world.look(id).await, &url, None)
        };
        Repositories::edit(&world.engine, &world.actor, form).await.unwrap();
    };
    to(there.url("a")).await;
    assert_eq!(linked(&world, id).await, None, "nobody agreed to this address");
    assert_eq!(world.sync(id).await, Some(domain::Cause::NoCredential));
    assert_eq!(there.logins(), 0);
    to(here.url("b")).await;
    let found = link(&world, id).await.unwrap();
    assert_eq!((found.credential, found.state), (a, LinkState::Active));
    // From now on a person chooses.
    let form = edited(&world.look(id).await, &here.url("b"), Some(a));
    Repositories::edit(&world.engine, &world.actor, form).await.unwrap();
    place(&world, a, Placement::default()).await;
    assert_eq!(world.sync(id).await, None);
    assert_eq!(linked(&world, id).await.as_deref(), Some("a"));
}

async fn a_delivery_to_a_lost_link_leads_to_the_winner(world: World) {
    let registry = Registry::start(Some("one")).await;
    let (a, b) = (world.credential("a", "one").await, world.credential("b", "one").await);
    for id in [a, b] {
        world.allow(id, &registry.url("")).await;
    }
    place(&world, b, pattern(&everything_at(&registry))).await;
    let id = automatic(&world, &registry, "").await;
    let propagation = world.update(b, "two").await;
    place(&world, a, pattern(&everything_at(&registry))).await;
    let workers = world.workers();
    let progress = world.end_of(propagation).await;
    assert_eq!(progress.counts.superseded, 1);
    comes_to(&world, id, Some("a")).await;
    world.synced(&[id]).await;
    workers.stop().await;
    assert_eq!(world.sync(id).await, None);
}
