//! Changes of repositories and their links that meet other changes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::world::{
    World,
    forms::{edited, placement, removal},
    on_both,
    registry::Registry,
};
use domain::{
    Actor, CredentialId, Field, ProjectId, RepositoryId, ServiceError,
    credentials::{DeleteCredential, Placement},
    projects::ProjectForm,
    repositories::{AddRepository, EditRepository, LinkState, RepositoryUrl, ToSync},
    service::{Answer, Credentials, Projects, Repositories},
};
use engine::{Clock, SystemClock};

on_both!(
    the_slower_of_two_edits_hears_of_the_other,
    a_deleted_credential_is_never_linked,
    registries_are_not_asked_without_end,
    r_authz_no_place_leaves_linked_repositories_out_of_reach,
    r_authz_a_replacement_is_within_reach_of_all_it_takes_over,
    r_authz_a_link_across_projects_is_not_in_force,
    r_authz_a_repository_takes_no_credential_to_another_project,
);

async fn edit(
    world: &World,
    repository: RepositoryId,
    url: &str,
    credential: Option<CredentialId>,
) -> Result<RepositoryId, ServiceError> {
    let allow = RepositoryUrl::parse(url).unwrap().authority().to_owned();
    let form = EditRepository { allow, ..edited(&world.look(repository).await, url, credential) };
    Repositories::edit(&world.engine, &world.actor, form).await
}

async fn the_slower_of_two_edits_hears_of_the_other(world: World) {
    let registry = Registry::start(None).await;
    let id = world.repository(&registry, "a", None).await;
    let [bob, eve] = ["Bob", "Eve"].map(|name| Actor { name: name.into(), ..world.actor.clone() });
    for _ in 0..5 {
        let form = EditRepository {
            repository: id.to_string(),
            row_version: world.look(id).await.row_version.to_string(),
            url: registry.url("a"),
            name: "a".into(),
            ..EditRepository::default()
        };
        let (first, second) = tokio::join!(
            Repositories::edit(&world.engine, &bob, form.clone()),
            Repositories::edit(&world.engine, &eve, form),
        );
        let (winner, refused) =
            if first.is_ok() { ("Bob", second.err()) } else { ("Eve", first.err()) };
        assert_eq!(refused, Some(ServiceError::Stale { changed_by: winner.into() }));
    }
}

async fn a_deleted_credential_is_never_linked(world: World) {
    let registry = Registry::start(None).await;
    let scope = world.scope();
    for round in 0..5 {
        let credential = world.credential(&format!("c{round}"), "one").await;
        let id = world.repository(&registry, &format!("edited{round}"), None).await;
        let added = AddRepository {
            url: registry.url(&format!("added{round}")),
            name: format!("added {round}"),
            kind: "helm".into(),
            credential: credential.to_string(),
            allow: registry.authority(),
            ..AddRepository::default()
        };
        let url = registry.url("edited");
        let (added, edited, deleted) = tokio::join!(
            Repositories::add(&world.engine, &world.actor, added),
            edit(&world, id, &url, Some(credential)),
            Credentials::delete(&world.engine, &world.actor, removal(credential, "unlink")),
        );
        deleted.unwrap();
        for answer in [added, edited] {
            match answer {
                Ok(id) => assert_eq!(world.look(id).await.summary.link, None),
                Err(error) => assert!(error.problem_of(Field::Credential).is_some(), "{error:?}"),
            }
        }

        let mut tx = world.db.begin().await.unwrap();
        let now = SystemClock.now();
        let linked =
            storage::repositories::link(&mut tx, scope, id, credential, "https://a:443", now);
        assert_eq!(linked.await.unwrap(), 0);
        assert_eq!(storage::repositories::hold(&mut tx, scope, credential).await.unwrap(), None);
    }
}

async fn registries_are_not_asked_without_end(world: World) {
    let registry = Registry::start(None).await;
    let id = world.repository(&registry, "a", None).await;
    let mut asked = 0;
    let refused = loop {
        match Repositories::sync(&world.engine, &world.actor, ToSync::These(vec![id])).await {
            Ok(_) => asked += 1,
            Err(error) => break error,
        }
        assert!(asked < 1_000);
    };
    assert!(matches!(refused, ServiceError::TooMany { .. }), "{refused:?}");
    assert!(asked >= 60);
    let moved = edit(&world, id, &registry.url("b"), None).await;
    assert!(matches!(moved, Err(ServiceError::TooMany { .. })), "{moved:?}");
    // What reaches no other address is not limited.
    edit(&world, id, &registry.url("a"), None).await.unwrap();
}

async fn team(world: &World) -> ProjectId {
    let form = ProjectForm { name: "team".into(), ..ProjectForm::default() };
    Projects::save(&world.engine, &world.actor, form).await.unwrap()
}

/// Adds a repository to a project.
async fn added(
    world: &World,
    registry: &Registry,
    name: &str,
    project: ProjectId,
    credential: &str,
) -> RepositoryId {
    let form = AddRepository {
        url: registry.url(name),
        name: name.into(),
        kind: "helm".into(),
        credential: credential.into(),
        allow: registry.authority(),
        project: project.to_string(),
        ..AddRepository::default()
    };
    Repositories::add(&world.engine, &world.actor, form).await.unwrap()
}

async fn place(world: &World, id: CredentialId, to: Placement) -> Answer<()> {
    let seen = Credentials::get(&world.engine, &world.actor, id).await.unwrap();
    Credentials::place(&world.engine, &world.actor, placement(&seen, to)).await.map(drop)
}

fn of(project: &str) -> Placement {
    Placement { project: project.into(), ..Placement::default() }
}

async fn r_authz_no_place_leaves_linked_repositories_out_of_reach(world: World) {
    let registry = Registry::start(None).await;
    let (team, id) = (team(&world).await, world.credential("ghcr", "one").await);
    let pattern = |to: &str| Placement { pattern: registry.url("automatic"), ..of(to) };
    place(&world, id, pattern("shared")).await.unwrap();
    let linked = added(&world, &registry, "linked", team, &id.to_string()).await;
    let automatic = added(&world, &registry, "automatic", team, "automatic").await;
    assert_eq!(world.look(automatic).await.summary.link.unwrap().credential, id);

    let refused = Err(ServiceError::InUse(vec!["linked".into()]));
    assert_eq!(place(&world, id, pattern("")).await, refused);
    place(&world, id, pattern(&team.to_string())).await.unwrap();
    assert_eq!(place(&world, id, pattern("")).await, refused);
    world.sync(automatic).await;
    assert_eq!(world.look(automatic).await.summary.link.unwrap().credential, id);

    Repositories::delete(&world.engine, &world.actor, linked).await.unwrap();
    place(&world, id, pattern("")).await.unwrap();
    let target = storage::repositories::target(&world.db, world.scope(), automatic).await.unwrap();
    assert_eq!(target.unwrap().login.unwrap().state, LinkState::Suspended, "until it looks again");
    world.sync(automatic).await;
    assert_eq!(world.look(automatic).await.summary.link, None);
}

async fn r_authz_a_replacement_is_within_reach_of_all_it_takes_over(world: World) {
    let registry = Registry::start(None).await;
    let (team, old) = (team(&world).await, world.credential("old", "one").await);
    place(&world, old, of("shared")).await.unwrap();
    let repository = added(&world, &registry, "charts", team, &old.to_string()).await;
    world.repository(&registry, "of-the-default-project", Some(old)).await;
    let new = world.credential("new", "two").await;
    let replace = || DeleteCredential { replacement: new.to_string(), ..removal(old, "replace") };
    let refused = Credentials::delete(&world.engine, &world.actor, replace()).await.unwrap_err();
    let problem = refused.problem_of(Field::Replacement).unwrap();
    assert!(problem.contains("charts") && !problem.contains("of-the-default"), "{problem}");
    assert_eq!(world.look(repository).await.summary.link.unwrap().credential, old);

    place(&world, new, of("shared")).await.unwrap();
    Credentials::delete(&world.engine, &world.actor, replace()).await.unwrap();
    assert_eq!(world.look(repository).await.summary.link.unwrap().credential, new);
}

async fn r_authz_a_link_across_projects_is_not_in_force(world: World) {
    let registry = Registry::start(None).await;
    let (team, id) = (team(&world).await, world.credential("ghcr", "one").await);
    let repository = added(&world, &registry, "charts", team, "").await;
    let origin = RepositoryUrl::parse(&registry.url("charts")).unwrap().origin();
    let (scope, now) = (world.scope(), SystemClock.now());
    let mut tx = world.db.begin().await.unwrap();
    storage::repositories::link(&mut tx, scope, repository, id, &origin, now).await.unwrap();
    tx.commit().await.unwrap();
    let state = async || {
        let target = storage::repositories::target(&world.db, scope, repository).await.unwrap();
        target.unwrap().login.unwrap().state
    };
    assert_eq!(state().await, LinkState::Suspended);
    let before = registry.logins();
    world.sync(repository).await;
    assert_eq!(registry.logins(), before);
    place(&world, id, of("shared")).await.unwrap();
    assert_eq!(state().await, LinkState::Active);
}

async fn r_authz_a_repository_takes_no_credential_to_another_project(world: World) {
    let registry = Registry::start(None).await;
    let (team, id) = (team(&world).await, world.credential("ghcr", "one").await);
    let repository = world.repository(&registry, "charts", Some(id)).await;
    let form = EditRepository {
        project: team.to_string(),
        ..edited(&world.look(repository).await, &registry.url("charts"), Some(id))
    };
    let refused = Repositories::edit(&world.engine, &world.actor, form.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");
    place(&world, id, of("shared")).await.unwrap();
    Repositories::edit(&world.engine, &world.actor, form).await.unwrap();
    assert_eq!(world.look(repository).await.summary.link.unwrap().credential, id);
}
