//! Git accounts and Git targets that answer with one of everything.

use async_trait::async_trait;
use domain::{
    Cause, CredentialId, Field, GitTargetId, Principal, Secret, ServiceError,
    cause::RemoteKind,
    exports::{ExportNote, NoteTone},
    gitops::{
        Branches, DestinationState, DeviceCode, DeviceForm, DeviceProgress, DiffKind, DiffLine,
        FileChange, FileChangeKind, GitAccount, GitAccountMethod, GitAccountOffers,
        GitTargetDetail, GitTargetForm, GitTargetSaved, GitTargetSummary, HostedRepository,
        PushMode, TargetPreview, WebStart,
    },
    service::{self, Answer},
};

use super::{Fake, ago, id};

fn connection(account: &str) -> GitAccount {
    GitAccount {
        credential: id(),
        name: format!("github-{account}"),
        way: GitAccountMethod::Web,
        host: "github.com".into(),
        account: account.into(),
        scopes: vec!["repo".into(), "read:user".into()],
        missing_scopes: Vec::new(),
        connected_by: "Ada".into(),
        is_own: true,
        connected_at: ago(90_000),
        last_used_at: Some(ago(500)),
        targets: 1,
        broken: None,
    }
}

#[async_trait]
impl service::GitAccounts for Fake {
    async fn offers(&self, _: &Principal) -> Answer<GitAccountOffers> {
        self.answers()?;
        Ok(self.offers.clone())
    }
    async fn list(&self, _: &Principal) -> Answer<Vec<GitAccount>> {
        self.answers()?;
        if self.is_empty {
            return Ok(Vec::new());
        }
        let narrow = GitAccount {
            credential: CredentialId::new(),
            scopes: vec!["read:user".into()],
            missing_scopes: vec!["repo".into()],
            ..connection("narrow")
        };
        let broken = GitAccount {
            credential: CredentialId::new(),
            way: GitAccountMethod::Device,
            connected_by: "Grace".into(),
            is_own: false,
            broken: Some(Cause::ConnectionRevoked),
            ..connection("broken")
        };
        let targets = u32::from(self.has_targets);
        let revoked = self.cause.filter(|cause| *cause == Cause::ConnectionRevoked);
        Ok(vec![GitAccount { targets, broken: revoked, ..connection("octocat") }, narrow, broken])
    }
    async fn begin_web(&self, _: &Principal) -> Answer<WebStart> {
        Err(ServiceError::NotFound)
    }
    async fn finish_web(
        &self,
        _: &Principal,
        _: Secret,
        _: Secret,
        _: Secret,
    ) -> Answer<CredentialId> {
        Err(ServiceError::NotFound)
    }
    async fn begin_device(&self, _: &Principal) -> Answer<DeviceCode> {
        Err(ServiceError::NotFound)
    }
    async fn poll_device(&self, _: &Principal, _: DeviceForm) -> Answer<DeviceProgress> {
        Err(ServiceError::NotFound)
    }
    async fn connect_installation(&self, _: &Principal, _: &str) -> Answer<CredentialId> {
        Err(ServiceError::NotFound)
    }
    async fn disconnect(&self, _: &Principal, credential: CredentialId) -> Answer<()> {
        if *self.github_away.lock().unwrap() {
            let (asked, cause) = (RemoteKind::Github, Cause::Timeout);
            return Err(ServiceError::Unreachable { asked, cause });
        }
        if credential == id() { Ok(()) } else { Err(ServiceError::NotFound) }
    }
    async fn forget(&self, _: &Principal, credential: CredentialId) -> Answer<()> {
        if credential == id() { Ok(()) } else { Err(ServiceError::NotFound) }
    }
    async fn repositories(
        &self,
        _: &Principal,
        _: CredentialId,
        search: &str,
    ) -> Answer<Vec<HostedRepository>> {
        let one = |name: &str, may_push, is_public| HostedRepository {
            full_name: format!("acme/{name}"),
            url: format!("https://github.com/acme/{name}"),
            default_branch: "main".into(),
            may_push,
            is_public,
        };
        let mut all = vec![one("gitops", true, false), one("site", true, true)];
        all.push(one("upstream", false, true));
        all.retain(|repository| repository.full_name.contains(search));
        Ok(all)
    }
    async fn branches_hindrance(
        &self,
        _: &Principal,
        form: GitTargetForm,
    ) -> Answer<Option<String>> {
        Ok(form
            .url
            .contains("elsewhere")
            .then(|| "Type the branch: harbor is not made for it.".into()))
    }
    async fn branches(&self, _: &Principal, form: GitTargetForm) -> Answer<Branches> {
        if form.url.contains("gone") {
            return Err(ServiceError::Unreachable {
                asked: RemoteKind::GitServer,
                cause: Cause::NotFound,
            });
        }
        if form.url.contains("revoked") {
            return Err(ServiceError::Unreachable {
                asked: RemoteKind::Github,
                cause: Cause::ConnectionRevoked,
            });
        }
        Ok(Branches { default: "trunk".into(), names: vec!["trunk".into(), "prod".into()] })
    }
}

impl Fake {
    fn target(&self) -> GitTargetDetail {
        let failing = self.cause.is_some();
        GitTargetDetail {
            summary: GitTargetSummary {
                id: id(),
                name: "prod-cluster".into(),
                credential: id(),
                url: "https://github.com/acme/gitops".into(),
                branch: "main".into(),
                folder: "clusters/prod".into(),
                state: if failing { DestinationState::Failing } else { self.target_state },
                cause: self.cause,
                is_pending: true,
                is_waiting: true,
                last_commit: "0123456789abcdef0123456789abcdef01234567".into(),
                pushed_at: Some(ago(300)),
            },
            credential_name: "github-octocat".into(),
            base: "stable".into(),
            mode: PushMode::PullRequest,
            ca: String::new(),
            proxy: String::new(),
            exports: vec![(id(), "argocd-prod".into())],
            files: vec!["clusters/prod/ghcr-acme.yaml".into()],
            leaving: vec!["clusters/prod/old.yaml".into()],
            is_merged: false,
            commit_url: "https://github.com/acme/gitops/commit/0123456".into(),
            work_branch: "hawser/0123456789ab".into(),
            pull_request_url: self.pull_request.into(),
            detail: if failing {
                "remote: <b>GH006</b>: Protected branch".into()
            } else {
                String::new()
            },
            row_version: 5,
            bound_by: "Ada".into(),
            may_change: !self.is_theirs,
        }
    }
}

#[async_trait]
impl service::GitTargets for Fake {
    async fn list(&self, _: &Principal) -> Answer<Vec<GitTargetSummary>> {
        self.answers()?;
        Ok(if self.is_empty { Vec::new() } else { vec![self.target().summary] })
    }
    async fn get(&self, _: &Principal, asked: GitTargetId) -> Answer<GitTargetDetail> {
        self.answers()?;
        if asked == id() { Ok(self.target()) } else { Err(ServiceError::NotFound) }
    }
    async fn save(&self, _: &Principal, form: GitTargetForm) -> Answer<GitTargetSaved> {
        self.answers()?;
        *self.target_saved.lock().unwrap() = Some(form.clone());
        self.current(&form.row_version)?;
        if form.exports.is_empty() {
            return Err(Field::Exports.problem("Choose at least one export.").into());
        }
        Ok(GitTargetSaved { id: id(), left: None })
    }
    async fn delete(&self, _: &Principal, _: GitTargetId) -> Answer<()> {
        Ok(())
    }
    async fn preview(&self, _: &Principal, _: GitTargetId) -> Answer<TargetPreview> {
        if self.cause == Some(Cause::FileNotOurs) {
            return Ok(TargetPreview::refused("clusters/prod/a.yaml is not of Hawser."));
        }
        if let Some(cause) = self.cause {
            return Err(ServiceError::Unreachable { asked: RemoteKind::GitServer, cause });
        }
        if self.is_empty {
            return Ok(TargetPreview {
                head: "0123456789".into(),
                branch: "hawser/0123456789ab".into(),
                ..Default::default()
            });
        }
        Ok(difference())
    }
    async fn push(&self, _: &Principal, asked: GitTargetId) -> Answer<()> {
        if asked == id() { Ok(()) } else { Err(ServiceError::NotFound) }
    }
}

/// A change of every kind.
pub(super) fn difference() -> TargetPreview {
    let line = |kind, text: &str| DiffLine { kind, text: text.into() };
    let change = |path: &str, kind, lines| FileChange { path: path.into(), kind, lines };
    TargetPreview {
        head: "0123456789abcdef0123456789abcdef01234567".into(),
        branch: "main".into(),
        is_new_branch: true,
        changes: vec![
            change(
                "clusters/prod/ghcr-acme.yaml",
                FileChangeKind::Changed,
                vec![
                    line(DiffKind::Gap, ""),
                    line(DiffKind::Same, "      remoteRef:"),
                    line(
                        DiffKind::Same,
                        "        key: orgs/0190b0a0-0000-7000-8000-000000000001/credentials/0190b0a0-0000-7000-8000-000000000001",
                    ),
                    line(DiffKind::Removed, "        version: \"2\""),
                    line(DiffKind::Added, "        version: \"3\""),
                ],
            ),
            change(
                "clusters/prod/<new>.yaml",
                FileChangeKind::Added,
                vec![
                    line(DiffKind::Added, "apiVersion: v1"),
                    line(DiffKind::Added, "kind: Secret"),
                ],
            ),
            change(
                "clusters/prod/old.yaml",
                FileChangeKind::Deleted,
                vec![line(DiffKind::Removed, "kind: ExternalSecret")],
            ),
        ],
        notes: vec![ExportNote::new(
            NoteTone::Warning,
            "Somebody edited ghcr-acme.yaml; it is brought back.",
        )],
    }
}
