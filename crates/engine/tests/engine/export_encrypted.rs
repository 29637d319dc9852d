//! What of an export is seen, and its encrypted files taken along: what Git would get, and who gets it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::world::git::{REPOSITORY, edited, export};
use crate::world::held::Held;
use crate::world::{World, forms, on_both};
use connectors::vault::VaultConfig;
use domain::{
    Action, Actor, Cause, ExportId, Role, ServiceError, UserId,
    audit::{AuditAction, AuditQuery},
    cause::Asked,
    exports::{EncryptedForm, ExportFile, ExportForm, NoteTone},
    service::{Answer, Audit, Credentials, Exports},
};
use engine::SystemClock;

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

fn with_role(actor: &Actor, role: Role) -> Actor {
    Actor { role, name: "Bob".into(), user: UserId::new(), ..actor.clone() }
}

async fn take(world: &World, actor: &Actor, id: ExportId, path: &str) -> Answer<ExportFile> {
    let form = EncryptedForm { export: id.to_string(), path: path.into() };
    Exports::encrypted(&world.engine, actor, form).await
}

/// What a file says beside the values and what SOPS keeps of its own, which differ each time.
fn constant(text: &str) -> Vec<&str> {
    let manifest = text.split("\nsops:").next().unwrap_or(text);
    manifest.lines().map(|line| line.split("ENC[").next().unwrap_or(line)).collect()
}

async fn r_git_03_what_is_taken_along_is_what_git_gets(world: World) {
    let setting = world.setting().await;
    let credential = world.registry_credential("secret", CANARY).await;
    let id = world.save_export(sealed(credential)).await;
    let mut form = edited(&world.target(setting.target).await);
    form.exports = vec![id.to_string()];
    world.save_target(form).await;
    let workers = world.workers();
    world.pushed(setting.target).await;
    workers.stop().await;
    let pushed = setting.server.git(REPOSITORY, &["show", "main:clusters/prod/sealed.sops.yaml"]);

    let shown = Exports::get(&world.engine, &world.actor, id).await.unwrap().preview.files;
    assert!(shown[0].is_sealed());
    let file = take(&world, &world.actor, id, &shown[0].path).await.unwrap();
    assert_eq!(file.path, "sealed.sops.yaml");
    assert!(!file.is_sealed() && file.text.contains("ENC[AES256_GCM,"), "{}", file.text);
    assert!(file.text.contains(RECIPIENT) && !file.text.contains(CANARY), "{}", file.text);
    assert_eq!(constant(&file.text), constant(pushed.trim_end()));
    let again = take(&world, &world.actor, id, &shown[0].path).await.unwrap();
    assert_ne!(again.text, file.text, "each has a data key of its own");

    let action = Some(AuditAction::ExportEncrypted);
    let query = AuditQuery { action, ..AuditQuery::default() };
    let lines = Audit::list(&world.engine, &world.actor, query).await.unwrap().rows;
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (lines[0].target.as_str(), lines[0].detail.as_str()),
        ("sealed", "sealed.sops.yaml: secret version 1")
    );
    world.assert_sql_without(&[CANARY]).await;
}

async fn r_authz_who_manages_exports_takes_encrypted_files(world: World) {
    let credential = world.registry_credential("secret", CANARY).await;
    let id = world.save_export(sealed(credential)).await;
    for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
        let actor = with_role(&world.actor, role);
        let taken = take(&world, &actor, id, "sealed.sops.yaml").await;
        if role.includes(Action::ManageExports) {
            assert!(taken.is_ok(), "{role:?}: {taken:?}");
        } else {
            assert_eq!(taken, Err(ServiceError::NotAllowed), "{role:?}");
        }
    }
}

async fn what_no_push_would_write_is_not_taken_along(world: World) {
    let credential = world.registry_credential("secret", CANARY).await;
    let id = world.save_export(sealed(credential)).await;
    for path in ["", "other.sops.yaml", "../sealed.sops.yaml", "sealed.yaml"] {
        let taken = take(&world, &world.actor, id, path).await;
        assert_eq!(taken, Err(ServiceError::NotFound), "{path}");
    }
    let open = world.save_export(export("open", &[credential])).await;
    let taken = take(&world, &world.actor, open, "open.yaml").await;
    assert_eq!(taken, Err(ServiceError::NotFound), "it is no secret and is downloaded as it is");
    // A secret where it does not belong is found as in a push.
    let mut leaky = sealed(credential);
    (leaky.name, leaky.settings.namespace) = ("leaky".into(), CANARY.into());
    let leaky = world.save_export(leaky).await;
    let taken = take(&world, &world.actor, leaky, "sealed.sops.yaml").await;
    assert_eq!(
        taken,
        Err(ServiceError::Unreachable { asked: Asked::GitServer, cause: Cause::SecretInOutput })
    );
}

async fn a_shared_credential_is_not_shown_to_its_users(world: World) {
    let mut form = forms::new("robot", "one");
    form.username = "shared-user".into();
    form.placement.project = "shared".into();
    form.placement.pattern = "https://registry.example.com".into();
    let credential = Credentials::create(&world.engine, &world.actor, form).await.unwrap().id;
    world.allow(credential, "https://registry.example.com").await;
    let id = world.save_export(export("regcred", &[credential])).await;
    assert!(!Exports::get(&world.engine, &world.actor, id).await.unwrap().preview.files.is_empty());
    let editor = with_role(&world.actor, Role::Editor);
    let preview = Exports::get(&world.engine, &editor, id).await.unwrap().preview;
    assert!(preview.files.is_empty() && preview.snippets.is_empty());
    assert_eq!(preview.notes[0].tone, NoteTone::Info);
}

async fn r_git_03_nothing_is_encrypted_to_whom_an_owner_took_away_meanwhile(world: World) {
    let credential = world.registry_credential("secret", "old").await;
    let mut form = sealed(credential);
    form.settings.recipients = format!("{RECIPIENT}\n{OTHER}");
    let id = world.save_export(form).await;
    let path = "sealed.sops.yaml";
    let both = take(&world, &world.actor, id, path).await.unwrap();
    assert!(both.text.contains(RECIPIENT) && both.text.contains(OTHER));

    // One renders while Vault keeps it waiting; meanwhile an owner takes a recipient away.
    let road = Held::before(&world.vault_config().address).await;
    let vault = VaultConfig { address: road.address(), ..world.vault_config() };
    let engine = world.engine_with(Arc::new(SystemClock), vault).await;
    road.close();
    let (actor, form) =
        (world.actor.clone(), EncryptedForm { export: id.to_string(), path: path.into() });
    let taking = tokio::spawn(async move { Exports::encrypted(&engine, &actor, form).await });
    road.waits().await;
    let row_version = Exports::get(&world.engine, &world.actor, id).await.unwrap().row_version;
    let mut form = sealed(credential);
    (form.export, form.row_version) = (id.to_string(), row_version.to_string());
    world.save_export(form).await;
    world.update_of(credential, CANARY).await;
    road.open();
    let taken = taking.await.unwrap().unwrap();
    assert!(taken.text.contains(RECIPIENT) && !taken.text.contains(OTHER), "{}", taken.text);
}
