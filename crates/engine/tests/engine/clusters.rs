//! Clusters: exports applied to a stub of a Kubernetes API server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::cluster::{
    Key, Mood,
    fleet::{CANARY, Fleet, standing},
};
use crate::env::{TestEnv, Workers, on_both};
use domain::{
    Cause,
    audit::{AuditAction, AuditQuery},
    gitops::{DestinationState, DiffKind, FileChangeKind, ObjectState},
    propagation::DeliveryTarget,
    service::{Audit, Clusters},
};
use serde_json::json;

on_both!(
    nothing_is_applied_before_somebody_asks,
    an_update_of_a_credential_reaches_the_cluster,
    what_somebody_deletes_or_removes_is_brought_back,
    another_manager_keeps_what_it_owns,
    what_somebody_else_made_stays,
    what_is_not_wanted_any_more_goes,
    a_cluster_goes_with_what_hawser_made_there,
);

async fn nothing_is_applied_before_somebody_asks(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    let fresh = fleet.get().await;
    assert_eq!(standing(&fresh), (vec![], DestinationState::New, None));
    assert_eq!(fresh.summary.server, fleet.stub.server());
    assert_eq!((fresh.credential_name.as_str(), fresh.exports[0].1.as_str()), ("prod", "pull"));

    let preview = fleet.preview().await.unwrap();
    assert_eq!(preview.changes.len(), 1, "{preview:?}");
    let change = &preview.changes[0];
    assert_eq!(
        (change.path.as_str(), change.kind),
        ("Secret team-a/regcred", FileChangeKind::Added)
    );
    assert!(change.lines.iter().any(|line| line.text.contains("*** REDACTED ***")), "{change:?}");
    assert!(!format!("{preview:?}").contains(CANARY));
    assert_eq!(fleet.stub.state().objects.keys(), [], "a preview changes nothing");

    let after = fleet.applied().await;
    assert_eq!(standing(&after), (vec![ObjectState::InStep], DestinationState::InStep, None));
    assert_eq!((after.summary.objects, after.summary.drifted), (1, 0));
    assert!(after.summary.applied_at.is_some() && after.detail.is_empty());
    let config = fleet.config("regcred");
    assert!(config.contains("harbor.example.com"), "{config}");
    let object = fleet.stub.state().objects.value(&Key::secret("regcred")).unwrap();
    assert_eq!(object["type"], "kubernetes.io/dockerconfigjson");
    assert_eq!(object["metadata"]["labels"]["app.kubernetes.io/managed-by"], "hawser");
    assert_eq!(object["metadata"]["labels"]["hawser.dev/cluster"], fleet.cluster.to_string());
    assert_eq!(fleet.preview().await.unwrap().changes, []);
    let writes = fleet.stub.writes();
    let again = fleet.applied().await;
    assert_eq!(again.summary.state, DestinationState::InStep);
    assert!(fleet.stub.writes() > writes, "an apply asks the server again");
    assert_eq!(logged(&fleet, AuditAction::ClusterApplied).await, ["1 object written, 0 deleted"]);
    workers.stop().await;
    fleet.assert_not_kept().await;
}

async fn an_update_of_a_credential_reaches_the_cluster(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    let first = fleet.config("regcred");
    let propagation = fleet.env.update(fleet.credential, &format!("{CANARY}-2")).await;
    let progress = fleet.env.end_of(propagation).await;
    assert_eq!((progress.counts.total(), progress.counts.healthy), (1, 1));
    assert_eq!(progress.lines[0].place, DeliveryTarget::Cluster(fleet.cluster));
    assert_eq!(progress.lines[0].name, "prod");
    assert_ne!(fleet.config("regcred"), first);
    workers.stop().await;

    // The API server is away: the update waits, and arrives when it is back.
    fleet.stub.set(Mood::Away);
    let workers = fleet.env.workers();
    let second = fleet.config("regcred");
    let propagation = fleet.env.update(fleet.credential, &format!("{CANARY}-3")).await;
    let failing = fleet.until(|detail| detail.summary.state == DestinationState::Failing).await;
    assert_eq!(failing.summary.cause, Some(Cause::ConnectionClosed));
    let waiting = fleet.env.progress(propagation).await;
    assert_eq!(
        (waiting.counts.retrying, waiting.lines[0].cause),
        (1, Some(Cause::ConnectionClosed))
    );
    assert_eq!(fleet.config("regcred"), second);
    fleet.stub.set(Mood::Well);
    fleet.clock.advance(Duration::from_mins(20));
    assert_eq!(fleet.env.end_of(propagation).await.counts.healthy, 1);
    assert_ne!(fleet.config("regcred"), second);
    assert_eq!(fleet.get().await.summary.state, DestinationState::InStep);

    // It goes away in the middle: nothing is lost and nothing is there twice.
    let other = fleet.export("second", "sops", "second").await;
    fleet.stub.set(Mood::WellFor(3));
    fleet.takes(&[fleet.export, other]).await.unwrap();
    fleet.until(|detail| detail.summary.state == DestinationState::Failing).await;
    fleet.stub.set(Mood::Well);
    fleet.clock.advance(Duration::from_mins(20));
    let after = fleet.until(|detail| detail.summary.state == DestinationState::InStep).await;
    assert_eq!(standing(&after).0, [ObjectState::InStep; 2]);
    workers.stop().await;
    fleet.assert_not_kept().await;
}

async fn what_somebody_deletes_or_removes_is_brought_back(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    let (key, config) = (Key::secret("regcred"), fleet.config("regcred"));

    fleet.stub.state().objects.edit(&key, "kubectl-edit", |value| {
        let labels = value["metadata"]["labels"].as_object_mut().unwrap();
        labels.insert("theirs".into(), json!("stays"));
        value["data"].as_object_mut().unwrap().remove(".dockerconfigjson");
    });
    let preview = fleet.preview().await.unwrap();
    let change = &preview.changes[0];
    assert_eq!(change.kind, FileChangeKind::Changed);
    let added: Vec<_> = change.lines.iter().filter(|line| line.kind == DiffKind::Added).collect();
    assert!(added.iter().any(|line| line.text.contains(".dockerconfigjson")), "{change:?}");
    let drifted = fleet.get().await;
    assert_eq!((drifted.objects[0].state, drifted.summary.drifted), (ObjectState::Changed, 1));
    // Nobody asks: an hour later Hawser looks by itself.
    fleet.clock.advance(Duration::from_hours(1));
    fleet.until(|detail| detail.objects[0].state == ObjectState::InStep).await;
    assert_eq!(fleet.config("regcred"), config);
    let value = fleet.stub.state().objects.value(&key).unwrap();
    assert_eq!(value["metadata"]["labels"]["theirs"], "stays", "what others own is theirs");

    fleet.stub.state().objects.take(&key);
    fleet.preview().await.unwrap();
    assert_eq!(fleet.get().await.objects[0].state, ObjectState::Missing);
    assert_eq!(fleet.applied().await.objects[0].state, ObjectState::InStep);
    assert_eq!(fleet.config("regcred"), config);
    workers.stop().await;
}

async fn another_manager_keeps_what_it_owns(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    let key = Key::secret("regcred");
    let theirs = "e30=";
    fleet.stub.state().objects.edit(&key, "kubectl-edit", |value| {
        value["data"][".dockerconfigjson"] = json!(theirs);
    });
    let preview = fleet.preview().await.unwrap();
    assert_eq!(preview.changes, []);
    let told = preview.refused.iter().any(|one| one.detail.contains("kubectl-edit owns .data"));
    assert!(told, "{preview:?}");

    let failing = fleet.applied().await;
    let conflict =
        (vec![ObjectState::Conflict], DestinationState::Failing, Some(Cause::ClusterConflict));
    assert_eq!(standing(&failing), conflict);
    assert!(
        failing.detail.contains("Secret team-a/regcred: kubectl-edit owns"),
        "{}",
        failing.detail
    );
    assert_eq!(fleet.config("regcred"), "{}", "nothing is taken by force");
    let propagation = fleet.env.update(fleet.credential, &format!("{CANARY}-2")).await;
    let ended = fleet.env.end_of(propagation).await;
    assert_eq!(ended.counts.needs_attention, 1);
    assert_eq!(ended.lines[0].cause, Some(Cause::ClusterConflict));

    // They give it back, and the next look finds it in step.
    fleet.stub.state().objects.edit(&key, "kubectl-edit", |value| {
        value["data"].as_object_mut().unwrap().remove(".dockerconfigjson");
    });
    fleet.clock.advance(Duration::from_hours(1));
    fleet.until(|detail| detail.summary.state == DestinationState::InStep).await;
    workers.stop().await;
    fleet.assert_not_kept().await;
}

async fn what_somebody_else_made_stays(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    let (key, theirs) = (
        Key::secret("regcred"),
        json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "regcred", "namespace": "team-a",
            "labels": {"app.kubernetes.io/managed-by": "hawser", "hawser.dev/cluster": fleet.cluster.to_string()}},
        "data": {"other": "eA=="}}),
    );
    // It even says that it is ours, but our manager did not make it.
    fleet.stub.state().objects.create(&key, "kubectl-create", theirs.clone());
    let preview = fleet.preview().await.unwrap();
    assert_eq!(preview.changes, []);
    assert!(
        preview.refused.iter().any(|one| one.detail.contains("not made by Hawser")),
        "{preview:?}"
    );
    let failing = fleet.applied().await;
    assert_eq!(failing.summary.cause, Some(Cause::ClusterConflict));
    assert!(failing.detail.contains("exists already"), "{}", failing.detail);
    assert_eq!(fleet.stub.state().objects.value(&key).unwrap(), theirs);

    Clusters::delete(fleet.engine(), &fleet.env.principal, fleet.cluster).await.unwrap();
    fleet.gone().await;
    assert_eq!(fleet.stub.state().objects.value(&key).unwrap(), theirs, "it is not deleted either");
    assert_eq!(fleet.stub.writes(), 0);
    workers.stop().await;
}

async fn what_is_not_wanted_any_more_goes(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    let other = fleet.export("second", "sops", "second").await;
    fleet.takes(&[fleet.export, other]).await.unwrap();
    assert_eq!(fleet.applied().await.objects.len(), 2);
    let bystander = Key::secret("bystander");
    fleet.stub.state().objects.create(
        &bystander,
        "kubectl",
        json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "bystander", "namespace": "team-a"}}),
    );

    fleet.takes(&[other]).await.unwrap();
    let after = fleet.until(|detail| {
        detail.summary.state == DestinationState::InStep && detail.objects.len() == 1
    });
    assert_eq!(after.await.objects[0].name, "second");
    assert_eq!(fleet.stub.state().objects.keys(), [bystander, Key::secret("second")]);
    // Two exports that write one object: neither is written.
    let twin = fleet.export("twin", "sops", "second").await;
    fleet.takes(&[other, twin]).await.unwrap();
    let failing = fleet.until(|detail| detail.summary.state == DestinationState::Failing).await;
    assert_eq!(failing.summary.cause, Some(Cause::ExportIncomplete));
    assert_eq!(failing.detail, "Secret team-a/second is in two exports.");
    workers.stop().await;
}

async fn a_cluster_goes_with_what_hawser_made_there(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    let delete = || Clusters::delete(fleet.engine(), &fleet.env.principal, fleet.cluster);

    fleet.stub.set(Mood::Away);
    delete().await.unwrap();
    let waiting = fleet.until(|detail| detail.summary.state == DestinationState::Failing).await;
    assert_eq!(waiting.summary.cause, Some(Cause::ConnectionClosed));
    assert!(fleet.takes(&[fleet.export]).await.is_err(), "it is being deleted");
    fleet.stub.set(Mood::Well);
    fleet.clock.advance(Duration::from_mins(20));
    fleet.gone().await;
    assert_eq!(fleet.stub.state().objects.keys(), []);
    let told = logged(&fleet, AuditAction::ClusterDeleted).await;
    assert_eq!(told, ["1 object was deleted first", "1 object is to be deleted first"]);
    workers.stop().await;

    // Somebody who deletes once more does not wait for a server that never comes back.
    let form = crate::cluster::fleet::form("prod", fleet.kubeconfig, &[fleet.export]);
    let again = Clusters::save(fleet.engine(), &fleet.env.principal, form).await.unwrap();
    let fleet = Fleet { cluster: again, ..fleet };
    let workers = Workers::of(fleet.engine());
    fleet.applied().await;
    fleet.stub.set(Mood::Away);
    let delete = || Clusters::delete(fleet.engine(), &fleet.env.principal, fleet.cluster);
    delete().await.unwrap();
    fleet.until(|detail| detail.summary.state == DestinationState::Failing).await;
    delete().await.unwrap();
    fleet.gone().await;
    assert!(!fleet.config("regcred").is_empty(), "it is left there, and the audit log says so");
    let told = logged(&fleet, AuditAction::ClusterDeleted).await;
    assert_eq!(told[0], "forgotten; 1 object may be left in the cluster");
    workers.stop().await;
}

/// The details of audit lines, newest first.
async fn logged(fleet: &Fleet, action: AuditAction) -> Vec<String> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    let page = Audit::list(fleet.engine(), &fleet.env.principal, query).await.unwrap();
    page.rows.into_iter().map(|row| row.detail).collect()
}
