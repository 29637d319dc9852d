//! Changes of repositories and their links that meet other changes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv,
    forms::{changed, edited, placement, removal},
    on_both,
    registry::Registry,
};
use domain::{
    CredentialId, Field, ProjectId, RepositoryId, Role, ServiceError,
    credentials::{DeleteCredential, Placement},
    projects::ProjectForm,
    repositories::{AddRepository, EditRepository, LinkState, RepositorySelection, RepositoryUrl},
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
    env: &TestEnv,
    repository: RepositoryId,
    url: &str,
    credential: Option<CredentialId>,
) -> Result<RepositoryId, ServiceError> {
    let allow = RepositoryUrl::parse(url).unwrap().authority().to_owned();
    let form = changed(edited(&env.look(repository).await, url, credential), |fields| {
        fields.allow = allow;
    });
    Repositories::edit(&env.engine, &env.principal, form).await
}

async fn the_slower_of_two_edits_hears_of_the_other(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "a", None).await;
    let bob = env.member("Bob", Role::Owner).await;
    let eve = env.member("Eve", Role::Owner).await;
    for _ in 0..5 {
        let form = EditRepository {
            repository: id.to_string(),
            row_version: env.look(id).await.row_version.to_string(),
            fields: AddRepository {
                url: registry.url("a").into(),
                name: "a".into(),
                ..AddRepository::default()
            },
        };
        let (first, second) = tokio::join!(
            Repositories::edit(&env.engine, &bob, form.clone()),
            Repositories::edit(&env.engine, &eve, form),
        );
        let (winner, refused) =
            if first.is_ok() { ("Bob", second.err()) } else { ("Eve", first.err()) };
        assert_eq!(refused, Some(ServiceError::Stale { changed_by: winner.into() }));
    }
}

async fn a_deleted_credential_is_never_linked(env: TestEnv) {
    let registry = Registry::start(None).await;
    let scope = env.scope();
    for round in 0..5 {
        let credential = env.credential(&format!("c{round}"), "one").await;
        let id = env.repository(&registry, &format!("edited{round}"), None).await;
        let added = AddRepository {
            url: registry.url(&format!("added{round}")).into(),
            name: format!("added {round}"),
            kind: "helm".into(),
            credential: credential.to_string(),
            allow: registry.authority(),
            ..AddRepository::default()
        };
        let url = registry.url("edited");
        let (added, edited, deleted) = tokio::join!(
            Repositories::add(&env.engine, &env.principal, added),
            edit(&env, id, &url, Some(credential)),
            Credentials::delete(&env.engine, &env.principal, removal(credential, "unlink")),
        );
        deleted.unwrap();
        for answer in [added, edited] {
            match answer {
                Ok(id) => assert_eq!(env.look(id).await.summary.link, None),
                Err(error) => assert!(error.problem_of(Field::Credential).is_some(), "{error:?}"),
            }
        }

        let mut tx = env.db.begin().await.unwrap();
        let now = SystemClock.now();
        let linked =
            storage::repositories::link(&mut tx, scope, id, credential, "https://a:443", now);
        assert_eq!(linked.await.unwrap(), 0);
        assert_eq!(storage::repositories::lock(&mut tx, scope, credential).await.unwrap(), None);
    }
}

async fn registries_are_not_asked_without_end(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "a", None).await;
    let mut asked = 0;
    let refused = loop {
        match Repositories::sync(&env.engine, &env.principal, RepositorySelection::These(vec![id]))
            .await
        {
            Ok(_) => asked += 1,
            Err(error) => break error,
        }
        assert!(asked < 1_000);
    };
    assert!(matches!(refused, ServiceError::TooMany { .. }), "{refused:?}");
    assert!(asked >= 60);
    let moved = edit(&env, id, &registry.url("b"), None).await;
    assert!(matches!(moved, Err(ServiceError::TooMany { .. })), "{moved:?}");
    // What reaches no other address is not limited.
    edit(&env, id, &registry.url("a"), None).await.unwrap();
}

async fn team(env: &TestEnv) -> ProjectId {
    let form = ProjectForm { name: "team".into(), ..ProjectForm::default() };
    Projects::save(&env.engine, &env.principal, form).await.unwrap()
}

/// Adds a repository to a project.
async fn added(
    env: &TestEnv,
    registry: &Registry,
    name: &str,
    project: ProjectId,
    credential: &str,
) -> RepositoryId {
    let form = AddRepository {
        url: registry.url(name).into(),
        name: name.into(),
        kind: "helm".into(),
        credential: credential.into(),
        allow: registry.authority(),
        project: project.to_string(),
        ..AddRepository::default()
    };
    Repositories::add(&env.engine, &env.principal, form).await.unwrap()
}

async fn place(env: &TestEnv, id: CredentialId, to: Placement) -> Answer<()> {
    let seen = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    Credentials::place(&env.engine, &env.principal, placement(&seen, to)).await.map(drop)
}

fn of(project: &str) -> Placement {
    Placement { project: project.into(), ..Placement::default() }
}

async fn r_authz_no_place_leaves_linked_repositories_out_of_reach(env: TestEnv) {
    let registry = Registry::start(None).await;
    let (team, id) = (team(&env).await, env.credential("ghcr", "one").await);
    let pattern = |to: &str| Placement { pattern: registry.url("automatic"), ..of(to) };
    place(&env, id, pattern("shared")).await.unwrap();
    let linked = added(&env, &registry, "linked", team, &id.to_string()).await;
    let automatic = added(&env, &registry, "automatic", team, "automatic").await;
    assert_eq!(env.look(automatic).await.summary.link.unwrap().credential, id);

    let refused = Err(ServiceError::InUse(vec!["linked".into()]));
    assert_eq!(place(&env, id, pattern("")).await, refused);
    place(&env, id, pattern(&team.to_string())).await.unwrap();
    assert_eq!(place(&env, id, pattern("")).await, refused);
    env.sync(automatic).await;
    assert_eq!(env.look(automatic).await.summary.link.unwrap().credential, id);

    Repositories::delete(&env.engine, &env.principal, linked).await.unwrap();
    place(&env, id, pattern("")).await.unwrap();
    let target = storage::repositories::target(&env.db, env.scope(), automatic).await.unwrap();
    assert_eq!(target.unwrap().login.unwrap().state, LinkState::Suspended, "until it looks again");
    env.sync(automatic).await;
    assert_eq!(env.look(automatic).await.summary.link, None);
}

async fn r_authz_a_replacement_is_within_reach_of_all_it_takes_over(env: TestEnv) {
    let registry = Registry::start(None).await;
    let (team, old) = (team(&env).await, env.credential("old", "one").await);
    place(&env, old, of("shared")).await.unwrap();
    let repository = added(&env, &registry, "charts", team, &old.to_string()).await;
    env.repository(&registry, "of-the-default-project", Some(old)).await;
    let new = env.credential("new", "two").await;
    let replace = || DeleteCredential { replacement: new.to_string(), ..removal(old, "replace") };
    let refused = Credentials::delete(&env.engine, &env.principal, replace()).await.unwrap_err();
    let problem = refused.problem_of(Field::Replacement).unwrap();
    assert!(problem.contains("charts") && !problem.contains("of-the-default"), "{problem}");
    assert_eq!(env.look(repository).await.summary.link.unwrap().credential, old);

    place(&env, new, of("shared")).await.unwrap();
    Credentials::delete(&env.engine, &env.principal, replace()).await.unwrap();
    assert_eq!(env.look(repository).await.summary.link.unwrap().credential, new);
}

async fn r_authz_a_link_across_projects_is_not_in_force(env: TestEnv) {
    let registry = Registry::start(None).await;
    let (team, id) = (team(&env).await, env.credential("ghcr", "one").await);
    let repository = added(&env, &registry, "charts", team, "").await;
    let origin = RepositoryUrl::parse(&registry.url("charts")).unwrap().origin();
    let (scope, now) = (env.scope(), SystemClock.now());
    let mut tx = env.db.begin().await.unwrap();
    storage::repositories::link(&mut tx, scope, repository, id, &origin, now).await.unwrap();
    tx.commit().await.unwrap();
    let state = async || {
        let target = storage::repositories::target(&env.db, scope, repository).await.unwrap();
        target.unwrap().login.unwrap().state
    };
    assert_eq!(state().await, LinkState::Suspended);
    let before = registry.logins();
    env.sync(repository).await;
    assert_eq!(registry.logins(), before);
    place(&env, id, of("shared")).await.unwrap();
    assert_eq!(state().await, LinkState::Active);
}

async fn r_authz_a_repository_takes_no_credential_to_another_project(env: TestEnv) {
    let registry = Registry::start(None).await;
    let (team, id) = (team(&env).await, env.credential("ghcr", "one").await);
    let repository = env.repository(&registry, "charts", Some(id)).await;
    let form =
        changed(edited(&env.look(repository).await, &registry.url("charts"), Some(id)), |fields| {
            fields.project = team.to_string();
        });
    let refused = Repositories::edit(&env.engine, &env.principal, form.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");
    place(&env, id, of("shared")).await.unwrap();
    Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(env.look(repository).await.summary.link.unwrap().credential, id);
}
