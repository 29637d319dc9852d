//! Changes of repositories and their links that meet other changes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod world;

use domain::{
    Actor, CredentialId, Field, RepositoryId, ServiceError,
    repositories::{AddRepository, EditRepository},
    service::{Credentials, Repositories},
};
use engine::{Clock, SystemClock};
use world::{
    World,
    forms::{edited, removal},
    on_both,
    registry::Registry,
};

on_both!(
    the_slower_of_two_edits_hears_of_the_other,
    a_deleted_credential_is_never_linked,
    registries_are_not_asked_without_end,
);

async fn edit(
    world: &World,
    repository: RepositoryId,
    url: &str,
    credential: Option<CredentialId>,
) -> Result<RepositoryId, ServiceError> {
    let form = edited(&world.look(repository).await, url, credential);
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
        match Repositories::sync(&world.engine, &world.actor, vec![id]).await {
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
