//! The credential of a repository whose export carries values is for those to choose who manage
//! exports: with it goes what clusters get.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv,
    forms::{changed, edited},
    on_both,
    registry::Registry,
};
use domain::{
    CredentialId, Field, RepositoryId, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::{PlaceCredential, Placement},
    exports::ExportForm,
    service::{Answer, Audit, Credentials, Exports, Repositories},
};

on_both!(
    r_authz_an_editor_brings_no_credential_into_a_carrying_export,
    r_authz_nor_does_the_url_or_another_address,
    r_authz_what_only_refers_to_vault_is_no_obstacle,
);

/// Reads nothing.
const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

struct Setting {
    env: TestEnv,
    registry: Registry,
    agreed: CredentialId,
    other: CredentialId,
    repository: RepositoryId,
}

impl Setting {
    /// A repository in an export of this delivery method.
    async fn new(env: TestEnv, carrier: &str) -> Self {
        let registry = Registry::start(Some("one")).await;
        let agreed = env.credential("agreed", "one").await;
        let other = env.credential("other", "two").await;
        env.allow(other, &registry.url("")).await;
        let repository = env.repository(&registry, "a", Some(agreed)).await;
        let mut form = ExportForm {
            name: "prod argo".into(),
            consumer: "argo_cd".into(),
            carrier: carrier.into(),
            repositories: vec![repository.to_string()],
            ..ExportForm::default()
        };
        form.settings.namespace = "argocd".into();
        if carrier == "sops" {
            form.settings.recipients = RECIPIENT.into();
        }
        Exports::save(&env.engine, &env.principal, form).await.unwrap();
        Self { env, registry, agreed, other, repository }
    }

    /// Saves the repository at this path with this choice.
    async fn edit(&self, role: Role, path: &str, choice: &str) -> Answer<RepositoryId> {
        let now = self.env.look(self.repository).await;
        let form = changed(edited(&now, &self.registry.url(path), None), |fields| {
            fields.credential = choice.into();
            fields.allow = self.registry.authority();
        });
        let principal = self.env.member("Ada", role).await;
        Repositories::edit(&self.env.engine, &principal, form).await
    }

    async fn linked(&self) -> Option<CredentialId> {
        self.env.look(self.repository).await.summary.link.map(|link| link.credential)
    }

    /// That it is refused, that the refusal names the export, and that nothing changed.
    async fn assert_refused(&self, answer: Answer<RepositoryId>) {
        let refused = answer.unwrap_err();
        let problem = refused.problem_of(Field::Credential).unwrap_or_default().to_owned();
        assert!(problem.contains("prod argo"), "{refused:?}");
        assert_eq!(self.linked().await, Some(self.agreed));
    }

    async fn refusals(&self) -> Vec<String> {
        let query = AuditQuery { action: Some(AuditAction::Refused), ..AuditQuery::default() };
        let rows = Audit::list(&self.env.engine, &self.env.principal, query).await.unwrap().rows;
        rows.into_iter().map(|event| event.detail).collect()
    }
}

async fn r_authz_an_editor_brings_no_credential_into_a_carrying_export(env: TestEnv) {
    let setting = Setting::new(env, "sops").await;
    let other = setting.other.to_string();
    let before = setting.env.look(setting.repository).await;
    assert_eq!(before.carried_by, ["prod argo"]);

    let answer = setting.edit(Role::Editor, "a", &other).await;
    setting.assert_refused(answer).await;
    assert_eq!(setting.env.look(setting.repository).await.row_version, before.row_version);
    assert_eq!(setting.refusals().await, ["choose a credential that prod argo carries"]);

    // What does not choose stays theirs: a path of the same host, and taking the credential away.
    setting.edit(Role::Editor, "b", &setting.agreed.to_string()).await.unwrap();
    setting.edit(Role::Editor, "b", "").await.unwrap();
    assert_eq!(setting.linked().await, None);
    let back = setting.edit(Role::Editor, "b", &setting.agreed.to_string()).await.unwrap_err();
    assert!(back.problem_of(Field::Credential).is_some());

    setting.edit(Role::Admin, "b", &other).await.unwrap();
    assert_eq!(setting.linked().await, Some(setting.other));
}

async fn r_authz_nor_does_the_url_or_another_address(env: TestEnv) {
    let setting = Setting::new(env, "sops").await;
    let answer = setting.edit(Role::Editor, "a", "automatic").await;
    setting.assert_refused(answer).await;

    // At another address the link is suspended until somebody with the right allows that address.
    let agreed = setting.agreed.to_string();
    let elsewhere = Registry::start(Some("one")).await;
    let suspended = Setting { registry: elsewhere, ..setting };
    suspended.edit(Role::Editor, "a", &agreed).await.unwrap();
    let answer = suspended.edit(Role::Editor, "a", &agreed).await;
    assert!(matches!(answer, Err(ServiceError::Choose { .. })), "{answer:?}");
    suspended.edit(Role::Admin, "a", &agreed).await.unwrap();

    // Where the URL chooses, a URL that another credential matches brings that one.
    let env = &suspended.env;
    env.allow(suspended.other, &suspended.registry.url("")).await;
    for (credential, path) in [(suspended.agreed, "agreed"), (suspended.other, "other")] {
        let detail = Credentials::get(&env.engine, &env.principal, credential).await.unwrap();
        let placement = Placement { pattern: suspended.registry.url(path), ..Placement::default() };
        let form = PlaceCredential {
            credential: credential.to_string(),
            row_version: detail.row_version.to_string(),
            placement,
            ..PlaceCredential::default()
        };
        Credentials::place(&env.engine, &env.principal, form).await.unwrap();
    }
    suspended.edit(Role::Admin, "agreed", "automatic").await.unwrap();
    assert_eq!(suspended.linked().await, Some(suspended.agreed));
    let answer = suspended.edit(Role::Editor, "other", "automatic").await;
    suspended.assert_refused(answer).await;
    suspended.edit(Role::Admin, "other", "automatic").await.unwrap();
    assert_eq!(suspended.linked().await, Some(suspended.other));
}

async fn r_authz_what_only_refers_to_vault_is_no_obstacle(env: TestEnv) {
    let setting = Setting::new(env, "external_secret").await;
    assert_eq!(setting.env.look(setting.repository).await.carried_by, Vec::<String>::new());
    setting.edit(Role::Editor, "a", &setting.other.to_string()).await.unwrap();
    assert_eq!(setting.linked().await, Some(setting.other));
    let viewer = setting.edit(Role::Viewer, "a", &setting.agreed.to_string()).await;
    assert_eq!(viewer, Err(ServiceError::NotAllowed));
}
