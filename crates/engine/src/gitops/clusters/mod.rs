//! Clusters: exports applied to a Kubernetes API server.
//!
//! The values of secrets go to the API server over TLS and nowhere else. Hawser owns the fields that
//! it applies and takes none from other managers; what it deletes is what it made.

mod apply;
mod apply_now;
mod delete;
mod desired_state;
mod fence;
mod get;
mod open;
mod preview;
mod reconcile;
mod remedy;
mod save;
mod words;

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    Action, Cause, ClusterId, Grant, Principal, ServiceError,
    cause::RemoteKind,
    gitops::{
        ClusterDetail, ClusterForm, ClusterObject, ClusterPreview, ClusterSummary, ObjectState,
    },
    service::{Answer, Clusters},
};
use kubernetes::{Denied, ObjectRef};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{allowed, reading},
    error::answer_of,
};

/// Whether the operator lets Hawser write to clusters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ClusterAccess {
    /// It does not; work that waits goes on waiting.
    #[default]
    Off,
    /// It does.
    On,
}

impl Engine {
    /// The same engine, which applies exports to clusters.
    #[must_use]
    pub const fn reaching_clusters(mut self) -> Self {
        self.clusters = ClusterAccess::On;
        self
    }
}

/// Why something at a cluster did not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stopped {
    cause: Cause,
    /// What was tried, for people.
    detail: String,
    /// What the account of the kubeconfig may not do, where that is why.
    denied: Option<Denied>,
    /// How long the API server asked to be left alone.
    retry_after: Option<Duration>,
}

impl Stopped {
    fn because(cause: Cause, detail: impl Into<String>) -> Self {
        Self { cause, detail: detail.into(), denied: None, retry_after: None }
    }

    fn refused(refusal: &kubernetes::ApiRefusal) -> Self {
        Self {
            cause: refusal.failure.cause,
            detail: refusal.said.clone(),
            denied: refusal.denied.clone(),
            retry_after: refusal.failure.retry_after,
        }
    }
}

#[async_trait]
impl Clusters for Engine {
    fn are_on(&self) -> bool {
        self.clusters == ClusterAccess::On
    }

    async fn list(&self, principal: &Principal) -> Answer<Vec<ClusterSummary>> {
        get::list(self, principal).await.map_err(answer_of_cluster)
    }

    async fn get(&self, principal: &Principal, id: ClusterId) -> Answer<ClusterDetail> {
        get::get(self, principal, id).await.map_err(answer_of_cluster)
    }

    async fn save(&self, principal: &Principal, form: ClusterForm) -> Answer<ClusterId> {
        save::save(self, principal, &form).await.map_err(answer_of_cluster)
    }

    async fn delete(&self, principal: &Principal, id: ClusterId) -> Answer<()> {
        delete::delete(self, principal, id).await.map_err(answer_of_cluster)
    }

    async fn preview(&self, principal: &Principal, id: ClusterId) -> Answer<ClusterPreview> {
        preview::preview(self, principal, id).await.map_err(answer_of_cluster)
    }

    async fn apply(&self, principal: &Principal, id: ClusterId) -> Answer<()> {
        apply_now::apply(self, principal, id).await.map_err(answer_of_cluster)
    }
}

/// What fails here is told of the API server.
fn answer_of_cluster(error: Error) -> ServiceError {
    answer_of(RemoteKind::Cluster, error)
}

/// The right to look, where clusters are turned on.
async fn may_look(engine: &Engine, principal: &Principal) -> Result<(Engine, Scope), Error> {
    is_on(engine)?;
    Ok(reading(engine, principal, Action::View, "see the clusters").await?)
}

/// The right to let values of secrets leave for a cluster: who chooses the cluster can read them.
async fn may_write(engine: &Engine, principal: &Principal, attempt: &str) -> Result<Grant, Error> {
    is_on(engine)?;
    allowed(engine, principal, Action::RevealSecrets, attempt).await?;
    Ok(allowed(engine, principal, Action::ManageClusters, attempt).await?)
}

fn is_on(engine: &Engine) -> Result<(), Error> {
    match engine.clusters {
        ClusterAccess::On => Ok(()),
        ClusterAccess::Off => Err(ServiceError::NotAllowed.into()),
    }
}

/// An object as the database and the page name it.
fn known(object: &ObjectRef, state: ObjectState) -> ClusterObject {
    ClusterObject {
        api_version: object.api_version.clone(),
        kind: object.kind.clone(),
        namespace: object.namespace.clone(),
        name: object.name.clone(),
        state,
        cause: None,
        detail: String::new(),
        compared_at: None,
    }
}

/// An object as the API server names it.
fn named(object: &ClusterObject) -> ObjectRef {
    ObjectRef {
        api_version: object.api_version.clone(),
        kind: object.kind.clone(),
        namespace: object.namespace.clone(),
        name: object.name.clone(),
    }
}
