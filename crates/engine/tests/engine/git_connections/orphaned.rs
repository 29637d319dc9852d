//! Tokens that nobody keeps are revoked, and those that somebody keeps are not.

use std::time::Duration;

use domain::ServiceError;
use engine::Clock;

use crate::{
    git_connections::{door::Door, side::Side},
    world::{World, on_both},
};

on_both!(
    r_oauth_07_tokens_renewed_for_a_deleted_credential_are_revoked,
    tokens_that_count_are_not_revoked_when_their_scopes_are_not_noted,
);

/// Vault goes away while GitHub renews, and another replica ends a deletion that had its answer from
/// GitHub before.
async fn r_oauth_07_tokens_renewed_for_a_deleted_credential_are_revoked(world: World) {
    let door = Door::before(world.vault_config()).await;
    let side = Side::with(world, door.config.clone()).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    let (handle, db, scope) = (door.handle(), side.world.db.clone(), side.world.scope());
    let now = side.clock.now();
    side.stub.after_renewal(move || {
        handle.send_replace(false);
        let db = db.clone();
        tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            storage::credentials::tombstone(&mut tx, scope, id, "Bob", now).await.unwrap();
            storage::credentials::abandon(&mut tx, scope, id, now).await.unwrap();
            tx.commit().await.unwrap();
        });
    });
    assert_eq!(side.look(&side.ada, id).await, Err(ServiceError::NotFound));
    assert_eq!((side.stub.refreshed(), side.stub.revoked()), (1, 1));
    assert!(side.stub.living().is_empty());
}

async fn tokens_that_count_are_not_revoked_when_their_scopes_are_not_noted(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    let before = side.stub.living();
    side.clock.advance(Duration::from_mins(1));
    if side.world.is_sqlite() {
        side.world
            .sql(
                "create trigger kept before update of connected_at on git_connections
                 begin select raise(abort, 'no'); end",
            )
            .await;
    } else {
        side.world
            .sql(
                "create function refuse() returns trigger language plpgsql
                 as $$ begin raise exception 'no'; end $$",
            )
            .await;
        side.world
            .sql(
                "create trigger kept before update of connected_at on git_connections
                 for each row execute function refuse()",
            )
            .await;
    }
    assert_eq!(side.connect(&side.ada).await, Ok(id));
    let now = side.stub.living();
    assert_eq!((now.len(), side.stub.revoked()), (1, 1), "the old one is revoked");
    assert_ne!(now, before);
    assert_eq!(side.look(&side.ada, id).await, Ok(0), "the account works");
}
