//! What an apply would change now: dry runs, compared with what is there.

use domain::{
    Cause, ClusterId, Grant, Principal, Redactor, ServiceError, Timestamp,
    audit::ReadPurpose,
    cause::RemoteKind,
    exports::yaml,
    gitops::{
        ClusterObject, ClusterPreview, DestinationState, FileChange, FileChangeKind, ObjectState,
    },
};
use git_http::diff;
use kubernetes::{ApiRefusal, ApiServer, Live, Manifest, ObjectRef, Run, masked};
use storage::{
    Scope,
    gitops::{
        clusters::{self, Cluster},
        destinations,
    },
};

use super::{
    Stopped,
    apply::FOREIGN,
    desired_state::{Wanted, wanted},
    known, may_write, named,
    open::open,
    remedy::explain,
};
use crate::{Engine, Error, credentials::Use};

pub(super) async fn preview(
    engine: &Engine,
    principal: &Principal,
    id: ClusterId,
) -> Result<ClusterPreview, Error> {
    let grant = may_write(engine, principal, "look at the preview of a cluster").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_test(principal.user)?;
    let cluster = clusters::cluster(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let began = engine.clock.now();
    let used = Use::of(principal, grant, ReadPurpose::Apply);
    let wanted = if cluster.deleting {
        Wanted::nothing()
    } else {
        wanted(engine, scope, &cluster, &used).await?.map_err(|stopped| unreachable(&stopped))?
    };
    let api =
        open(engine, scope, &cluster, &used).await?.map_err(|stopped| unreachable(&stopped))?;
    let before = clusters::objects(&engine.db, scope, id).await?;
    let mut found = PreviewResult::default();
    for manifest in &wanted.manifests {
        found.look(&api, &cluster, manifest, &wanted.redactor).await?;
    }
    for object in &before {
        if !wanted.manifests.iter().any(|manifest| *manifest.object() == named(object)) {
            found.look_at_old(&api, &cluster, object, &wanted.redactor).await?;
        }
    }
    store_states(engine, grant, &cluster, &before, found.compared(began)).await?;
    let PreviewResult { changes, refused, .. } = found;
    Ok(ClusterPreview { changes, notes: wanted.notes, refused })
}

fn unreachable(stopped: &Stopped) -> Error {
    ServiceError::Unreachable { asked: RemoteKind::Cluster, cause: stopped.cause }.into()
}

#[derive(Default)]
struct PreviewResult {
    changes: Vec<FileChange>,
    refused: Vec<ClusterObject>,
    states: Vec<ClusterObject>,
}

impl PreviewResult {
    async fn look(
        &mut self,
        api: &ApiServer,
        cluster: &Cluster,
        manifest: &Manifest,
        redactor: &Redactor,
    ) -> Result<(), Error> {
        let object = manifest.object();
        let live = api.get(object).await;
        let live = match live {
            Ok(Some(live)) if !live.is_ours(cluster.id) => {
                self.keeps_out(object, Cause::ClusterConflict, FOREIGN.to_owned());
                return Ok(());
            }
            Ok(live) => live,
            Err(refusal) => return self.refused(manifest, &refusal, redactor),
        };
        let after = match api.apply(manifest, live.as_ref(), Run::Dry).await {
            Ok(after) => after,
            Err(refusal) => return self.refused(manifest, &refusal, redactor),
        };
        let state = match &live {
            None => ObjectState::Missing,
            Some(live) if live.is_same(&after) => ObjectState::InStep,
            Some(_) => ObjectState::Changed,
        };
        self.states.push(known(object, state));
        self.change(live.as_ref(), Some(&after), redactor);
        Ok(())
    }

    /// Looks at an object that the exports do not hold any more.
    async fn look_at_old(
        &mut self,
        api: &ApiServer,
        cluster: &Cluster,
        object: &ClusterObject,
        redactor: &Redactor,
    ) -> Result<(), Error> {
        match api.get(&named(object)).await {
            Ok(Some(live)) if live.is_ours(cluster.id) => self.change(Some(&live), None, redactor),
            Ok(_) => {}
            Err(refusal) if refusal.failure.cause == Cause::ClusterApiMissing => {}
            Err(refusal) => return Err(unreachable(&Stopped::refused(&refusal))),
        }
        Ok(())
    }

    /// What the server says of one object is kept with it; what it says of itself ends the preview.
    fn refused(
        &mut self,
        manifest: &Manifest,
        refusal: &ApiRefusal,
        redactor: &Redactor,
    ) -> Result<(), Error> {
        let object = manifest.object();
        let stopped = Stopped::refused(refusal);
        match stopped.cause {
            cause @ (Cause::ClusterConflict
            | Cause::ClusterRefused
            | Cause::ClusterApiMissing
            | Cause::NamespaceMissing
            | Cause::InsufficientScope) => {
                self.keeps_out(object, cause, explain(object, &stopped, redactor));
                Ok(())
            }
            _ => Err(unreachable(&stopped)),
        }
    }

    /// Nobody knows what would become of it. That it is somebody else's is how it stands; anything else
    /// tells nothing new of it.
    fn keeps_out(&mut self, object: &ObjectRef, cause: Cause, detail: String) {
        let state = match cause {
            Cause::ClusterConflict => ObjectState::Conflict,
            _ => ObjectState::New,
        };
        let refused = ClusterObject { cause: Some(cause), detail, ..known(object, state) };
        self.states.push(refused.clone());
        self.refused.push(refused);
    }

    fn change(&mut self, before: Option<&Live>, after: Option<&Live>, redactor: &Redactor) {
        let (kind, object) = match (before, after) {
            (None, Some(after)) => (FileChangeKind::Added, after.object()),
            (Some(before), None) => (FileChangeKind::Deleted, before.object()),
            (Some(before), Some(after)) if !before.is_same(after) => {
                (FileChangeKind::Changed, before.object())
            }
            _ => return,
        };
        let (old, new) = masked(before, after);
        // Values that somebody copied into an annotation, say, are no more to be seen than those at home.
        let text = |value: &serde_json::Value| redactor.redact(&yaml(value));
        let (old, new) = (old.as_ref().map(text), new.as_ref().map(text));
        let lines = diff(old.as_deref(), new.as_deref());
        self.changes.push(FileChange { path: object.to_string(), kind, lines });
    }
}

impl PreviewResult {
    /// How objects were found by a look that began then.
    fn compared(&self, began: Timestamp) -> Vec<ClusterObject> {
        let found = self.states.iter().cloned();
        found.map(|object| ClusterObject { compared_at: Some(began), ..object }).collect()
    }
}

/// Keeps how objects were found that had been applied, and why one could not be compared. What differs is
/// somebody else's doing only where nothing of ours waits to be applied; what is gone is theirs always.
async fn store_states(
    engine: &Engine,
    grant: Grant,
    cluster: &Cluster,
    before: &[ClusterObject],
    found: Vec<ClusterObject>,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    if cluster.deleting {
        return Ok(());
    }
    let kept: Vec<_> = found
        .into_iter()
        .filter_map(|object| {
            let known = before.iter().find(|known| named(known) == named(&object))?;
            match (known.state, object.state) {
                (ObjectState::New, _) => None,
                (state, ObjectState::New) => Some(ClusterObject { state, ..object }),
                (_, ObjectState::Changed) if cluster.state != DestinationState::InStep => {
                    Some(ClusterObject { compared_at: object.compared_at, ..known.clone() })
                }
                _ => Some(object),
            }
        })
        .collect();
    if kept.is_empty() {
        return Ok(());
    }
    let mut tx = engine.db.begin_as(&grant).await?;
    if destinations::lock_epoch(&mut tx, scope, cluster.id, cluster.epoch).await? {
        clusters::set_states(&mut tx, scope, cluster.id, &kept).await?;
        tx.commit().await?;
        engine.changes.tell(scope.organization());
    }
    Ok(())
}
