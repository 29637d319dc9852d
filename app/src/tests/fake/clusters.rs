//! One cluster, with an object in every state.

use async_trait::async_trait;
use domain::{
    Cause, ClusterId, Field, Principal, ServiceError,
    cause::RemoteKind,
    gitops::{
        ClusterDetail, ClusterForm, ClusterObject, ClusterPreview, ClusterSummary,
        DestinationState, ObjectState,
    },
    service::{self, Answer},
};

use super::{Fake, ago, gitops::difference, id};

impl Fake {
    fn cluster(&self) -> ClusterDetail {
        let object = |name: &str, state| ClusterObject {
            api_version: "v1".into(),
            kind: "Secret".into(),
            namespace: "shop".into(),
            name: name.into(),
            state,
            cause: None,
            detail: String::new(),
            compared_at: (state != ObjectState::New).then(|| ago(720)),
        };
        let objects = if self.is_empty {
            Vec::new()
        } else {
            vec![
                object("regcred", ObjectState::InStep),
                object("edited", ObjectState::Changed),
                object("gone", ObjectState::Missing),
                object("fresh", ObjectState::New),
                ClusterObject {
                    cause: Some(Cause::InsufficientScope),
                    detail: "It may not <write> here.\n  kubectl create role".into(),
                    compared_at: Some(ago(300)),
                    ..object("refused", ObjectState::InStep)
                },
                object("taken", ObjectState::Conflict),
            ]
        };
        ClusterDetail {
            summary: ClusterSummary {
                id: id(),
                name: "prod-eu".into(),
                credential: id(),
                server: "https://10.0.0.1:6443".into(),
                state: if self.cause.is_some() {
                    DestinationState::Failing
                } else {
                    self.target_state
                },
                is_deleting: self.is_deleting,
                cause: self.cause,
                objects: u32::try_from(objects.len()).unwrap().saturating_sub(1),
                drifted: 2,
                applied_at: Some(ago(300)),
            },
            credential_name: "kubeconfig-eu".into(),
            exports: vec![(id(), "argocd-prod".into())],
            objects,
            detail: String::new(),
            tried_at: Some(ago(300)),
            row_version: 6,
        }
    }
}

#[async_trait]
impl service::Clusters for Fake {
    fn are_on(&self) -> bool {
        self.has_clusters
    }
    async fn list(&self, _: &Principal) -> Answer<Vec<ClusterSummary>> {
        self.answers()?;
        Ok(if self.is_empty { Vec::new() } else { vec![self.cluster().summary] })
    }
    async fn get(&self, _: &Principal, asked: ClusterId) -> Answer<ClusterDetail> {
        self.answers()?;
        if asked == id() { Ok(self.cluster()) } else { Err(ServiceError::NotFound) }
    }
    async fn save(&self, _: &Principal, form: ClusterForm) -> Answer<ClusterId> {
        self.answers()?;
        *self.cluster_saved.lock().unwrap() = Some(form.clone());
        self.current(&form.row_version)?;
        if form.credential.is_empty() {
            return Err(Field::Credential.problem("Choose a credential.").into());
        }
        Ok(id())
    }
    async fn delete(&self, _: &Principal, _: ClusterId) -> Answer<()> {
        Ok(())
    }
    async fn preview(&self, _: &Principal, _: ClusterId) -> Answer<ClusterPreview> {
        if self.cause == Some(Cause::InsufficientScope) {
            let refused = self.cluster().objects.into_iter().filter(|one| one.name == "refused");
            return Ok(ClusterPreview { refused: refused.collect(), ..ClusterPreview::default() });
        }
        if let Some(cause) = self.cause {
            return Err(ServiceError::Unreachable { asked: RemoteKind::Cluster, cause });
        }
        Ok(ClusterPreview { changes: difference().changes, ..ClusterPreview::default() })
    }
    async fn apply(&self, _: &Principal, _: ClusterId) -> Answer<()> {
        Ok(())
    }
}
