//! Exports: what they write, and who may see it.

mod agree;
mod carvel;
mod choices;
mod delete;
mod encrypted;
mod facts;
mod get;
mod preview;
mod rendered;
mod reveal;
mod save;

use async_trait::async_trait;
use domain::{
    Action, CredentialId, ExportId, Name, Principal, RepositoryId,
    exports::{
        Consumer, EncryptedForm, ExportChoices, ExportDetail, ExportFields, ExportFile, ExportForm,
        ExportPreview, ExportSought, ExportSummary, RevealForm, Revealed, carvel::ExportSource,
    },
    gitops::CredentialUse,
    service::{Answer, Exports},
};
use storage::exports::StoredExport;

use crate::{Engine, Error, audit::reading, error::answer};

pub(crate) use rendered::{RenderedExport, rendered};

/// Where the secrets lie, as the clusters that read them name it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VaultPlace {
    /// The mount of the KV store (version 2).
    pub mount: String,
    /// The namespace; empty for none.
    pub namespace: String,
    /// Who can reach it.
    pub reach: VaultReach,
}

/// Who can reach the Vault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VaultReach {
    /// Clusters may: the operator runs it.
    #[default]
    Clusters,
    /// This machine alone: Hawser manages it.
    ThisMachine,
}

#[async_trait]
impl Exports for Engine {
    async fn list(&self, principal: &Principal) -> Answer<Vec<ExportSummary>> {
        let (engine, scope) = reading(self, principal, Action::View, "see the exports").await?;
        storage::exports::list(&engine.db, scope).await.map_err(|error| answer(error.into()))
    }

    async fn get(&self, principal: &Principal, id: ExportId) -> Answer<ExportDetail> {
        get::get(self, principal, id).await.map_err(answer)
    }

    fn vault_is_local(&self) -> bool {
        self.vault_place.reach == VaultReach::ThisMachine
    }

    async fn choices(
        &self,
        principal: &Principal,
        consumer: Consumer,
        sought: ExportSought,
    ) -> Answer<ExportChoices> {
        choices::choices(self, principal, consumer, &sought).await.map_err(answer)
    }

    async fn preview(&self, principal: &Principal, form: ExportForm) -> Answer<ExportPreview> {
        preview::preview(self, principal, &form).await.map_err(answer)
    }

    async fn save(&self, principal: &Principal, form: ExportForm) -> Answer<ExportId> {
        save::save(self, principal, &form).await.map_err(answer)
    }

    async fn delete(&self, principal: &Principal, id: ExportId) -> Answer<()> {
        delete::delete(self, principal, id).await.map_err(answer)
    }

    async fn encrypted(&self, principal: &Principal, form: EncryptedForm) -> Answer<ExportFile> {
        encrypted::encrypted(self, principal, &form).await.map_err(answer)
    }

    async fn reveal(&self, principal: &Principal, form: RevealForm) -> Answer<Revealed> {
        reveal::reveal(self, principal, form).await.map_err(answer)
    }

    async fn carvel(&self, principal: &Principal) -> Answer<Vec<ExportSource>> {
        carvel::carvel(self, principal).await.map_err(answer)
    }

    async fn uses(
        &self,
        principal: &Principal,
        credential: CredentialId,
    ) -> Answer<Vec<CredentialUse>> {
        let (engine, scope) = reading(self, principal, Action::View, "see the exports").await?;
        storage::exports::uses(&engine.db, scope, credential)
            .await
            .map_err(|error| answer(error.into()))
    }

    async fn through(
        &self,
        principal: &Principal,
        credential: CredentialId,
    ) -> Answer<Vec<(RepositoryId, ExportId)>> {
        let (engine, scope) = reading(self, principal, Action::View, "see the exports").await?;
        storage::exports::through(&engine.db, scope, credential)
            .await
            .map_err(|error| answer(error.into()))
    }
}

/// A stored export as its form was read.
fn fields(stored: &StoredExport) -> Result<ExportFields, Error> {
    Ok(ExportFields {
        name: Name::parse(&stored.name)?,
        consumer: stored.consumer,
        carrier: stored.carrier,
        credentials: stored.credentials.clone(),
        repositories: stored.repositories.clone(),
        settings: stored.settings.clone(),
        agreed: stored.agreed.clone(),
    })
}
