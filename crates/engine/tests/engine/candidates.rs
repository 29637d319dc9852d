//! Candidates, whatever fails or happens at the same time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::env::{
    TestEnv, Workers,
    fault_injection::{
        FaultInjection,
        candidates::{is_active, is_refused, lines},
    },
    forms::{candidate, change, described, placement, removal, version},
    on_both,
    registry::Registry,
};
use domain::{
    Field, ServiceError,
    audit::AuditAction,
    credentials::{CredentialState, Placement},
    service::Credentials,
};
use storage::credentials::Kind;

on_both!(
    nothing_else_is_saved_while_a_candidate_waits,
    i_04_a_candidate_is_promoted_or_discarded_once,
    f1_a_candidate_found_in_vault_goes_to_its_test,
    f2_a_candidate_that_did_not_reach_vault_is_given_up,
    f9_a_deleted_credential_takes_its_candidate_along,
    i_12_a_lost_claim_promotes_nothing,
    a_candidate_that_vault_lost_is_not_promoted,
    candidates_never_push_out_the_version_that_counts,
    late_writes_never_push_out_the_version_that_counts,
);

async fn nothing_else_is_saved_while_a_candidate_waits(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    let before = faults.get(id).await;
    faults.store(id, "new").await.unwrap();
    let waiting = faults.get(id).await;
    for form in [change(&waiting, "other"), candidate(&waiting, "other")] {
        let refused =
            Credentials::update(&faults.engine, &faults.env.principal, form).await.unwrap_err();
        assert!(refused.problem_of(Field::Password).unwrap().contains("Promote or discard"));
    }
    let remark = described(&waiting, "a remark");
    let refused = Credentials::describe(&faults.engine, &faults.env.principal, remark).await;
    let refused = refused.unwrap_err();
    assert!(refused.problem_of(Field::Password).unwrap().contains("Promote or discard"));
    let old =
        Credentials::update(&faults.engine, &faults.env.principal, change(&before, "x")).await;
    assert_eq!(old, Err(ServiceError::Stale { changed_by: "Ada".into() }));
    let back =
        Credentials::roll_back(&faults.engine, &faults.env.principal, version(&waiting, 1)).await;
    assert!(back.is_err());
    // Where it applies is another matter.
    let elsewhere = Placement { environment: "dev".into(), ..Placement::default() };
    let form = placement(&waiting, elsewhere);
    Credentials::place(&faults.engine, &faults.env.principal, form).await.unwrap();
    let placed = faults.get(id).await;
    assert_eq!((placed.state, placed.environment.as_str()), (CredentialState::Rotating, "dev"));
    faults.promote(&placed, 2).await.unwrap();
    assert_eq!(faults.password(id).await, "new");
}

async fn i_04_a_candidate_is_promoted_or_discarded_once(env: TestEnv) {
    let id = env.credential("ghcr", "old-0").await;
    let faults = FaultInjection::new(env).await;
    for round in 1..=5 {
        let before = faults.password(id).await;
        let new = format!("new-{round}");
        faults.store(id, &new).await.unwrap();
        let seen = faults.get(id).await;
        let number = seen.candidate.as_ref().unwrap().vault_version;
        let (a, b) = tokio::join!(faults.promote(&seen, number), faults.discard(&seen, number));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let expected = if a.is_ok() { new } else { before };
        assert_eq!(faults.password(id).await, expected);
        assert_eq!(faults.get(id).await.state, CredentialState::Active);
    }
}

async fn f1_a_candidate_found_in_vault_goes_to_its_test(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend_a(Kind::Candidate, id).await;
    faults.write(1, id, operation.id, "new").await;
    assert_eq!(faults.recover().await, 1);
    let staged = faults.get(id).await;
    assert_eq!((staged.state, staged.vault_version), (CredentialState::Rotating, 1));
    assert_eq!(staged.candidate.unwrap().vault_version, 2);
    assert_eq!(faults.password(id).await, "old");
    assert_eq!(faults.recover().await, 0, "a candidate is nothing to recover");
    let workers = Workers::of(&faults.engine);
    faults.until(id, is_active).await;
    workers.stop().await;
    assert_eq!(faults.password(id).await, "new");
}

async fn f2_a_candidate_that_did_not_reach_vault_is_given_up(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend_a(Kind::Candidate, id).await;
    assert_eq!(faults.recover().await, 1);
    let detail = faults.get(id).await;
    assert_eq!((detail.state, detail.candidate), (CredentialState::Active, None));
    // It arrives after all, and is never used.
    faults.write(1, id, operation.id, "late").await;
    assert_eq!(faults.recover().await, 0);
    faults.store(id, "newer").await.unwrap();
    assert_eq!(faults.get(id).await.candidate.unwrap().vault_version, 3);
    assert_eq!(faults.password(id).await, "old");
}

async fn f9_a_deleted_credential_takes_its_candidate_along(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    Credentials::delete(&faults.engine, &faults.env.principal, removal(id, "refuse"))
        .await
        .unwrap();
    assert!(
        faults
            .engine
            .secret_for_use(faults.env.scope(), id, &crate::env::by_hawser())
            .await
            .is_err()
    );
    let workers = Workers::of(&faults.engine);
    for _ in 0..1_200 {
        if faults.vault.newest(&faults.path(id)).await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    workers.stop().await;
    assert_eq!(faults.vault.versions(&faults.path(id)).await.unwrap(), [0_u64; 0]);
    assert_eq!(faults.logged(AuditAction::CandidatePromoted).await, 0);
}

async fn i_12_a_lost_claim_promotes_nothing(env: TestEnv) {
    let registry = Registry::start(Some("new")).await;
    let id = env.credential("ghcr", "old").await;
    let repository = env.repository(&registry, "charts", Some(id)).await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let (db, kind) = (&faults.env.db, storage::jobs::Kind::Rotate);
    let claim = async |owner: &str| {
        let (now, until) = (faults.now(), faults.now().plus(Duration::from_secs(45)));
        storage::jobs::claim(db, kind, owner, now, until, 1, 1).await.unwrap().remove(0)
    };
    let zombie = claim("zombie").await;
    faults.clock.advance(Duration::from_mins(5));
    claim("other").await;
    let operation = storage::credentials::candidate(db, faults.env.scope(), id).await.unwrap();
    let operation = operation.unwrap().operation.id;
    let noted =
        storage::credentials::note_test(db, &zombie, operation, repository, None, faults.now());
    assert_eq!(noted.await.unwrap(), 0);
    let mut tx = db.begin().await.unwrap();
    assert!(!storage::jobs::finish(&mut tx, kind, &zombie).await.unwrap());
    drop(tx);
    assert_eq!(lines(&faults.get(id).await.candidate.unwrap()), [(None, None)]);
}

async fn a_candidate_that_vault_lost_is_not_promoted(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    faults.vault.destroy_version(&faults.path(id), 2).await.unwrap();
    let seen = faults.get(id).await;
    let refused = faults.promote(&seen, 2).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");
    let workers = Workers::of(&faults.engine);
    faults.until(id, is_refused).await;
    workers.stop().await;
    assert_eq!(faults.password(id).await, "old");
    faults.discard(&seen, 2).await.unwrap();
    faults.update(id, "newer").await.unwrap();
    assert_eq!(faults.password(id).await, "newer");
}

async fn candidates_never_push_out_the_version_that_counts(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    let (mut stored, mut refused) = (0, 0);
    for round in 0..11 {
        match faults.store(id, &format!("candidate-{round}")).await {
            Ok(_) => {
                stored += 1;
                let seen = faults.get(id).await;
                let number = seen.candidate.as_ref().unwrap().vault_version;
                faults.discard(&seen, number).await.unwrap();
            }
            Err(error) => {
                refused += 1;
                let problem = error.problem_of(Field::Password).unwrap();
                assert!(problem.contains("without a test"), "{problem}");
            }
        }
        assert_eq!(faults.get(id).await.state, CredentialState::Active);
        assert_eq!(faults.vault.read(&faults.path(id), 1).await.unwrap().password.expose(), "old");
    }
    assert_eq!((stored, refused), (7, 4));
    assert_eq!(faults.password(id).await, "old");
    // A secret that counts at once is stored, and makes room.
    faults.update(id, "new").await.unwrap();
    assert_eq!(faults.password(id).await, "new");
    faults.store(id, "newer").await.unwrap();
    faults.promote(&faults.get(id).await, 10).await.unwrap();
    assert_eq!(faults.password(id).await, "newer");
}

async fn late_writes_never_push_out_the_version_that_counts(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    for newest in 1..=9 {
        let operation = faults.intend(id).await;
        assert_eq!(faults.recover().await, 1);
        faults.write(newest, id, operation.id, "late").await;
    }
    let refused = faults.update(id, "new").await.unwrap_err();
    assert!(refused.problem_of(Field::Password).unwrap().contains("replacement"), "{refused:?}");
    let after = faults.get(id).await;
    assert_eq!((after.state, after.vault_version), (CredentialState::Active, 1));
    assert_eq!(faults.password(id).await, "old");
}
