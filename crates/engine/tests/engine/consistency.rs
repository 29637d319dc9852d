//! SQL and Vault stay of one mind, whatever fails between them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use crate::env::{
    TestEnv, Workers,
    fault_injection::{DEADLINE, FaultInjection, raw::Raw},
    forms::{change, new, removal},
    on_both,
    registry::Registry,
};
use domain::{
    Cause, Field, OperationId, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::{CredentialState, UpdateCredential},
    service::{Audit, Credentials},
};
use engine::{Clock, Error};
use storage::credentials::{OperationEnd, OperationStep};
use vault::{VaultConfig, VaultError};

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

async fn f2_an_intent_without_a_secret_is_given_up(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.intend(id).await;
    assert_eq!(faults.get(id).await.state, CredentialState::Updating);
    assert_eq!(faults.password(id).await, "old");
    let busy = faults.update(id, "meanwhile").await;
    assert_eq!(busy, Err(ServiceError::UnderWay), "nobody is told that they changed it themselves");

    assert_eq!(faults.recover().await, 1);
    let detail = faults.get(id).await;
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));
    assert_eq!((detail.row_version, detail.username.as_str()), (1, "robot"));
    assert_eq!(detail.remarks.description, "");
    assert_eq!(faults.logged(AuditAction::CredentialUpdateAborted).await, 1);
    assert_eq!(faults.recover().await, 0);
    faults.update(id, "new").await.unwrap();
    assert_eq!(faults.password(id).await, "new");
}

/// SQLite has one process, so what is open when it starts was left by one that is gone. On PostgreSQL
/// another replica may be at it.
async fn f2_an_intent_of_a_killed_process_is_taken_back_when_the_next_one_starts(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.intend(id).await;
    faults.clock.advance(Duration::from_millis(1));
    let clock = Arc::clone(&faults.clock) as Arc<dyn Clock>;
    let next = faults.env.engine_with(clock, faults.env.vault_config()).await;
    let at_once = faults.env.is_sqlite();
    if at_once {
        let workers = Workers::of(&next);
        for _ in 0..200 {
            if faults.get(id).await.state == CredentialState::Active {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        workers.stop().await;
        assert_eq!(faults.get(id).await.state, CredentialState::Active, "no clock was moved");
        faults.update(id, "new").await.unwrap();
        assert_eq!(faults.password(id).await, "new");
    } else {
        assert_eq!(storage::credentials::hasten(&faults.env.db, faults.now()).await.unwrap(), 0);
        assert_eq!(next.recover_operations().await.unwrap(), 0);
        assert_eq!(faults.get(id).await.state, CredentialState::Updating);
    }
}

async fn f2_a_credential_that_never_came_to_be_frees_its_name(env: TestEnv) {
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend_new().await;
    assert_eq!(faults.get(operation.credential).await.state, CredentialState::Creating);
    let taken = Credentials::create(&faults.engine, &faults.env.principal, new("ghcr", "x"))
        .await
        .unwrap_err();
    assert!(taken.problem_of(Field::Name).is_some());
    assert_eq!(faults.recover().await, 1);
    assert!(
        Credentials::get(&faults.engine, &faults.env.principal, operation.credential)
            .await
            .is_err()
    );
    Credentials::create(&faults.engine, &faults.env.principal, new("ghcr", "x")).await.unwrap();

    // Its secret arrives after all; the job that was queued destroys it.
    faults.write(0, operation.credential, operation.id, "late").await;
    faults.engine.destroy_secret(faults.env.scope(), operation.credential).await.unwrap();
    assert_eq!(faults.vault.newest(&faults.path(operation.credential)).await.unwrap(), None);
}

async fn f1_a_stored_secret_is_rolled_forward(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend(id).await;
    faults.write(1, id, operation.id, "new").await;
    assert_eq!(faults.password(id).await, "old", "INV-2: not before SQL committed it");
    assert_eq!(faults.recover().await, 1);
    assert_eq!(faults.password(id).await, "new");
    let detail = faults.get(id).await;
    assert_eq!(
        (detail.state, detail.vault_version, detail.row_version),
        (CredentialState::Active, 2, 2)
    );
    assert_eq!(detail.remarks.description, "of the operation");
    assert_eq!(faults.logged(AuditAction::CredentialUpdated).await, 1);
    assert_eq!(faults.recover().await, 0);
}

async fn f1_a_stored_first_secret_is_rolled_forward(env: TestEnv) {
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend_new().await;
    assert!(
        faults
            .engine
            .secret_for_use(faults.env.scope(), operation.credential, &crate::env::by_hawser())
            .await
            .is_err()
    );
    faults.write(0, operation.credential, operation.id, "first").await;
    assert_eq!(faults.recover().await, 1);
    assert_eq!(faults.password(operation.credential).await, "first");
    assert_eq!(faults.get(operation.credential).await.state, CredentialState::Active);
}

async fn f3_a_late_duplicate_is_never_used(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend(id).await;
    assert_eq!(faults.recover().await, 1);
    // The write arrives after the operation was given up.
    faults.write(1, id, operation.id, "late").await;
    assert_eq!(faults.password(id).await, "old");
    // The next update recognizes it and writes on top of it.
    faults.update(id, "newer").await.unwrap();
    assert_eq!(faults.get(id).await.vault_version, 3);
    assert_eq!(faults.password(id).await, "newer");
}

async fn f9_a_late_secret_of_a_deleted_credential_goes(env: TestEnv) {
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend_new().await;
    let (id, scope) = (operation.credential, faults.env.scope());
    Credentials::delete(&faults.engine, &faults.env.principal, removal(id, "refuse"))
        .await
        .unwrap();
    faults.engine.destroy_secret(scope, id).await.unwrap();
    faults.write(0, id, operation.id, "late").await;
    assert_eq!(faults.recover().await, 1);
    assert_eq!(faults.vault.newest(&faults.path(id)).await.unwrap(), None);
    assert!(faults.engine.secret_for_use(scope, id, &crate::env::by_hawser()).await.is_err());
}

async fn f4_without_vault_nothing_changes(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let mut faults = FaultInjection::new(env).await;
    let nowhere =
        VaultConfig { address: "http://127.0.0.1:1".parse().unwrap(), ..faults.env.vault_config() };
    let healthy = faults.engine.clone();
    faults.engine =
        faults.env.engine_with(Arc::clone(&faults.clock) as Arc<dyn Clock>, nowhere).await;
    let unavailable = Err(ServiceError::Unavailable { what: "Vault".into() });

    assert_eq!(faults.update(id, "new").await, unavailable);
    let created =
        Credentials::create(&faults.engine, &faults.env.principal, new("second", "x")).await;
    assert_eq!(created.map(drop), unavailable);
    let detail = faults.get(id).await;
    assert_eq!(
        (detail.state, detail.row_version, detail.vault_version),
        (CredentialState::Active, 1, 1)
    );
    // What is open stays open as long as Vault does not answer.
    faults.intend(id).await;
    assert_eq!(faults.recover().await, 0);
    assert_eq!(faults.get(id).await.state, CredentialState::Updating);

    faults.engine = healthy;
    assert_eq!(faults.recover().await, 1);
    assert_eq!(faults.password(id).await, "old");
    Credentials::create(&faults.engine, &faults.env.principal, new("second", "x")).await.unwrap();
}

async fn f5_a_missing_version_changes_no_state(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.vault.destroy_version(&faults.path(id), 1).await.unwrap();
    assert!(
        faults
            .engine
            .secret_for_use(faults.env.scope(), id, &crate::env::by_hawser())
            .await
            .is_err()
    );
    assert_eq!(faults.get(id).await.state, CredentialState::Active);
    let registry = Registry::start(Some("old")).await;
    let repository = faults.env.repository(&registry, "charts", Some(id)).await;
    assert_eq!(faults.env.sync(repository).await, Some(Cause::SecretLost));
    assert_eq!(faults.env.look(repository).await.runs[0].cause, Some(Cause::SecretLost));
    let form = UpdateCredential { username: "other".into(), ..change(&faults.get(id).await, "") };
    let refused =
        Credentials::update(&faults.engine, &faults.env.principal, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some());
    faults.update(id, "again").await.unwrap();
    assert_eq!(faults.password(id).await, "again");
}

async fn f5_an_empty_vault_changes_nothing(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.vault.destroy_all(&faults.path(id)).await.unwrap();
    let refused = faults.update(id, "new").await;
    assert!(matches!(refused, Err(ServiceError::NeedsOperator { .. })), "{refused:?}");
    let detail = faults.get(id).await;
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));
    assert_eq!(faults.vault.newest(&faults.path(id)).await.unwrap(), None, "nothing was written");

    faults.intend(id).await;
    assert_eq!(faults.recover().await, 0, "it decides nothing either");
    assert_eq!(faults.get(id).await.state, CredentialState::Updating);
    // The right Vault is back.
    faults.write(0, id, OperationId::new(), "old").await;
    assert_eq!(faults.recover().await, 1);
    assert_eq!(faults.password(id).await, "old");
    assert_eq!(faults.get(id).await.state, CredentialState::Active);

    // Once it is known that the secret is gone, it can be stored anew.
    faults.vault.destroy_all(&faults.path(id)).await.unwrap();
    let (scope, lost) = (faults.env.scope(), faults.intend(id).await);
    let mut tx = faults.env.db.begin().await.unwrap();
    let (intent, aborted) = (OperationStep::Intent, OperationEnd::Aborted);
    let settled =
        storage::credentials::settle(&mut tx, scope, lost.id, intent, aborted, faults.now());
    assert_eq!(settled.await.unwrap(), 1);
    storage::credentials::give_back(&mut tx, scope, id, lost.id, CredentialState::Lost)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    faults.update(id, "again").await.unwrap();
    assert_eq!(faults.password(id).await, "again");
}

async fn one_operation_keeps_no_other_from_its_end(env: TestEnv) {
    let (bad, good) = (env.credential("bad", "old").await, env.credential("good", "old").await);
    env.credential("ghcr", "x").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend(bad).await;
    faults.write(1, bad, operation.id, "new").await;
    faults.clock.advance(Duration::from_secs(1));
    faults.intend(good).await;
    // Its new name is taken, and its row cannot be read: it can be neither renamed nor kept.
    let row = faults.env.sql_id(bad.uuid());
    let set = |parameters: &str| {
        format!("update credentials set parameters = '{parameters}' where id = {row}")
    };
    faults.env.sql(&set("not json")).await;

    faults.clock.advance(DEADLINE);
    assert!(faults.engine.recover_operations().await.is_err());
    faults.env.sql(&set("{}")).await;
    assert_eq!(faults.get(bad).await.state, CredentialState::Updating);
    assert_eq!(faults.get(good).await.state, CredentialState::Active);
}

async fn a_name_taken_meanwhile_is_told_in_the_log(env: TestEnv) {
    let id = env.credential("mine", "old").await;
    env.credential("ghcr", "x").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend(id).await;
    faults.write(1, id, operation.id, "new").await;
    assert_eq!(faults.recover().await, 1);
    assert_eq!(faults.password(id).await, "new");
    assert_eq!(faults.get(id).await.name, "mine");
    let query =
        AuditQuery { action: Some(AuditAction::CredentialUpdated), ..AuditQuery::default() };
    let log = Audit::list(&faults.engine, &faults.env.principal, query).await.unwrap();
    assert!(log.rows.iter().any(|event| event.detail.contains("kept its old name")));
}

async fn what_was_written_by_hand_is_not_overwritten(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.write(1, id, OperationId::new(), "by hand").await;
    let refused = faults.update(id, "new").await;
    assert!(matches!(refused, Err(ServiceError::Stale { .. })), "{refused:?}");
    let detail = faults.get(id).await;
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));
    assert_eq!(faults.password(id).await, "old");
    assert_eq!(faults.vault.read(&faults.path(id), 2).await.unwrap().password.expose(), "by hand");
    // Once the operator removed it, updates work again.
    faults.vault.destroy_version(&faults.path(id), 2).await.unwrap();
    faults.update(id, "new").await.unwrap();
    assert_eq!(faults.password(id).await, "new");
}

async fn i_05_nothing_is_decided_before_its_time(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.intend(id).await;
    faults.clock.advance(DEADLINE.saturating_sub(Duration::from_millis(1)));
    assert_eq!(faults.engine.recover_operations().await.unwrap(), 0);
    faults.clock.advance(Duration::from_millis(1));
    let again = faults.engine.clone();
    let (a, b) = tokio::join!(faults.engine.recover_operations(), again.recover_operations());
    assert!(a.unwrap() + b.unwrap() >= 1);
    assert_eq!(
        faults.logged(AuditAction::CredentialUpdateAborted).await,
        1,
        "two replicas decide once"
    );
}

async fn i_08_a_swapped_secret_is_refused(env: TestEnv) {
    let (a, b) = (env.credential("a", "of a").await, env.credential("b", "of b").await);
    let faults = FaultInjection::new(env).await;
    // Somebody copies the secret of `b` over that of `a`, at the very version that SQL committed.
    let raw = Raw::login(&faults.env.vault_config()).await;
    raw.call("DELETE", &format!("metadata/{}", faults.path(a)), "").await;
    let copied = raw.call("GET", &format!("data/{}", faults.path(b)), "").await;
    let data = copied.pointer("/data/data").unwrap();
    raw.call("POST", &format!("data/{}", faults.path(a)), &format!("{{\"data\":{data}}}")).await;
    let refused =
        faults.engine.secret_for_use(faults.env.scope(), a, &crate::env::by_hawser()).await;
    assert!(matches!(refused, Err(Error::Vault(VaultError::Binding))), "{refused:?}");
    assert_eq!(faults.password(b).await, "of b");
}
