//! One repository that fails.

use async_trait::async_trait;
use domain::{
    Cause, Principal, RepositoryId,
    charts::{LeftOut, Skipped},
    repositories, service,
    service::Answer,
};

use super::{Fake, NOW, ago, id};

fn repository() -> repositories::RepositorySummary {
    repositories::RepositorySummary {
        id: id(),
        name: "acme charts".into(),
        kind: repositories::RepositoryKind::Oci,
        url: "oci://ghcr.io/acme".into(),
        link: Some(repositories::Link {
            credential: id(),
            name: "ghcr-prod".into(),
            state: repositories::LinkState::Active,
            is_automatic: false,
            environment: domain::credentials::Environment::Development,
        }),
        charts: 4,
        last_sync_at: Some(ago(60)),
        state: repositories::RepositoryState::Failing,
        cause: Some(Cause::InvalidCredentials),
        stale_since: Some(ago(7_200)),
        environment: domain::credentials::Environment::Production,
        project: id(),
        project_name: "Default".into(),
    }
}

/// What its last sync left out.
fn left_out() -> LeftOut {
    let mut left_out = LeftOut::default();
    left_out.add_many(Skipped::TagIsNoVersion, 3);
    left_out.add(Skipped::EntryWithoutName);
    left_out
}

#[async_trait]
impl service::Repositories for Fake {
    async fn list(
        &self,
        _: &Principal,
        _: repositories::RepositoryQuery,
    ) -> Answer<repositories::RepositoryPage> {
        Ok(repositories::RepositoryPage {
            rows: vec![repository()],
            total: domain::Total::of(1),
            is_empty: false,
        })
    }
    async fn choices(&self, _: &Principal) -> Answer<Vec<(RepositoryId, String)>> {
        let repository = repository();
        Ok(vec![(repository.id, repository.name)])
    }
    async fn get(&self, _: &Principal, _: RepositoryId) -> Answer<repositories::RepositoryDetail> {
        let run = repositories::SyncRun {
            id: id(),
            trigger: repositories::SyncTrigger::Person,
            started_at: ago(62),
            finished_at: Some(ago(60)),
            cause: Some(Cause::InvalidCredentials),
            status: Some(401),
            charts: None,
            versions: None,
        };
        Ok(repositories::RepositoryDetail {
            summary: repository(),
            row_version: 2,
            interval: 3_600,
            chart_names: vec!["nginx".into()],
            created_at: ago(90_000),
            next_sync_at: Some(NOW),
            runs: vec![run],
            is_automatic: false,
            ca: String::new(),
            proxy: String::new(),
            quota: None,
            detail: "Could not list the tags at ghcr.io.".into(),
            left_out: left_out(),
            refused_service: String::new(),
            carried_by: vec!["prod-argo".into()],
        })
    }
    async fn add(&self, _: &Principal, form: repositories::AddRepository) -> Answer<RepositoryId> {
        form.parse().map(|_| id())
    }
    async fn edit(
        &self,
        _: &Principal,
        form: repositories::EditRepository,
    ) -> Answer<RepositoryId> {
        self.current(&form.row_version)?;
        form.parse().map(|_| id())
    }
    async fn allow_token_service(&self, _: &Principal, _: RepositoryId, _: &str) -> Answer<()> {
        Ok(())
    }
    async fn delete(&self, _: &Principal, _: RepositoryId) -> Answer<()> {
        Ok(())
    }
    async fn sync(&self, _: &Principal, which: repositories::RepositorySelection) -> Answer<u32> {
        Ok(match which {
            repositories::RepositorySelection::These(ids) => u32::try_from(ids.len()).unwrap(),
            repositories::RepositorySelection::Found(query) if query.search == "acme" => 1,
            repositories::RepositorySelection::Found(_) => 41,
        })
    }
}
