//! Git accounts, Git targets and clusters that answer with one of everything.

use async_trait::async_trait;
use domain::{
    Actor, ClusterId, CredentialId, GitTargetId, Secret, ServiceError,
    gitops::{
        Branches, ClusterDetail, ClusterForm, ClusterSummary, ConnectionOffers, DeviceCode,
        DeviceForm, DeviceProgress, GitConnection, GitTargetDetail, GitTargetForm,
        GitTargetSummary, HostedRepository, TargetPreview, WebStart,
    },
    service::{self, Answer},
};

use super::Fake;

#[async_trait]
impl service::GitConnections for Fake {
    async fn offers(&self, _: &Actor) -> Answer<ConnectionOffers> {
        Err(ServiceError::NotFound)
    }
    async fn list(&self, _: &Actor) -> Answer<Vec<GitConnection>> {
        Err(ServiceError::NotFound)
    }
    async fn begin_web(&self, _: &Actor) -> Answer<WebStart> {
        Err(ServiceError::NotFound)
    }
    async fn finish_web(&self, _: &Actor, _: Secret, _: Secret, _: Secret) -> Answer<CredentialId> {
        Err(ServiceError::NotFound)
    }
    async fn begin_device(&self, _: &Actor) -> Answer<DeviceCode> {
        Err(ServiceError::NotFound)
    }
    async fn poll_device(&self, _: &Actor, _: DeviceForm) -> Answer<DeviceProgress> {
        Err(ServiceError::NotFound)
    }
    async fn connect_installation(&self, _: &Actor, _: &str) -> Answer<CredentialId> {
        Err(ServiceError::NotFound)
    }
    async fn disconnect(&self, _: &Actor, _: CredentialId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
    async fn repositories(
        &self,
        _: &Actor,
        _: CredentialId,
        _: &str,
    ) -> Answer<Vec<HostedRepository>> {
        Err(ServiceError::NotFound)
    }
    async fn branches(&self, _: &Actor, _: CredentialId, _: &str) -> Answer<Branches> {
        Err(ServiceError::NotFound)
    }
}

#[async_trait]
impl service::GitTargets for Fake {
    async fn list(&self, _: &Actor) -> Answer<Vec<GitTargetSummary>> {
        Err(ServiceError::NotFound)
    }
    async fn get(&self, _: &Actor, _: GitTargetId) -> Answer<GitTargetDetail> {
        Err(ServiceError::NotFound)
    }
    async fn save(&self, _: &Actor, _: GitTargetForm) -> Answer<GitTargetId> {
        Err(ServiceError::NotFound)
    }
    async fn delete(&self, _: &Actor, _: GitTargetId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
    async fn preview(&self, _: &Actor, _: GitTargetId) -> Answer<TargetPreview> {
        Err(ServiceError::NotFound)
    }
    async fn push(&self, _: &Actor, _: GitTargetId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
}

#[async_trait]
impl service::Clusters for Fake {
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
