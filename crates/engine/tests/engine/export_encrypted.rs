//! What of an export is seen, and its encrypted files taken along: what Git would get, and who gets it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::env::git::{REPOSITORY, edited, export};
use crate::env::held::Held;
use crate::env::{TestEnv, forms, on_both};
use domain::{
    Action, Cause, ExportId, Principal, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    cause::RemoteKind,
    exports::{EncryptedForm, ExportFile, ExportForm, NoteTone},
    service::{Answer, Audit, Credentials, Exports},
};
use engine::SystemClock;
use vault::VaultConfig;

on_both!(
    r_git_03_what_is_taken_along_is_what_git_gets,
    r_authz_who_manages_exports_takes_encrypted_files,
    what_no_push_would_write_is_not_taken_along,
    a_shared_credential_is_not_shown_to_its_users,
    r_git_03_nothing_is_encrypted_to_whom_an_owner_took_away_meanwhile,
);

const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
const CANARY: &str = "canary-taken-5d2e";

fn sealed(credential: domain::CredentialId) -> ExportForm {
    let mut form = export("sealed", &[credential]);
    form.carrier = "sops".into();
    form.settings.recipients = RECIPIENT.into();
    form
}

async fn take(
    env: &TestEnv,
    principal: &Principal,
    id: ExportId,
    path: &str,
) -> Answer<ExportFile> {
    let form = EncryptedForm { export: id.to_string(), path: path.into() };
    Exports::encrypted(&env.engine, principal, form).await
}

/// What a file says beside the values and what SOPS keeps of its own, which differ each time.
fn constant(text: &str) -> Vec<&str> {
    let manifest = text.split("\nsops:").next().unwrap_or(text);
    manifest.lines().map(|line| line.split("ENC[").next().unwrap_or(line)).collect()
}

async fn r_git_03_what_is_taken_along_is_what_git_gets(env: TestEnv) {
    let setting = env.setting().await;
    let credential = env.registry_credential("secret", CANARY).await;
    let id = env.save_export(sealed(credential)).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports = vec![id.to_string()];
    env.save_target(form).await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    workers.stop().await;
    let pushed = setting.server.git(REPOSITORY, &["show", "main:clusters/prod/sealed.sops.yaml"]);

    let shown = Exports::get(&env.engine, &env.principal, id).await.unwrap().preview.files;
    assert!(shown[0].is_sealed());
    let file = take(&env, &env.principal, id, &shown[0].path).await.unwrap();
    assert_eq!(file.path, "sealed.sops.yaml");
    assert!(!file.is_sealed() && file.text.contains("ENC[AES256_GCM,"), "{}", file.text);
    assert!(file.text.contains(RECIPIENT) && !file.text.contains(CANARY), "{}", file.text);
    assert_eq!(constant(&file.text), constant(pushed.trim_end()));
    let again = take(&env, &env.principal, id, &shown[0].path).await.unwrap();
    assert_ne!(again.text, file.text, "each has a data key of its own");

    let action = Some(AuditAction::ExportEncrypted);
    let query = AuditQuery { action, ..AuditQuery::default() };
    let lines = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (lines[0].target.as_str(), lines[0].detail.as_str()),
        ("sealed", "sealed.sops.yaml: secret version 1")
    );
    env.assert_sql_without(&[CANARY]).await;
}

async fn r_authz_who_manages_exports_takes_encrypted_files(env: TestEnv) {
    let credential = env.registry_credential("secret", CANARY).await;
    let id = env.save_export(sealed(credential)).await;
    for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
        let principal = env.member("Bob", role).await;
        let taken = take(&env, &principal, id, "sealed.sops.yaml").await;
        if role.includes(Action::ManageExports) {
            assert!(taken.is_ok(), "{role:?}: {taken:?}");
        } else {
            assert_eq!(taken, Err(ServiceError::NotAllowed), "{role:?}");
        }
    }
}

async fn what_no_push_would_write_is_not_taken_along(env: TestEnv) {
    let credential = env.registry_credential("secret", CANARY).await;
    let id = env.save_export(sealed(credential)).await;
    for path in ["", "other.sops.yaml", "../sealed.sops.yaml", "sealed.yaml"] {
        let taken = take(&env, &env.principal, id, path).await;
        assert_eq!(taken, Err(ServiceError::NotFound), "{path}");
    }
    let open = env.save_export(export("open", &[credential])).await;
    let taken = take(&env, &env.principal, open, "open.yaml").await;
    assert_eq!(taken, Err(ServiceError::NotFound), "it is no secret and is downloaded as it is");
    // A secret where it does not belong is found as in a push.
    let mut leaky = sealed(credential);
    (leaky.name, leaky.settings.namespace) = ("leaky".into(), CANARY.into());
    let leaky = env.save_export(leaky).await;
    let taken = take(&env, &env.principal, leaky, "sealed.sops.yaml").await;
    assert_eq!(
        taken,
        Err(ServiceError::Unreachable {
            asked: RemoteKind::GitServer,
            cause: Cause::SecretInOutput
        })
    );
}

async fn a_shared_credential_is_not_shown_to_its_users(env: TestEnv) {
    let mut form = forms::new("robot", "one");
    form.username = "shared-user".into();
    form.placement.project = "shared".into();
    form.placement.pattern = "https://registry.example.com".into();
    let credential = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
    env.allow(credential, "https://registry.example.com").await;
    let id = env.save_export(export("regcred", &[credential])).await;
    assert!(!Exports::get(&env.engine, &env.principal, id).await.unwrap().preview.files.is_empty());
    let editor = env.member("Bob", Role::Editor).await;
    let preview = Exports::get(&env.engine, &editor, id).await.unwrap().preview;
    assert!(preview.files.is_empty() && preview.snippets.is_empty());
    assert_eq!(preview.notes[0].tone, NoteTone::Info);
}

async fn r_git_03_nothing_is_encrypted_to_whom_an_owner_took_away_meanwhile(env: TestEnv) {
    let credential = env.registry_credential("secret", "old").await;
    let mut form = sealed(credential);
    form.settings.recipients = format!("{RECIPIENT}\n{OTHER}");
    let id = env.save_export(form).await;
    let path = "sealed.sops.yaml";
    let both = take(&env, &env.principal, id, path).await.unwrap();
    assert!(both.text.contains(RECIPIENT) && both.text.contains(OTHER));

    // One renders while Vault keeps it waiting; meanwhile an owner takes a recipient away.
    let held = Held::before(&env.vault_config().address).await;
    let vault = VaultConfig { address: held.address(), ..env.vault_config() };
    let engine = env.engine_with(Arc::new(SystemClock), vault).await;
    held.close();
    let (principal, form) =
        (env.principal.clone(), EncryptedForm { export: id.to_string(), path: path.into() });
    let taking = tokio::spawn(async move { Exports::encrypted(&engine, &principal, form).await });
    held.waits().await;
    let row_version = Exports::get(&env.engine, &env.principal, id).await.unwrap().row_version;
    let mut form = sealed(credential);
    (form.export, form.row_version) = (id.to_string(), row_version.to_string());
    env.save_export(form).await;
    env.update_of(credential, CANARY).await;
    held.open();
    let taken = taking.await.unwrap().unwrap();
    assert!(taken.text.contains(RECIPIENT) && !taken.text.contains(OTHER), "{}", taken.text);
}
