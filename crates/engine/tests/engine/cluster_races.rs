//! Clusters while something else happens: other workers, deletions, and people with `kubectl`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::cluster::{
    Key, Mood,
    fleet::{Fleet, standing},
};
use crate::env::{TestEnv, on_both};
use domain::{
    Cause,
    gitops::{DestinationState, ObjectState},
    service::Clusters,
};
use serde_json::{Value, json};

on_both!(
    nothing_goes_while_something_is_refused,
    what_somebody_makes_meanwhile_stays_theirs,
    what_somebody_replaces_meanwhile_stays_theirs,
    a_cluster_that_is_deleted_meanwhile_gets_nothing_more,
    a_worker_that_lost_its_work_sends_nothing_more,
    an_apply_that_was_asked_for_meanwhile_is_still_waiting,
);

/// A cluster with two exports, whose objects are `regcred` and `second`.
async fn with_two(env: TestEnv) -> Fleet {
    let fleet = Fleet::new(env).await;
    let other = fleet.export("second", "sops", "second").await;
    fleet.takes(&[fleet.export, other]).await.unwrap();
    fleet
}

fn theirs(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": name, "namespace": "team-a"}, "data": {"other": "eA=="}})
}

async fn nothing_goes_while_something_is_refused(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    // Another export takes the place of the first, but somebody has its object already.
    let second = Key::secret("second");
    fleet.stub.state().objects.create(&second, "kubectl", theirs("second"));
    let other = fleet.export("second", "sops", "second").await;
    fleet.takes(&[other]).await.unwrap();
    let failing = fleet.until(|detail| detail.summary.state == DestinationState::Failing).await;
    assert_eq!(failing.summary.cause, Some(Cause::ClusterConflict));
    assert!(fleet.config("regcred").contains("harbor.example.com"), "the old one is still there");
    assert_eq!(failing.objects.len(), 2);
    fleet.stub.state().objects.take(&second);
    let after = fleet.applied().await;
    assert_eq!(standing(&after), (vec![ObjectState::InStep], DestinationState::InStep, None));
    assert_eq!(fleet.stub.state().objects.keys(), [second]);
    workers.stop().await;
}

async fn what_somebody_makes_meanwhile_stays_theirs(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    let key = Key::secret("regcred");
    let made = key.clone();
    fleet.stub.state().meanwhile =
        Some(Box::new(move |objects| objects.create(&made, "kubectl", theirs("regcred"))));
    let failing = fleet.applied().await;
    let conflict =
        (vec![ObjectState::Conflict], DestinationState::Failing, Some(Cause::ClusterConflict));
    assert_eq!(standing(&failing), conflict);
    assert!(failing.detail.contains("not made by Hawser"), "{}", failing.detail);
    assert_eq!(fleet.stub.state().objects.value(&key).unwrap(), theirs("regcred"));
    assert_eq!(standing(&fleet.applied().await), conflict);
    Clusters::delete(fleet.engine(), &fleet.env.principal, fleet.cluster).await.unwrap();
    fleet.gone().await;
    assert_eq!(fleet.stub.state().objects.value(&key).unwrap(), theirs("regcred"));
    workers.stop().await;
}

async fn what_somebody_replaces_meanwhile_stays_theirs(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    let key = Key::secret("regcred");
    let made = key.clone();
    fleet.stub.state().meanwhile = Some(Box::new(move |objects| {
        objects.take(&made);
        objects.create(&made, "kubectl", theirs("regcred"));
    }));
    assert_eq!(fleet.applied().await.summary.state, DestinationState::Failing);
    assert_eq!(fleet.stub.state().objects.value(&key).unwrap(), theirs("regcred"));
    let failing = fleet.applied().await;
    assert_eq!(failing.summary.cause, Some(Cause::ClusterConflict));
    workers.stop().await;
}

async fn a_cluster_that_is_deleted_meanwhile_gets_nothing_more(env: TestEnv) {
    let fleet = with_two(env).await;
    let workers = fleet.env.workers();
    fleet.stub.set(Mood::Slow);
    fleet.ask().await;
    fleet.stub.asked_slowly(1).await;
    Clusters::delete(fleet.engine(), &fleet.env.principal, fleet.cluster).await.unwrap();
    assert!(fleet.get().await.summary.state == DestinationState::Pushing, "objects may come to be");
    fleet.stub.set(Mood::Well);
    fleet.stub.let_one_go();
    fleet.gone().await;
    assert_eq!((fleet.stub.changes_of("regcred"), fleet.stub.changes_of("second")), (1, 0));
    assert_eq!(fleet.stub.state().objects.keys(), []);
    workers.stop().await;
}

async fn a_worker_that_lost_its_work_sends_nothing_more(env: TestEnv) {
    let fleet = with_two(env).await;
    let workers = fleet.env.workers();
    fleet.stub.set(Mood::Slow);
    fleet.ask().await;
    fleet.stub.asked_slowly(1).await;
    // Its lease runs out, and another worker takes the job while it waits for an answer.
    fleet.env.sql("update jobs set run_at = 0 where kind = 'apply'").await;
    fleet.stub.asked_slowly(2).await;
    fleet.stub.set(Mood::Well);
    fleet.stub.let_one_go();
    fleet.stub.let_one_go();
    fleet.until(|detail| detail.summary.state == DestinationState::InStep).await;
    assert_eq!(fleet.stub.changes_of("second"), 1, "only the new worker came that far");
    workers.stop().await;
}

async fn an_apply_that_was_asked_for_meanwhile_is_still_waiting(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.stub.set(Mood::Slow);
    fleet.ask().await;
    fleet.stub.asked_slowly(1).await;
    fleet.ask().await;
    fleet.stub.let_one_go();
    fleet.stub.asked_slowly(2).await;
    let waiting = fleet.get().await;
    assert_eq!(waiting.summary.state, DestinationState::Pushing);
    assert!(waiting.summary.applied_at.is_some(), "the first one ended");
    fleet.stub.let_one_go();
    fleet.until(|detail| detail.summary.state == DestinationState::InStep).await;
    workers.stop().await;
}
