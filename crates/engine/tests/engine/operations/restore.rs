//! Backup and restore, as `docs/backup.md` says it: the database first, then Vault; both databases.

use std::{fs, path::Path, process::Command, sync::Arc};

use domain::{
    CredentialId, OrganizationId, Principal, credentials::CredentialState, service::Credentials,
};
use egress::{AllowList, Outbound};
use engine::{Engine, SystemClock};
use registries::Registries;
use storage::Db;
use vault::{
    Vault,
    managed::{LOG_BYTES, Managed, ManagedConfig},
};

use crate::env::{
    TestEnv,
    forms::{change, new, removal},
    login_of, told,
};

/// A Hawser in a folder: its engine, database and OpenBao.
struct Running {
    engine: Engine,
    db: Db,
    bao: Managed,
}

impl Running {
    async fn start(database: &str, folder: &Path) -> Self {
        let binary = told("HAWSER_TEST_BAO").into();
        let folder = folder.join("openbao");
        let bao =
            Managed::start(ManagedConfig { binary, folder, log_bytes: LOG_BYTES }).await.unwrap();
        let db = Db::open(database).await.unwrap();
        let vault = Vault::connect(bao.vault_config()).await.unwrap();
        let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
        let engine =
            Engine::new(db.clone(), vault, Registries::new(outbound), Arc::new(SystemClock))
                .await
                .unwrap();
        Self { engine, db, bao }
    }

    async fn stop(self) {
        self.bao.stop().await;
        self.db.close().await;
    }

    async fn password(&self, principal: &Principal, id: CredentialId) -> String {
        let scope = storage::Scope::of(&principal.may(domain::Action::View).unwrap());
        login_of(&self.engine.secret_for_use(scope, id, &crate::env::by_hawser()).await.unwrap()).1
    }

    async fn update(&self, principal: &Principal, id: CredentialId, password: &str) {
        let detail = Credentials::get(&self.engine, principal, id).await.unwrap();
        Credentials::update(&self.engine, principal, change(&detail, password)).await.unwrap();
    }
}

fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
}

fn copy(from: &Path, to: &Path) {
    run("cp", &["--archive", from.to_str().unwrap(), to.to_str().unwrap()]);
}

/// What happens to the two before and after the backup.
async fn before(running: &Running, principal: &Principal) -> (CredentialId, CredentialId) {
    let (ghcr, quay) = (new("ghcr", "one"), new("quay", "kept"));
    let ghcr = Credentials::create(&running.engine, principal, ghcr).await.unwrap().id;
    let quay = Credentials::create(&running.engine, principal, quay).await.unwrap().id;
    running.update(principal, ghcr, "two").await;
    (ghcr, quay)
}

async fn after(
    running: &Running,
    principal: &Principal,
    (ghcr, quay): (CredentialId, CredentialId),
) {
    running.update(principal, ghcr, "three").await;
    Credentials::delete(&running.engine, principal, removal(quay, "refuse")).await.unwrap();
}

async fn as_it_was(
    running: &Running,
    principal: &Principal,
    (ghcr, quay): (CredentialId, CredentialId),
) {
    assert_eq!(running.password(principal, ghcr).await, "two");
    assert_eq!(running.password(principal, quay).await, "kept");
    let detail = Credentials::get(&running.engine, principal, ghcr).await.unwrap();
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 2));
    // And it goes on from there.
    running.update(principal, ghcr, "four").await;
    assert_eq!(running.password(principal, ghcr).await, "four");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_16_a_copied_folder_is_restored_somewhere_else() {
    let root = tempfile::tempdir().unwrap();
    let [data, backup, restored] =
        ["data", "backup", "elsewhere"].map(|name| root.path().join(name));
    fs::create_dir(&data).unwrap();
    let database = |folder: &Path| format!("sqlite://{}/hawser.db", folder.display());
    let running = Running::start(&database(&data), &data).await;
    let principal = TestEnv::organization(&running.db, "One").await;
    let ids = before(&running, &principal).await;
    running.stop().await;
    copy(&data, &backup);
    let running = Running::start(&database(&data), &data).await;
    after(&running, &principal, ids).await;
    running.stop().await;
    fs::remove_dir_all(&data).unwrap();

    copy(&backup, &restored);
    let running = Running::start(&database(&restored), &restored).await;
    as_it_was(&running, &principal, ids).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_16_a_database_that_is_older_than_vault_is_used_as_it_says() {
    let root = tempfile::tempdir().unwrap();
    let server = told("HAWSER_TEST_POSTGRES");
    let (server, _) = server.rsplit_once('/').unwrap();
    let [lived, restored] =
        [(); 2].map(|()| format!("hawser_{}", OrganizationId::new().uuid().simple()));
    let (maintenance, address) = (format!("{server}/postgres"), format!("{server}/{lived}"));
    let psql = |command: &str| run("psql", &[&maintenance, "--command", command]);
    psql(&format!("create database {lived}"));
    let running = Running::start(&address, root.path()).await;
    let principal = TestEnv::organization(&running.db, "One").await;
    let ids = before(&running, &principal).await;
    // The database first, while Hawser runs; Vault goes on and is saved later.
    let dump = root.path().join("hawser.dump");
    run("pg_dump", &["--format=custom", "--file", dump.to_str().unwrap(), &address]);
    running.update(&principal, ids.0, "three").await;
    running.stop().await;

    psql(&format!("create database {restored}"));
    let address = format!("{server}/{restored}");
    run("pg_restore", &["--no-owner", "--dbname", &address, dump.to_str().unwrap()]);
    let running = Running::start(&address, root.path()).await;
    // What SQL says counts, though Vault holds a newer version; that one is not overwritten unseen.
    assert_eq!(running.password(&principal, ids.0).await, "two");
    assert_eq!(running.password(&principal, ids.1).await, "kept");
    let detail = Credentials::get(&running.engine, &principal, ids.0).await.unwrap();
    let form = change(&detail, "four");
    let refused = Credentials::update(&running.engine, &principal, form).await.unwrap_err();
    assert!(refused.to_string().contains("Somebody with access to Vault"), "{refused}");
    assert_eq!(running.password(&principal, ids.0).await, "two");
    running.stop().await;
}
