//! What each object of a cluster says of itself, and the notices of a cluster that fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::cluster::{
    Key, Mood,
    fleet::{Fleet, RECIPIENT},
};
use crate::env::{TestEnv, on_both};
use axum::{Router, extract::State};
use domain::{
    Cause, ExportId,
    exports::ExportForm,
    gitops::{ObjectState, ObjectStatus},
    notices::{News, Notice, Subject, WebhookForm},
    service::{Exports, Notices},
};
use engine::Clock;
use serde_json::Value;

on_both!(
    each_object_tells_its_own_truth,
    what_was_deleted_by_hand_is_noticed_at_once,
    a_failing_cluster_is_noticed_once,
);

/// An export like that of the fleet, in a namespace that there is not.
async fn elsewhere(fleet: &Fleet) -> ExportId {
    let mut form = ExportForm {
        name: "elsewhere".into(),
        consumer: "pull_secret".into(),
        carrier: "sops".into(),
        credentials: vec![fleet.credential.to_string()],
        ..ExportForm::default()
    };
    form.settings.namespace = "team-x".into();
    form.settings.secret_name = "regcred".into();
    form.settings.recipients = RECIPIENT.into();
    Exports::save(fleet.engine(), &fleet.env.principal, form).await.unwrap()
}

async fn each_object_tells_its_own_truth(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    let both = [fleet.export, elsewhere(&fleet).await];
    fleet.takes(&both).await.unwrap();
    let failing = fleet.applied().await;
    let standing = |detail: &domain::gitops::ClusterDetail| {
        detail.objects.iter().map(|object| detail.standing(object)).collect::<Vec<_>>()
    };
    assert_eq!(failing.summary.cause, Some(Cause::NamespaceMissing));
    let missing = ObjectStatus::Failing(Cause::NamespaceMissing);
    assert_eq!(standing(&failing), [ObjectStatus::Known(ObjectState::InStep), missing]);
    let told = &failing.objects[1].detail;
    assert!(told.contains("kubectl create namespace team-x"), "{told}");
    assert!(failing.objects[0].detail.is_empty() && failing.detail.contains(told.as_str()));
    assert_eq!(failing.compared_at(), Some(fleet.clock.now()));

    fleet.stub.state().forbidden = vec!["Secret"];
    let failing = fleet.applied().await;
    let forbidden = ObjectStatus::Failing(Cause::InsufficientScope);
    assert_eq!(standing(&failing), [forbidden, forbidden]);
    let told = &failing.objects[0].detail;
    assert!(told.contains("The account may not write Secrets in the namespace team-a."), "{told}");
    assert!(told.contains("--resource=secrets") && told.contains("--serviceaccount=ci:hawser"));

    fleet.stub.state().forbidden.clear();
    fleet.clock.advance(Duration::from_secs(1));
    fleet.stub.set(Mood::Away);
    let failing = fleet.applied().await;
    assert_eq!(standing(&failing), [ObjectStatus::Waiting, ObjectStatus::Waiting]);

    fleet.stub.set(Mood::Well);
    fleet.takes(&[fleet.export]).await.unwrap();
    let after = fleet.until(|detail| detail.objects.len() == 1).await;
    assert_eq!((after.objects[0].cause, after.objects[0].detail.as_str()), (None, ""));
    workers.stop().await;
    fleet.assert_not_kept().await;
}

async fn what_was_deleted_by_hand_is_noticed_at_once(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    let applied = fleet.applied().await;
    assert_eq!(applied.compared_at(), Some(fleet.clock.now()));
    workers.stop().await;
    fleet.stub.state().objects.take(&Key::secret("regcred"));
    fleet.clock.advance(Duration::from_mins(12));
    assert_eq!(fleet.get().await.objects[0].state, ObjectState::InStep);
    assert_eq!(fleet.preview().await.unwrap().changes.len(), 1);
    let seen = fleet.get().await;
    assert_eq!((seen.objects[0].state, seen.summary.drifted), (ObjectState::Missing, 1));
    assert_eq!(seen.compared_at(), Some(fleet.clock.now()));

    // What could not be compared stands as it stood, with the reason.
    fleet.stub.state().forbidden = vec!["Secret"];
    let preview = fleet.preview().await.unwrap();
    assert_eq!((preview.changes.len(), preview.refused.len()), (0, 1), "{preview:?}");
    let seen = fleet.get().await;
    assert_eq!(seen.objects[0].state, ObjectState::Missing);
    assert_eq!(seen.standing(&seen.objects[0]), ObjectStatus::Failing(Cause::InsufficientScope));
    fleet.stub.state().forbidden.clear();
    fleet.preview().await.unwrap();
    assert_eq!(fleet.get().await.objects[0].cause, None);

    // It is noticed as well while something else fails.
    let workers = fleet.env.workers();
    assert_eq!(fleet.applied().await.objects[0].state, ObjectState::InStep);
    let both = [fleet.export, elsewhere(&fleet).await];
    fleet.takes(&both).await.unwrap();
    let failing = fleet.applied().await;
    assert_eq!(failing.summary.cause, Some(Cause::NamespaceMissing));
    workers.stop().await;
    fleet.stub.state().objects.take(&Key::secret("regcred"));
    fleet.clock.advance(Duration::from_mins(1));
    fleet.preview().await.unwrap();
    let seen = fleet.get().await;
    assert_eq!(seen.objects[0].state, ObjectState::Missing);
    assert_eq!(seen.standing(&seen.objects[0]), ObjectStatus::Known(ObjectState::Missing));
}

/// A stub of somebody's webhook, which takes everything.
async fn hook(fleet: &Fleet) -> Arc<Mutex<Vec<Value>>> {
    let taken = Arc::<Mutex<Vec<Value>>>::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let webhook = format!("http://{}/hook", listener.local_addr().unwrap());
    let take = async |State(taken): State<Arc<Mutex<Vec<Value>>>>, body: String| {
        taken.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    };
    let router =
        Router::new().route("/hook", axum::routing::post(take)).with_state(Arc::clone(&taken));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Notices::set_webhook(fleet.engine(), &fleet.env.principal, WebhookForm { webhook })
        .await
        .unwrap();
    taken
}

/// All notices after those that are due were made, the newest first.
async fn noticed(fleet: &Fleet) -> Vec<Notice> {
    fleet.engine().make_notices().await.unwrap();
    Notices::list(fleet.engine(), &fleet.env.principal).await.unwrap()
}

async fn open(fleet: &Fleet) -> u32 {
    Notices::open(fleet.engine(), &fleet.env.principal).await.unwrap()
}

async fn a_failing_cluster_is_noticed_once(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let taken = hook(&fleet).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    assert_eq!(noticed(&fleet).await, []);
    fleet.stub.state().forbidden = vec!["Secret"];
    let began_at = fleet.clock.now();
    fleet.applied().await;
    let first = noticed(&fleet).await;
    assert_eq!((first.len(), first[0].name.as_str(), open(&fleet).await), (1, "prod", 1));
    let subject = Subject::Cluster(fleet.cluster);
    let cause = Cause::InsufficientScope;
    let trouble = |ended_at| News::Trouble { subject, cause, began_at, ended_at };
    assert_eq!(first[0].news, trouble(None));
    // It goes on failing: nobody is told again.
    fleet.clock.advance(Duration::from_secs(5));
    fleet.applied().await;
    assert_eq!(noticed(&fleet).await.len(), 1);

    fleet.stub.state().forbidden.clear();
    fleet.applied().await;
    let over = noticed(&fleet).await;
    assert_eq!((over[0].news.clone(), open(&fleet).await), (trouble(Some(fleet.clock.now())), 0));

    // What may pass by itself is announced when it lasts.
    fleet.clock.advance(Duration::from_secs(5));
    fleet.stub.set(Mood::Away);
    fleet.applied().await;
    assert_eq!(noticed(&fleet).await.len(), 1);
    fleet.clock.advance(Duration::from_mins(10));
    assert_eq!((noticed(&fleet).await.len(), open(&fleet).await), (2, 1));
    // Where the operator turned clusters off, nobody is asked to mend one.
    let vault = fleet.env.vault_config();
    let off = fleet.env.engine_with(fleet.clock.clone(), vault).await;
    assert_eq!(Notices::open(&off, &fleet.env.principal).await.unwrap(), 0);
    assert_eq!(Notices::list(&off, &fleet.env.principal).await.unwrap(), []);
    for _ in 0..400 {
        if noticed(&fleet).await.iter().all(|notice| notice.delivered == Some(true)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    workers.stop().await;
    let taken = taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 2, "{taken:?}");
    let expected = serde_json::json!({
        "event": "cluster_fails",
        "organization": "One",
        "id": fleet.cluster.to_string(),
        "name": "prod",
        "cause": "insufficient_scope",
        "title": "403 Forbidden: insufficient permissions",
        "since": began_at.rfc3339(),
    });
    assert_eq!(taken[0], expected);

    let stranger = TestEnv::organization(&fleet.env.db, "Two").await;
    assert_eq!(Notices::list(fleet.engine(), &stranger).await.unwrap(), []);
    assert_eq!(Notices::open(fleet.engine(), &stranger).await.unwrap(), 0);
}
