//! Candidates, whatever fails or happens at the same time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::world::{
    Workers, World,
    forms::{candidate, change, placement, removal, version},
    on_both,
    registry::Registry,
    sea::{
        Sea,
        candidates::{is_active, is_refused, lines},
    },
};
use domain::{
    Field, ServiceError,
    audit::AuditAction,
    credentials::{CredentialState, Placement, UpdateCredential},
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

async fn nothing_else_is_saved_while_a_candidate_waits(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    let before = sea.get(id).await;
    sea.store(id, "new").await.unwrap();
    let waiting = sea.get(id).await;
    for form in [
        change(&waiting, "other"),
        candidate(&waiting, "other"),
        UpdateCredential { description: "a remark".into(), ..change(&waiting, "") },
    ] {
        let refused = Credentials::update(&sea.engine, &sea.world.actor, form).await.unwrap_err();
        assert!(refused.problem_of(Field::Password).unwrap().contains("Promote or discard"));
    }
    let old = Credentials::update(&sea.engine, &sea.world.actor, change(&before, "x")).await;
    assert_eq!(old, Err(ServiceError::Stale { changed_by: "Ada".into() }));
    let back = Credentials::roll_back(&sea.engine, &sea.world.actor, version(&waiting, 1)).await;
    assert!(back.is_err());
    // Where it applies is another matter.
    let elsewhere = Placement { environment: "dev".into(), ..Placement::default() };
    let form = placement(&waiting, elsewhere);
    Credentials::place(&sea.engine, &sea.world.actor, form).await.unwrap();
    let placed = sea.get(id).await;
    assert_eq!((placed.state, placed.environment.as_str()), (CredentialState::Rotating, "dev"));
    sea.promote(&placed, 2).await.unwrap();
    assert_eq!(sea.password(id).await, "new");
}

async fn i_04_a_candidate_is_promoted_or_discarded_once(world: World) {
    let id = world.credential("ghcr", "old-0").await;
    let sea = Sea::new(world).await;
    for round in 1..=5 {
        let before = sea.password(id).await;
        let new = format!("new-{round}");
        sea.store(id, &new).await.unwrap();
        let seen = sea.get(id).await;
        let number = seen.candidate.as_ref().unwrap().vault_version;
        let (a, b) = tokio::join!(sea.promote(&seen, number), sea.discard(&seen, number));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let expected = if a.is_ok() { new } else { before };
        assert_eq!(sea.password(id).await, expected);
        assert_eq!(sea.get(id).await.state, CredentialState::Active);
    }
}

async fn f1_a_candidate_found_in_vault_goes_to_its_test(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    let operation = sea.intend_a(Kind::Candidate, id).await;
    sea.write(1, id, operation.id, "new").await;
    assert_eq!(sea.recover().await, 1);
    let staged = sea.get(id).await;
    assert_eq!((staged.state, staged.vault_version), (CredentialState::Rotating, 1));
    assert_eq!(staged.candidate.unwrap().vault_version, 2);
    assert_eq!(sea.password(id).await, "old");
    assert_eq!(sea.recover().await, 0, "a candidate is nothing to recover");
    let workers = Workers::of(&sea.engine);
    sea.until(id, is_active).await;
    workers.stop().await;
    assert_eq!(sea.password(id).await, "new");
}

async fn f2_a_candidate_that_did_not_reach_vault_is_given_up(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    let operation = sea.intend_a(Kind::Candidate, id).await;
    assert_eq!(sea.recover().await, 1);
    let detail = sea.get(id).await;
    assert_eq!((detail.state, detail.candidate), (CredentialState::Active, None));
    // It arrives after all, and is never used.
    sea.write(1, id, operation.id, "late").await;
    assert_eq!(sea.recover().await, 0);
    sea.store(id, "newer").await.unwrap();
    assert_eq!(sea.get(id).await.candidate.unwrap().vault_version, 3);
    assert_eq!(sea.password(id).await, "old");
}

async fn f9_a_deleted_credential_takes_its_candidate_along(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.store(id, "new").await.unwrap();
    Credentials::delete(&sea.engine, &sea.world.actor, removal(id, "refuse")).await.unwrap();
    assert!(
        sea.engine.secret_for_use(sea.world.scope(), id, &crate::world::by_hawser()).await.is_err()
    );
    let workers = Workers::of(&sea.engine);
    for _ in 0..1_200 {
        if sea.vault.newest(&sea.path(id)).await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    workers.stop().await;
    assert_eq!(sea.vault.versions(&sea.path(id)).await.unwrap(), [0_u64; 0]);
    assert_eq!(sea.logged(AuditAction::CandidatePromoted).await, 0);
}

async fn i_12_a_lost_claim_promotes_nothing(world: World) {
    let registry = Registry::start(Some("new")).await;
    let id = world.credential("ghcr", "old").await;
    let repository = world.repository(&registry, "charts", Some(id)).await;
    let sea = Sea::new(world).await;
    sea.store(id, "new").await.unwrap();
    let (db, kind) = (&sea.world.db, storage::jobs::Kind::Rotate);
    let claim = async |owner: &str| {
        let (now, until) = (sea.now(), sea.now().plus(Duration::from_secs(45)));
        storage::jobs::claim(db, kind, owner, now, until, 1, 1).await.unwrap().remove(0)
    };
    let zombie = claim("zombie").await;
    sea.clock.advance(Duration::from_mins(5));
    claim("other").await;
    let operation = storage::credentials::candidate(db, sea.world.scope(), id).await.unwrap();
    let operation = operation.unwrap().operation.id;
    let noted =
        storage::credentials::note_test(db, &zombie, operation, repository, None, sea.now());
    assert_eq!(noted.await.unwrap(), 0);
    let mut tx = db.begin().await.unwrap();
    assert!(!storage::jobs::finish(&mut tx, kind, &zombie).await.unwrap());
    drop(tx);
    assert_eq!(lines(&sea.get(id).await.candidate.unwrap()), [(None, None)]);
}

async fn a_candidate_that_vault_lost_is_not_promoted(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    sea.store(id, "new").await.unwrap();
    sea.vault.destroy_version(&sea.path(id), 2).await.unwrap();
    let seen = sea.get(id).await;
    let refused = sea.promote(&seen, 2).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");
    let workers = Workers::of(&sea.engine);
    sea.until(id, is_refused).await;
    workers.stop().await;
    assert_eq!(sea.password(id).await, "old");
    sea.discard(&seen, 2).await.unwrap();
    sea.update(id, "newer").await.unwrap();
    assert_eq!(sea.password(id).await, "newer");
}

async fn candidates_never_push_out_the_version_that_counts(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    let (mut stored, mut refused) = (0, 0);
    for round in 0..11 {
        match sea.store(id, &format!("candidate-{round}")).await {
            Ok(_) => {
                stored += 1;
                let seen = sea.get(id).await;
                let number = seen.candidate.as_ref().unwrap().vault_version;
                sea.discard(&seen, number).await.unwrap();
            }
            Err(error) => {
                refused += 1;
                let problem = error.problem_of(Field::Password).unwrap();
                assert!(problem.contains("without a test"), "{problem}");
            }
        }
        assert_eq!(sea.get(id).await.state, CredentialState::Active);
        assert_eq!(sea.vault.read(&sea.path(id), 1).await.unwrap().password.expose(), "old");
    }
    assert_eq!((stored, refused), (7, 4));
    assert_eq!(sea.password(id).await, "old");
    // A secret that counts at once is stored, and makes room.
    sea.update(id, "new").await.unwrap();
    assert_eq!(sea.password(id).await, "new");
    sea.store(id, "newer").await.unwrap();
    sea.promote(&sea.get(id).await, 10).await.unwrap();
    assert_eq!(sea.password(id).await, "newer");
}

async fn late_writes_never_push_out_the_version_that_counts(world: World) {
    let id = world.credential("ghcr", "old").await;
    let sea = Sea::new(world).await;
    for newest in 1..=9 {
        let operation = sea.intend(id).await;
        assert_eq!(sea.recover().await, 1);
        sea.write(newest, id, operation.id, "late").await;
    }
    let refused = sea.update(id, "new").await.unwrap_err();
    assert!(refused.problem_of(Field::Password).unwrap().contains("replacement"), "{refused:?}");
    let after = sea.get(id).await;
    assert_eq!((after.state, after.vault_version), (CredentialState::Active, 1));
    assert_eq!(sea.password(id).await, "old");
}
