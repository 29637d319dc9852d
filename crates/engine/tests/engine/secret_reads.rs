//! Every read of a secret is in the audit log: who asked, what for, and which host was shown it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::env::{
    TestEnv, Workers,
    fault_injection::{
        FaultInjection,
        candidates::{is_active, is_refused},
    },
    forms::{change, described, edited, version},
    on_both,
    registry::Registry,
};
use domain::{
    CredentialId, Role,
    audit::{AuditAction, AuditActor, AuditEvent, AuditQuery, AuditTarget, AuditView, ReadPurpose},
    connection_tests::TestConnection,
    credentials::UpdateCredential,
    service::{Audit, ConnectionTests, Credentials},
};
use engine::credentials::Use;

on_both!(
    every_read_in_vault_is_in_the_audit_log,
    nobody_reads_behind_another,
    people_and_things_of_one_name_are_told_apart,
    reads_are_folded_by_credential_purpose_and_hour,
);

async fn reads(env: &TestEnv) -> Vec<AuditEvent> {
    let query = AuditQuery { action: Some(AuditAction::SecretRead), ..AuditQuery::default() };
    Audit::list(&env.engine, &env.principal, query).await.unwrap().rows
}

/// Vault's own log against Hawser's: after each step both have grown, or neither.
struct Compared<'a> {
    faults: &'a FaultInjection,
    id: CredentialId,
    seen: (usize, usize),
}

impl Compared<'_> {
    async fn after(&mut self, step: &str) -> Vec<Option<ReadPurpose>> {
        let lines = reads(&self.faults.env).await;
        let now = (self.faults.env.reads_in_vault(self.id), lines.len());
        let (read, told) = (now.0 > self.seen.0, now.1 > self.seen.1);
        assert_eq!(read, told, "{step}: {:?} became {now:?}", self.seen);
        let new = lines.iter().take(now.1 - self.seen.1).map(|line| line.purpose).collect();
        self.seen = now;
        // What is alike within a minute is one line.
        self.faults.clock.advance(Duration::from_mins(2));
        new
    }
}

async fn every_read_in_vault_is_in_the_audit_log(env: TestEnv) {
    let (old, new) = (Registry::start(Some("old")).await, Registry::start(Some("new")).await);
    let id = env.credential("ghcr", "old").await;
    env.repository(&old, "a", Some(id)).await;
    env.repository(&new, "b", Some(id)).await;
    let faults = FaultInjection::new(env).await;
    let mut compared = Compared { faults: &faults, id, seen: (0, 0) };
    compared.after("it is linked").await;

    faults.update(id, "old2").await.unwrap();
    assert!(compared.after("an update reads nothing").await.is_empty());
    faults.store(id, "new").await.unwrap();
    let workers = Workers::of(&faults.engine);
    let refused = faults.until(id, is_refused).await;
    workers.stop().await;
    let tested = compared.after("a candidate is tested").await;
    assert!(tested.contains(&Some(ReadPurpose::RotationTest)), "{tested:?}");
    faults.promote(&refused, 3).await.unwrap();
    let promoted = compared.after("it is promoted").await;
    assert!(promoted.contains(&Some(ReadPurpose::Promotion)), "{promoted:?}");

    let seen = faults.get(id).await;
    let principal = &faults.env.principal;
    Credentials::roll_back(&faults.engine, principal, version(&seen, 1)).await.unwrap();
    let rolled = compared.after("an earlier one is brought back").await;
    assert_eq!(rolled, [Some(ReadPurpose::RollBack)]);
    let form = UpdateCredential { username: "r2".into(), ..change(&faults.get(id).await, "") };
    Credentials::update(&faults.engine, principal, form).await.unwrap();
    assert_eq!(compared.after("another user name").await, [Some(ReadPurpose::Update)]);

    // A process that died: who wrote the newest version has to be looked at.
    let operation = faults.intend(id).await;
    faults.write(5, id, operation.id, "late").await;
    faults.recover().await;
    assert_eq!(compared.after("recovery").await, [Some(ReadPurpose::WriteCheck)]);
    faults.password(id).await;
    assert_eq!(compared.after("a sync").await, [Some(ReadPurpose::Sync)]);

    // One that was given up, and arrives late: the version it left is looked for and destroyed.
    faults.store(id, "last").await.unwrap();
    let workers = Workers::of(&faults.engine);
    let seen = faults.until(id, |detail| is_refused(detail) || is_active(detail)).await;
    if is_refused(&seen) {
        faults.discard(&seen, 7).await.unwrap();
    }
    workers.stop().await;
    compared.after("a candidate is discarded").await;
    assert!(compared.seen.0 > 6, "Vault was read: {:?}", compared.seen);
}

async fn nobody_reads_behind_another(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let id = env.credential("robot", "one").await;
    let repository = env.repository(&registry, "a", Some(id)).await;
    assert_eq!(env.sync(repository).await, None);
    let form = TestConnection {
        url: registry.url("a").into(),
        credential: id.to_string(),
        ..TestConnection::default()
    };
    let eve = env.member("Eve", Role::Owner).await;
    for principal in [&env.principal, &eve, &eve] {
        ConnectionTests::test_form(&env.engine, principal, form.clone()).await.unwrap();
    }
    ConnectionTests::test_repository(&env.engine, &eve, repository).await.unwrap();
    let host = format!("127.0.0.1:{}", registry.port());
    let lines = reads(&env).await;
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.actor_id, line.purpose.unwrap(), line.host.as_str()))
        .collect();
    let test = ReadPurpose::ConnectionTest;
    assert_eq!(
        told,
        [
            (Some(eve.user), test, host.as_str()),
            (Some(env.principal.user), test, &host),
            (None, ReadPurpose::Sync, &host),
        ]
    );
    assert!(lines.iter().all(|line| line.target_id == Some(AuditTarget::Credential(id))));
    assert_eq!(lines[0].actor, AuditActor::Person("Eve".into()));
}

async fn people_and_things_of_one_name_are_told_apart(env: TestEnv) {
    let first = env.credential("ghcr", "one").await;
    let other = env.member("Ada", Role::Owner).await;
    let form = described(&Credentials::get(&env.engine, &env.principal, first).await.unwrap(), "x");
    Credentials::describe(&env.engine, &other, form).await.unwrap();
    let second = env.credential("quay", "two").await;
    let about =
        |id| AuditQuery { target: Some(AuditTarget::Credential(id)), ..AuditQuery::default() };
    let of = async |id| Audit::list(&env.engine, &env.principal, about(id)).await.unwrap().rows;
    let lines = of(first).await;
    assert_eq!(lines[0].actor_id, Some(other.user));
    assert_eq!(lines[1].actor_id, Some(env.principal.user));
    assert_eq!(lines[0].actor, lines[1].actor, "both are called Ada");
    assert!(of(second).await.iter().all(|line| line.target == "quay"));
    // Another organization sees nothing of it.
    let outsider = TestEnv::organization(&env.db, "Two").await;
    let theirs = Audit::list(&env.engine, &outsider, about(first)).await.unwrap();
    assert!(theirs.rows.is_empty());
    let registry = Registry::start(Some("one")).await;
    let id = env.repository(&registry, "a", Some(first)).await;
    let edit = edited(&env.look(id).await, &registry.url("b"), Some(first));
    domain::service::Repositories::edit(&env.engine, &env.principal, edit).await.unwrap();
    let query = AuditQuery { target: Some(AuditTarget::Repository(id)), ..AuditQuery::default() };
    let lines = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert!(lines.iter().any(|line| line.action == AuditAction::RepositoryChanged), "{lines:?}");
    assert!(lines.iter().any(|line| line.action == AuditAction::LinkSet), "{lines:?}");
}

async fn reads_are_folded_by_credential_purpose_and_hour(env: TestEnv) {
    let id = env.credential("ghcr", "one").await;
    let faults = FaultInjection::new(env).await;
    let scope = faults.env.scope();
    for minutes in [0, 2, 2, 60] {
        faults.clock.advance(Duration::from_mins(minutes));
        for purpose in [ReadPurpose::Sync, ReadPurpose::Push] {
            let used = Use::of_hawser(purpose);
            faults.engine.secret_for_use(scope, id, &used).await.unwrap();
            faults.engine.secret_for_use(scope, id, &used).await.unwrap();
        }
    }
    let query = AuditQuery { view: AuditView::Folded, ..AuditQuery::default() };
    let page = Audit::list(&faults.engine, &faults.env.principal, query).await.unwrap();
    let lines = |purpose| -> u64 {
        let of = page.uses.iter().filter(|uses| uses.purpose == Some(purpose));
        of.map(domain::audit::SecretUses::lines).sum()
    };
    assert_eq!((lines(ReadPurpose::Sync), lines(ReadPurpose::Push)), (4, 4));
    let sync = page.uses.iter().filter(|uses| uses.purpose == Some(ReadPurpose::Sync));
    assert!((2..=3).contains(&sync.count()), "by the hour: {:?}", page.uses);
    assert!(page.uses[0].at >= page.uses[1].at, "the last one first");
    assert!(page.rows.iter().all(|row| row.actor != AuditActor::Hawser), "people first");
    assert!(page.rows.iter().any(|row| row.action == AuditAction::CredentialCreated));
    assert!(page.own.iter().all(|row| row.action != AuditAction::SecretRead), "{:?}", page.own);
}
