//! A real Git server, and what people set up with it.
#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use domain::{
    Cause, CredentialId, ExportId, GitTargetId,
    credentials::CreateCredential,
    exports::{ExportForm, ExportSettings},
    gitops::{DestinationState, GitTargetDetail, GitTargetForm},
    service::{Credentials, Exports, GitTargets},
};

use testkit::git_server::{CANARY, GitServer};

use crate::env::{TestEnv, forms};

/// The repository of [`GitServer::with_repository`].
pub const REPOSITORY: &str = "acme/gitops";

/// A new export of a pull secret that points at Vault.
pub fn export(name: &str, credentials: &[CredentialId]) -> ExportForm {
    ExportForm {
        name: name.into(),
        consumer: "pull_secret".into(),
        carrier: "external_secret".into(),
        credentials: credentials.iter().map(ToString::to_string).collect(),
        settings: ExportSettings {
            namespace: "apps".into(),
            secret_name: name.to_lowercase().replace(' ', "-"),
            ..ExportSettings::default()
        },
        ..ExportForm::default()
    }
}

/// A new target of the branch `main`.
pub fn target(
    server: &GitServer,
    name: &str,
    credential: CredentialId,
    exports: &[ExportId],
) -> GitTargetForm {
    GitTargetForm {
        name: name.into(),
        credential: credential.to_string(),
        url: server.url(REPOSITORY).as_str().into(),
        branch: "main".into(),
        folder: "clusters/prod".into(),
        mode: "direct".into(),
        exports: exports.iter().map(ToString::to_string).collect(),
        ..GitTargetForm::default()
    }
}

/// The form of a target as it is.
pub fn edited(detail: &GitTargetDetail) -> GitTargetForm {
    GitTargetForm {
        target: detail.summary.id.to_string(),
        row_version: detail.row_version.to_string(),
        name: detail.summary.name.clone(),
        credential: detail.summary.credential.to_string(),
        url: detail.summary.url.clone().into(),
        branch: detail.summary.branch.clone(),
        base: detail.base.clone(),
        folder: detail.summary.folder.clone(),
        mode: detail.mode.as_str().into(),
        ca: detail.ca.clone(),
        proxy: detail.proxy.clone().into(),
        exports: detail.exports.iter().map(|(id, _)| id.to_string()).collect(),
    }
}

/// A registry credential in an export, in a target, with the login that pushes.
pub struct Setting {
    pub server: GitServer,
    pub credential: CredentialId,
    pub login: CredentialId,
    pub export: ExportId,
    pub target: GitTargetId,
}

impl TestEnv {
    /// The credential that opens the Git server.
    pub async fn git_login(&self, name: &str, password: &str) -> CredentialId {
        let form = CreateCredential {
            provider: "generic_git".into(),
            name: name.into(),
            username: "ann".into(),
            password: domain::Secret::new(password.into()),
            ..CreateCredential::default()
        };
        Credentials::create(&self.engine, &self.principal, form).await.unwrap().id
    }

    /// A credential for `registry.example.com`.
    pub async fn registry_credential(&self, name: &str, password: &str) -> CredentialId {
        let mut form = forms::new(name, password);
        form.placement.pattern = "https://registry.example.com".into();
        form.placement.pattern_kind = "exact".into();
        let id = Credentials::create(&self.engine, &self.principal, form).await.unwrap().id;
        self.allow(id, "https://registry.example.com").await;
        id
    }

    pub async fn save_export(&self, form: ExportForm) -> ExportId {
        Exports::save(&self.engine, &self.principal, form).await.unwrap()
    }

    pub async fn save_target(&self, form: GitTargetForm) -> GitTargetId {
        GitTargets::save(&self.engine, &self.principal, form).await.unwrap().id
    }

    /// Everything for a first push; nothing is pushed yet.
    pub async fn setting(&self) -> Setting {
        let server = GitServer::with_repository().await;
        let credential = self.registry_credential("registry", "first").await;
        let login = self.git_login("git", CANARY).await;
        let export = self.save_export(export("regcred", &[credential])).await;
        let target = self.save_target(target(&server, "prod", login, &[export])).await;
        Setting { server, credential, login, export, target }
    }

    pub async fn push(&self, target: GitTargetId) {
        let principal = self.member("Ada", domain::Role::Owner).await;
        // One person may not push as often in a minute as some tests need.
        let principal = if self.target(target).await.summary.state == DestinationState::New {
            self.principal.clone()
        } else {
            principal
        };
        GitTargets::push(&self.engine, &principal, target).await.unwrap();
    }

    pub async fn target(&self, target: GitTargetId) -> GitTargetDetail {
        GitTargets::get(&self.engine, &self.principal, target).await.unwrap()
    }

    /// Waits until nothing is on its way to a target.
    pub async fn settled(&self, target: GitTargetId) -> GitTargetDetail {
        for _ in 0..1_200 {
            let detail = self.target(target).await;
            let is_settled = match detail.summary.state {
                DestinationState::Pushing => false,
                DestinationState::InStep => !detail.summary.is_pending,
                DestinationState::New | DestinationState::Failing => true,
            };
            if is_settled {
                return detail;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("not settled in time: {:?}", self.target(target).await);
    }

    /// Pushes and waits; the target has to be in step then.
    pub async fn pushed(&self, target: GitTargetId) -> GitTargetDetail {
        self.push(target).await;
        let detail = self.settled(target).await;
        assert_eq!(detail.summary.state, DestinationState::InStep, "{detail:?}");
        detail
    }

    /// Pushes and waits for a failure.
    pub async fn not_pushed(&self, target: GitTargetId) -> (Cause, String) {
        self.push(target).await;
        let detail = self.settled(target).await;
        assert_eq!(detail.summary.state, DestinationState::Failing, "{detail:?}");
        (detail.summary.cause.unwrap(), detail.detail)
    }
}

/// Waits until something became so.
pub async fn wait_until(is_so: impl Fn() -> bool) {
    for _ in 0..1_200 {
        if is_so() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it did not happen in time");
}
