//! Clusters: exports applied to a Kubernetes API server.

use async_trait::async_trait;
use domain::{
    Actor, ClusterId, ServiceError,
    gitops::{ClusterDetail, ClusterForm, ClusterSummary, TargetPreview},
    service::{Answer, Clusters},
};

use crate::Engine;

#[async_trait]
impl Clusters for Engine {
    fn are_on(&self) -> bool {
        false
    }
    async fn list(&self, _: &Actor) -> Answer<Vec<ClusterSummary>> {
        Err(ServiceError::NotFound)
    }
    async fn get(&self, _: &Actor, _: ClusterId) -> Answer<ClusterDetail> {
        Err(ServiceError::NotFound)
    }
    async fn save(&self, _: &Actor, _: ClusterForm) -> Answer<ClusterId> {
        Err(ServiceError::NotFound)
    }
    async fn delete(&self, _: &Actor, _: ClusterId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
    async fn preview(&self, _: &Actor, _: ClusterId) -> Answer<TargetPreview> {
        Err(ServiceError::NotFound)
    }
    async fn apply(&self, _: &Actor, _: ClusterId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
}
