//! Connected Git accounts.

pub(crate) mod login;

use async_trait::async_trait;
use domain::{
    Actor, CredentialId, Secret, ServiceError,
    gitops::{
        Branches, ConnectionOffers, DeviceCode, DeviceForm, DeviceProgress, GitConnection,
        HostedRepository, WebStart,
    },
    service::{Answer, GitConnections},
};

use crate::Engine;

#[async_trait]
impl GitConnections for Engine {
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
