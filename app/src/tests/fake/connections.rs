//! Tests that fail at the login, and the other services of this page's neighbours.

use async_trait::async_trait;
use domain::{
    Cause, CredentialId, Principal, ProjectId, Purpose, RepositoryId, ServiceError,
    connection_tests, credentials, matching,
    notices::{AttentionCounts, Group, News, Notice, Subject, WebhookForm},
    projects, service,
    service::Answer,
};

use super::{Fake, NOW, ago, id};

fn failed(name: &str, url: &str) -> connection_tests::ConnectionTest {
    use connection_tests::{Stage, StageState};
    let stages = Stage::ALL
        .into_iter()
        .map(|stage| {
            let state = match stage.cmp(&Stage::Token) {
                std::cmp::Ordering::Less => StageState::Passed,
                std::cmp::Ordering::Equal => StageState::Failed,
                std::cmp::Ordering::Greater => StageState::Skipped,
            };
            connection_tests::StageResult {
                stage,
                state,
                millis: (state != StageState::Skipped).then_some(12),
                status: (stage == Stage::Token).then_some(401),
                detail: "The registry asks for a login.".into(),
                cause: (stage == Stage::Token).then_some(Cause::InvalidCredentials),
            }
        })
        .collect();
    connection_tests::ConnectionTest {
        repository: Some(id()),
        asked: domain::cause::RemoteKind::Registry,
        name: name.into(),
        url: url.into(),
        stages,
        certificate: Some(connection_tests::Certificate {
            issuer: "CN=Acme CA".into(),
            subject: "CN=ghcr.io".into(),
            fingerprint: "AB:CD".into(),
            not_after: Some(NOW),
        }),
        quota: Some(connection_tests::Quota { limit: 100, remaining: 78, resets_at: None }),
        expires_at: None,
        excess: vec!["write:packages".into()],
    }
}

#[async_trait]
impl service::ConnectionTests for Fake {
    async fn test_form(
        &self,
        _: &Principal,
        form: connection_tests::TestConnection,
    ) -> Answer<connection_tests::ConnectionTest> {
        self.answers()?;
        if form.url.contains('@') {
            return Err(domain::Field::Url.problem("Remove the user name and password.").into());
        }
        Ok(connection_tests::ConnectionTest { repository: None, ..failed(&form.url, &form.url) })
    }
    async fn test_credential(
        &self,
        _: &Principal,
        _: CredentialId,
    ) -> Answer<Vec<connection_tests::ConnectionTest>> {
        Ok(vec![failed("acme charts", "oci://ghcr.io/acme")])
    }
    async fn test_repository(
        &self,
        _: &Principal,
        _: RepositoryId,
    ) -> Answer<connection_tests::ConnectionTest> {
        Ok(failed("acme charts", "oci://ghcr.io/acme"))
    }
}

#[async_trait]
impl service::Matching for Fake {
    async fn explain(
        &self,
        _: &Principal,
        query: matching::ExplainQuery,
    ) -> Answer<matching::Explanation> {
        let line = |name: &str, verdict| matching::ExplanationLine {
            scope: matching::SearchScope::Unnamed,
            credential: id(),
            name: name.into(),
            reach: credentials::CredentialScope::Shared,
            pattern: "^oci://ghcr\\.io/".into(),
            pattern_kind: credentials::PatternKind::Regex,
            verdict,
        };
        Ok(matching::Explanation {
            repositories: Vec::new(),
            url: query.url,
            purpose: Purpose::Helm,
            project: "Default".into(),
            lines: vec![
                line("ghcr-prod", matching::MatchVerdict::Wins),
                line("later", matching::MatchVerdict::LaterName),
            ],
            total: 2,
        })
    }
}

#[async_trait]
impl service::Projects for Fake {
    async fn list(&self, _: &Principal) -> Answer<Vec<projects::Project>> {
        let project = |id, name: &str, is_default| projects::Project {
            sharing: projects::Sharing::Own,
            id,
            name: name.into(),
            is_default,
            credentials: domain::Total::of(1),
            repositories: domain::Total::of(1),
        };
        Ok(vec![project(id(), "Default", true), project(ProjectId::new(), "Shop", false)])
    }
    async fn save(&self, _: &Principal, _: projects::ProjectForm) -> Answer<ProjectId> {
        self.answers()?;
        Ok(id())
    }
    async fn delete(&self, _: &Principal, _: ProjectId) -> Answer<()> {
        Err(ServiceError::InUse(vec!["acme charts".into()]))
    }
}

#[async_trait]
impl service::Notices for Fake {
    async fn list(&self, _: &Principal) -> Answer<Vec<Notice>> {
        let notice = |name: &str, news| Notice {
            id: id(),
            name: name.into(),
            news,
            at: ago(60),
            delivered: Some(true),
            group: None,
        };
        let trouble = |subject, cause, ended_at| News::Trouble {
            subject,
            cause,
            began_at: ago(120),
            ended_at,
        };
        let expiry = News::Expiry { credential: id(), expires_at: super::credentials::EXPIRES };
        let over = trouble(Subject::Cluster(id()), Cause::ClusterRefused, Some(ago(30)));
        Ok(vec![
            notice("ghcr-prod", expiry),
            notice("prod-cluster", trouble(Subject::GitTarget(id()), Cause::BranchProtected, None)),
            notice("eu", over),
            Notice {
                group: Some(Group { host: "ghcr.io".into(), repositories: 3 }),
                ..notice(
                    "charts",
                    trouble(Subject::Repository(id()), Cause::InvalidCredentials, None),
                )
            },
        ])
    }
    async fn attention(&self, _: &Principal) -> Answer<AttentionCounts> {
        Ok(AttentionCounts { repositories: 3, notices: 2, ..AttentionCounts::default() })
    }
    async fn webhook(&self, _: &Principal) -> Answer<String> {
        Ok("https://hooks.example.com/hawser".into())
    }
    async fn set_webhook(&self, _: &Principal, _: WebhookForm) -> Answer<()> {
        self.answers()
    }
}
