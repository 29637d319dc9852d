//! Tokens that nobody keeps are revoked, and those that somebody keeps are not.

use std::time::Duration;

use domain::ServiceError;
use engine::Clock;

use crate::{
    env::{TestEnv, on_both},
    git_accounts::{fault_proxy::FaultProxy, replica::Replica},
};

on_both!(
    r_oauth_07_tokens_renewed_for_a_deleted_credential_are_revoked,
    tokens_that_count_are_not_revoked_when_their_scopes_are_not_noted,
);

/// Vault goes away while GitHub renews, and another replica ends a deletion that had its answer from
/// GitHub before.
async fn r_oauth_07_tokens_renewed_for_a_deleted_credential_are_revoked(env: TestEnv) {
    let proxy = FaultProxy::before(env.vault_config()).await;
    let replica = Replica::with(env, proxy.config.clone()).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    let (handle, db, scope) = (proxy.handle(), replica.env.db.clone(), replica.env.scope());
    let now = replica.clock.now();
    replica.stub.after_renewal(move || {
        handle.send_replace(false);
        let db = db.clone();
        tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            storage::credentials::tombstone(&mut tx, scope, id, "Bob", now).await.unwrap();
            storage::credentials::abandon(&mut tx, scope, id, now).await.unwrap();
            tx.commit().await.unwrap();
        });
    });
    assert_eq!(replica.look(&replica.ada, id).await, Err(ServiceError::NotFound));
    assert_eq!((replica.stub.refreshed(), replica.stub.revoked()), (1, 1));
    assert!(replica.stub.living().is_empty());
}

async fn tokens_that_count_are_not_revoked_when_their_scopes_are_not_noted(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    let before = replica.stub.living();
    replica.clock.advance(Duration::from_mins(1));
    if replica.env.is_sqlite() {
        replica
            .env
            .sql(
                "create trigger kept before update of connected_at on git_connections
                 begin select raise(abort, 'no'); end",
            )
            .await;
    } else {
        replica
            .env
            .sql(
                "create function refuse() returns trigger language plpgsql
                 as $$ begin raise exception 'no'; end $$",
            )
            .await;
        replica
            .env
            .sql(
                "create trigger kept before update of connected_at on git_connections
                 for each row execute function refuse()",
            )
            .await;
    }
    assert_eq!(replica.connect(&replica.ada).await, Ok(id));
    let now = replica.stub.living();
    assert_eq!((now.len(), replica.stub.revoked()), (1, 1), "the old one is revoked");
    assert_ne!(now, before);
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0), "the account works");
}
