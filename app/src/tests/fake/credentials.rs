//! One credential.

use async_trait::async_trait;
use domain::{
    Actor, Cause, CredentialId, Provider, ServiceError, credentials, propagation, service,
    service::Answer,
};

use super::{Fake, SECRET, ago, id};

#[async_trait]
impl service::Credentials for Fake {
    async fn list(
        &self,
        _: &Actor,
        _: credentials::CredentialQuery,
    ) -> Answer<credentials::CredentialPage> {
        let row = credentials::CredentialSummary {
            id: id(),
            name: "ghcr-prod".into(),
            provider: Provider::Ghcr,
            linked: 2,
            failing: 1,
            created_at: ago(90_000),
            last_used_at: Some(ago(500)),
            state: credentials::CredentialState::Active,
        };
        Ok(credentials::CredentialPage { rows: vec![row], total: 1, all: 1 })
    }
    async fn get(&self, _: &Actor, _: CredentialId) -> Answer<credentials::CredentialDetail> {
        let link = credentials::LinkedRepository {
            id: id(),
            name: "acme charts".into(),
            url: "oci://ghcr.io/acme".into(),
            cause: Some(Cause::InvalidCredentials),
        };
        let update = credentials::Propagation {
            id: id(),
            vault_version: 3,
            started_at: ago(60),
            started_by: "Ada".into(),
            finished_at: None,
            counts: propagation::Counts { healthy: 1, waiting: 1, ..Default::default() },
        };
        Ok(credentials::CredentialDetail {
            id: id(),
            name: "ghcr-prod".into(),
            provider: Provider::Ghcr,
            username: "octocat".into(),
            description: "For <b>charts</b>".into(),
            state: credentials::CredentialState::Active,
            row_version: 7,
            vault_version: 3,
            created_at: ago(90_000),
            created_by: "Ada".into(),
            updated_at: ago(60),
            last_used_at: None,
            links: vec![link],
            history: vec![update],
        })
    }
    async fn choices(&self, _: &Actor, _: &str) -> Answer<Vec<credentials::CredentialChoice>> {
        let choice = |name: &str, fits_host| credentials::CredentialChoice {
            id: CredentialId::new(),
            name: name.into(),
            provider: Provider::Ghcr,
            fits_host,
        };
        Ok(vec![choice("first", true), choice("second", false)])
    }
    async fn create(
        &self,
        _: &Actor,
        form: credentials::CreateCredential,
    ) -> Answer<credentials::Saved> {
        assert_eq!(form.password.expose(), SECRET);
        form.parse().map(|_| credentials::Saved { id: id(), propagation: None })
    }
    async fn update(
        &self,
        _: &Actor,
        form: credentials::UpdateCredential,
    ) -> Answer<credentials::Saved> {
        form.parse().map(|_| credentials::Saved { id: id(), propagation: Some(id()) })
    }
    async fn delete(&self, _: &Actor, _: credentials::DeleteCredential) -> Answer<()> {
        Err(ServiceError::InUse(vec!["acme charts".into()]))
    }
}
