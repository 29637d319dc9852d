//! SQL and Vault stay of one mind, whatever fails between them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use crate::world::{
    Workers, World,
    forms::{change, new, removal},
    on_both,
    registry::Registry,
    sea::{DEADLINE, Sea, raw::Raw},
};
use connectors::vault::{VaultConfig, VaultError};
use domain::{
    Cause, Field, OperationId, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::{CredentialState, UpdateCredential},
    service::{Audit, Credentials},
};
use engine::{Clock, Error};
use storage::credentials::{Ended, Step};

on_both!(
    f2_an_intent_without_a_secret_is_given_up,
    f2_an_intent_of_a_killed_process_is_taken_back_when_the_next_one_starts,
    f2_a_credential_that_never_came_to_be_frees_its_name,
    f1_a_stored_secret_is_rolled_forward,
    f1_a_stored_first_secret_is_rolled_forward,
    f3_a_late_duplicate_is_never_used,
    f9_a_late_secret_of_a_deleted_credential_goes,
    f4_without_vault_nothing_changes,
    f5_a_missing_version_changes_no_state,
    f5_an_empty_vault_changes_nothing,
    one_operation_keeps_no_other_from_its_end,
    a_name_taken_meanwhile_is_told_in_the_log,
    what_was_written_by_hand_is_not_overwritten,
    i_05_nothing_is_decided_before_its_time,
    i_08_a_swapped_secret_is_refused,
);

async fn f2_an_intent_without_a_secret_is_given_up(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.intend(id).await;
    assert_eq!(sea.get(id).await.state, CredentialState::Updating);
    assert_eq!(sea.password(id).await, "old");
    let busy = sea.update(id, "meanwhile").await;
    assert_eq!(busy, Err(ServiceError::UnderWay), "nobody is told that they changed it themselves");

    assert_eq!(sea.recover().await, 1);
    let detail = sea.get(id).await;
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));
    assert_eq!((detail.row_version, detail.username.as_str()), (1, "robot"));
    assert_eq!(detail.description, "");
    assert_eq!(sea.logged(AuditAction::CredentialUpdateAborted).await, 1);
    assert_eq!(sea.recover().await, 0);
    sea.update(id, "new").await.unwrap();
    assert_eq!(sea.password(id).await, "new");
}

/// SQLite has one process, so what is open when it starts was left by one that is gone. On PostgreSQL
/// another replica may be at it.
async fn f2_an_intent_of_a_killed_process_is_taken_back_when_the_next_one_starts(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.intend(id).await;
    sea.clock.advance(Duration::from_millis(1));
    let clock = Arc::clone(&sea.clock) as Arc<dyn Clock>;
    let next = sea.world.engine_with(clock, sea.world.vault_config()).await;
    let at_once = sea.world.is_sqlite();
    if at_once {
        let workers = Workers::of(&next);
        for _ in 0..200 {
            if sea.get(id).await.state == CredentialState::Active {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        workers.stop().await;
        assert_eq!(sea.get(id).await.state, CredentialState::Active, "no clock was moved");
        sea.update(id, "new").await.unwrap();
        assert_eq!(sea.password(id).await, "new");
    } else {
        assert_eq!(storage::credentials::hasten(&sea.world.db, sea.now()).await.unwrap(), 0);
        assert_eq!(next.recover_operations().await.unwrap(), 0);
        assert_eq!(sea.get(id).await.state, CredentialState::Updating);
    }
}

async fn f2_a_credential_that_never_came_to_be_frees_its_name(world: World) {
    let sea = Sea::new(world).await;
    let operation = sea.intend_new().await;
    assert_eq!(sea.get(operation.credential).await.state, CredentialState::Creating);
    let taken =
        Credentials::create(&sea.engine, &sea.world.actor, new("ghcr", "x")).await.unwrap_err();
    assert!(taken.problem_of(Field::Name).is_some());
    assert_eq!(sea.recover().await, 1);
    assert!(Credentials::get(&sea.engine, &sea.world.actor, operation.credential).await.is_err());
    Credentials::create(&sea.engine, &sea.world.actor, new("ghcr", "x")).await.unwrap();

    // Its secret arrives after all; the job that was queued destroys it.
    sea.write(0, operation.credential, operation.id, "late").await;
    sea.engine.destroy_secret(sea.world.scope(), operation.credential).await.unwrap();
    assert_eq!(sea.vault.newest(&sea.path(operation.credential)).await.unwrap(), None);
}

async fn f1_a_stored_secret_is_rolled_forward(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    let operation = sea.intend(id).await;
    sea.write(1, id, operation.id, "new").await;
    assert_eq!(sea.password(id).await, "old", "I-02: not before SQL committed it");
    assert_eq!(sea.recover().await, 1);
    assert_eq!(sea.password(id).await, "new");
    let detail = sea.get(id).await;
    assert_eq!(
        (detail.state, detail.vault_version, detail.row_version),
        (CredentialState::Active, 2, 2)
    );
    assert_eq!(detail.description, "of the operation");
    assert_eq!(sea.logged(AuditAction::CredentialUpdated).await, 1);
    assert_eq!(sea.recover().await, 0);
}

async fn f1_a_stored_first_secret_is_rolled_forward(world: World) {
    let sea = Sea::new(world).await;
    let operation = sea.intend_new().await;
    assert!(
        sea.engine
            .secret_for_use(sea.world.scope(), operation.credential, &crate::world::by_hawser())
            .await
            .is_err()
    );
    sea.write(0, operation.credential, operation.id, "first").await;
    assert_eq!(sea.recover().await, 1);
    assert_eq!(sea.password(operation.credential).await, "first");
    assert_eq!(sea.get(operation.credential).await.state, CredentialState::Active);
}

async fn f3_a_late_duplicate_is_never_used(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    let operation = sea.intend(id).await;
    assert_eq!(sea.recover().await, 1);
    // The write arrives after the operation was given up.
    sea.write(1, id, operation.id, "late").await;
    assert_eq!(sea.password(id).await, "old");
    // The next update recognizes it and writes on top of it.
    sea.update(id, "newer").await.unwrap();
    assert_eq!(sea.get(id).await.vault_version, 3);
    assert_eq!(sea.password(id).await, "newer");
}

async fn f9_a_late_secret_of_a_deleted_credential_goes(world: World) {
    let sea = Sea::new(world).await;
    let operation = sea.intend_new().await;
    let (id, scope) = (operation.credential, sea.world.scope());
    Credentials::delete(&sea.engine, &sea.world.actor, removal(id, "refuse")).await.unwrap();
    sea.engine.destroy_secret(scope, id).await.unwrap();
    sea.write(0, id, operation.id, "late").await;
    assert_eq!(sea.recover().await, 1);
    assert_eq!(sea.vault.newest(&sea.path(id)).await.unwrap(), None);
    assert!(sea.engine.secret_for_use(scope, id, &crate::world::by_hawser()).await.is_err());
}

async fn f4_without_vault_nothing_changes(world: World) {
    let id = world.credential("ghcr", "old").await;
    let mut sea = Sea::new(world).await;
    let nowhere =
        VaultConfig { address: "http://127.0.0.1:1".parse().unwrap(), ..sea.world.vault_config() };
    let healthy = sea.engine.clone();
    sea.engine = sea.world.engine_with(Arc::clone(&sea.clock) as Arc<dyn Clock>, nowhere).await;
    let unavailable = Err(ServiceError::Unavailable { what: "Vault".into() });

    assert_eq!(sea.update(id, "new").await, unavailable);
    let created = Credentials::create(&sea.engine, &sea.world.actor, new("second", "x")).await;
    assert_eq!(created.map(drop), unavailable);
    let detail = sea.get(id).await;
    assert_eq!(
        (detail.state, detail.row_version, detail.vault_version),
        (CredentialState::Active, 1, 1)
    );
    // What is open stays open as long as Vault does not answer.
    sea.intend(id).await;
    assert_eq!(sea.recover().await, 0);
    assert_eq!(sea.get(id).await.state, CredentialState::Updating);

    sea.engine = healthy;
    assert_eq!(sea.recover().await, 1);
    assert_eq!(sea.password(id).await, "old");
    Credentials::create(&sea.engine, &sea.world.actor, new("second", "x")).await.unwrap();
}

async fn f5_a_missing_version_changes_no_state(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.vault.destroy_version(&sea.path(id), 1).await.unwrap();
    assert!(
        sea.engine.secret_for_use(sea.world.scope(), id, &crate::world::by_hawser()).await.is_err()
    );
    assert_eq!(sea.get(id).await.state, CredentialState::Active);
    let registry = Registry::start(Some("old")).await;
    let repository = sea.world.repository(&registry, "charts", Some(id)).await;
    assert_eq!(sea.world.sync(repository).await, Some(Cause::SecretLost));
    assert_eq!(sea.world.look(repository).await.runs[0].cause, Some(Cause::SecretLost));
    let form = UpdateCredential { username: "other".into(), ..change(&sea.get(id).await, "") };
    let refused = Credentials::update(&sea.engine, &sea.world.actor, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some());
    sea.update(id, "again").await.unwrap();
    assert_eq!(sea.password(id).await, "again");
}

async fn f5_an_empty_vault_changes_nothing(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.vault.destroy_all(&sea.path(id)).await.unwrap();
    let refused = sea.update(id, "new").await;
    assert!(matches!(refused, Err(ServiceError::NeedsOperator { .. })), "{refused:?}");
    let detail = sea.get(id).await;
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));
    assert_eq!(sea.vault.newest(&sea.path(id)).await.unwrap(), None, "nothing was written");

    sea.intend(id).await;
    assert_eq!(sea.recover().await, 0, "it decides nothing either");
    assert_eq!(sea.get(id).await.state, CredentialState::Updating);
    // The right Vault is back.
    sea.write(0, id, OperationId::new(), "old").await;
    assert_eq!(sea.recover().await, 1);
    assert_eq!(sea.password(id).await, "old");
    assert_eq!(sea.get(id).await.state, CredentialState::Active);

    // Once it is known that the secret is gone, it can be stored anew.
    sea.vault.destroy_all(&sea.path(id)).await.unwrap();
    let (scope, lost) = (sea.world.scope(), sea.intend(id).await);
    let mut tx = sea.world.db.begin().await.unwrap();
    let (intent, aborted) = (Step::Intent, Ended::Aborted);
    let settled = storage::credentials::settle(&mut tx, scope, lost.id, intent, aborted, sea.now());
    assert_eq!(settled.await.unwrap(), 1);
    storage::credentials::give_back(&mut tx, scope, id, lost.id, CredentialState::Lost)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    sea.update(id, "again").await.unwrap();
    assert_eq!(sea.password(id).await, "again");
}

async fn one_operation_keeps_no_other_from_its_end(world: World) {
    let (bad, good) = (world.credential("bad", "old").await, world.credential("good", "old").await);
    world.credential("ghcr", "x").await;
    let sea = Sea::new(world).await;
    // Its new name is taken, and its old one is none: it can be neither renamed nor kept.
    let none = storage::credentials::Description {
        name: "\u{7}",
        name_key: "none",
        description: "",
        actor: "Ada",
    };
    let (scope, version) = (sea.world.scope(), sea.get(bad).await.row_version);
    let mut tx = sea.world.db.begin().await.unwrap();
    storage::credentials::describe(&mut tx, scope, bad, version, &none, sea.now()).await.unwrap();
    tx.commit().await.unwrap();
    let operation = sea.intend(bad).await;
    sea.write(1, bad, operation.id, "new").await;
    sea.clock.advance(Duration::from_secs(1));
    sea.intend(good).await;

    sea.clock.advance(DEADLINE);
    assert!(sea.engine.recover_operations().await.is_err());
    assert_eq!(sea.get(bad).await.state, CredentialState::Updating);
    assert_eq!(sea.get(good).await.state, CredentialState::Active);
}

async fn a_name_taken_meanwhile_is_told_in_the_log(world: World) {
    let id = world.credential("mine", "old").await;
    world.credential("ghcr", "x").await;
    let sea = Sea::new(world).await;
    let operation = sea.intend(id).await;
    sea.write(1, id, operation.id, "new").await;
    assert_eq!(sea.recover().await, 1);
    assert_eq!(sea.password(id).await, "new");
    assert_eq!(sea.get(id).await.name, "mine");
    let query =
        AuditQuery { action: Some(AuditAction::CredentialUpdated), ..AuditQuery::default() };
    let log = Audit::list(&sea.engine, &sea.world.actor, query).await.unwrap();
    assert!(log.rows.iter().any(|event| event.detail.contains("kept its old name")));
}

async fn what_was_written_by_hand_is_not_overwritten(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.write(1, id, OperationId::new(), "by hand").await;
    let refused = sea.update(id, "new").await;
    assert!(matches!(refused, Err(ServiceError::Stale { .. })), "{refused:?}");
    let detail = sea.get(id).await;
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));
    assert_eq!(sea.password(id).await, "old");
    assert_eq!(sea.vault.read(&sea.path(id), 2).await.unwrap().password.expose(), "by hand");
    // Once the operator removed it, updates work again.
    sea.vault.destroy_version(&sea.path(id), 2).await.unwrap();
    sea.update(id, "new").await.unwrap();
    assert_eq!(sea.password(id).await, "new");
}

async fn i_05_nothing_is_decided_before_its_time(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.intend(id).await;
    sea.clock.advance(DEADLINE.saturating_sub(Duration::from_millis(1)));
    assert_eq!(sea.engine.recover_operations().await.unwrap(), 0);
    sea.clock.advance(Duration::from_millis(1));
    let again = sea.engine.clone();
    let (a, b) = tokio::join!(sea.engine.recover_operations(), again.recover_operations());
    assert!(a.unwrap() + b.unwrap() >= 1);
    assert_eq!(
        sea.logged(AuditAction::CredentialUpdateAborted).await,
        1,
        "two replicas decide once"
    );
}

async fn i_08_a_swapped_secret_is_refused(world: World) {
    let (a, b) = (world.credential("a", "of a").await, world.credential("b", "of b").await);
    let sea = Sea::new(world).await;
    // Somebody copies the secret of `b` over that of `a`, at the very version that SQL committed.
    let raw = Raw::login(&sea.world.vault_config()).await;
    raw.call("DELETE", &format!("metadata/{}", sea.path(a)), "").await;
    let copied = raw.call("GET", &format!("data/{}", sea.path(b)), "").await;
    let data = copied.pointer("/data/data").unwrap();
    raw.call("POST", &format!("data/{}", sea.path(a)), &format!("{{\"data\":{data}}}")).await;
    let refused = sea.engine.secret_for_use(sea.world.scope(), a, &crate::world::by_hawser()).await;
    assert!(matches!(refused, Err(Error::Vault(VaultError::Binding))), "{refused:?}");
    assert_eq!(sea.password(b).await, "of b");
}
