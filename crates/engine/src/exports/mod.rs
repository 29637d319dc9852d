//! Exports: what they write, and who may see it.

use async_trait::async_trait;
use domain::{
    Actor, CredentialId, ExportId, ServiceError,
    exports::{
        ExportChoices, ExportDetail, ExportForm, ExportPreview, ExportSummary, RevealForm, Revealed,
    },
    gitops::CredentialUse,
    service::{Answer, Exports, Peer},
};

use crate::Engine;

#[async_trait]
impl Exports for Engine {
    async fn list(&self, _: &Actor) -> Answer<Vec<ExportSummary>> {
        Err(ServiceError::NotFound)
    }
    async fn get(&self, _: &Actor, _: ExportId) -> Answer<ExportDetail> {
        Err(ServiceError::NotFound)
    }
    async fn choices(&self, _: &Actor) -> Answer<ExportChoices> {
        Err(ServiceError::NotFound)
    }
    async fn preview(&self, _: &Actor, _: ExportForm) -> Answer<ExportPreview> {
        Err(ServiceError::NotFound)
    }
    async fn save(&self, _: &Actor, _: ExportForm) -> Answer<ExportId> {
        Err(ServiceError::NotFound)
    }
    async fn delete(&self, _: &Actor, _: ExportId) -> Answer<()> {
        Err(ServiceError::NotFound)
    }
    async fn reveal(&self, _: &Actor, _: RevealForm, _: Peer) -> Answer<Revealed> {
        Err(ServiceError::NotFound)
    }
    async fn uses(&self, _: &Actor, _: CredentialId) -> Answer<Vec<CredentialUse>> {
        Err(ServiceError::NotFound)
    }
}
