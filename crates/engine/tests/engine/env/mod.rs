//! A Hawser for one test: a fresh database, a real OpenBao, and registries on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

pub mod fault_injection;
pub mod forms;
pub mod git;
pub mod held;
pub mod hook;
pub mod patience;
pub mod placed;
pub mod registry;
mod sweep;
pub mod tested;
mod vault;
mod workers;

use std::{sync::Arc, time::Duration};

use ::vault::{SecretPath, Vault, VaultConfig};
use domain::{
    Action, Cause, CredentialId, Name, OrganizationId, Principal, PropagationId, RepositoryId,
    Role, UserId,
    credentials::{AllowAddress, Saved},
    propagation::Progress,
    repositories::{AddRepository, RepositoryDetail, SyncTrigger},
    service::{Credentials, Propagations, Repositories},
};
use egress::{AllowList, Outbound};
use engine::{Clock, Engine, SystemClock, credentials::SecretForUse};
use registries::Registries;
use sqlx::{AssertSqlSafe, Connection};
use storage::{Db, Scope};

use registry::Registry;
pub use workers::Workers;

async fn member(db: &Db, organization: OrganizationId, name: &str, role: Role) -> Principal {
    let (user, now) = (UserId::new(), SystemClock.now());
    let email = format!("{user}@example.com");
    let mut tx = db.begin().await.unwrap();
    storage::sessions::insert_user(&mut tx, user, &email, name, "x", now).await.unwrap();
    storage::organizations::add_member(&mut tx, organization, user, role, now).await.unwrap();
    tx.commit().await.unwrap();
    storage::sessions::principal(db, user).await.unwrap().unwrap()
}

/// Everything a test works with.
pub struct TestEnv {
    pub engine: Engine,
    pub db: Db,
    pub principal: Principal,
    registries: Registries,
    vault: Arc<vault::Bao>,
    folder: tempfile::TempDir,
    address: String,
}

/// Runs one test on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(crate::env::TestEnv::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgresql() {
                super::$name(crate::env::TestEnv::on_postgresql().await).await;
            }
        }
    )+};
}
pub(crate) use on_both;

#[expect(clippy::disallowed_methods, reason = "tests are told here where the real components are")]
pub fn told(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; run the tests with `make test`"))
}

/// Hawser reads a secret by itself.
pub fn by_hawser() -> engine::credentials::Use {
    engine::credentials::Use::of_hawser(domain::audit::ReadPurpose::Sync)
}

/// User name and secret of what is used.
pub fn login_of(secret: &SecretForUse) -> (String, String) {
    let text = secret.material.secret().map(|secret| secret.expose().to_owned());
    (secret.material.username().to_owned(), text.unwrap_or_default())
}

impl TestEnv {
    pub async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/hawser.db", folder.path().display());
        Self::new(&address, folder).await
    }

    pub async fn on_postgresql() -> Self {
        let server = told("HAWSER_TEST_POSTGRES");
        let name = format!("hawser_{}", OrganizationId::new().uuid().simple());
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut connection)
            .await
            .unwrap();
        let (server, _) = server.rsplit_once('/').unwrap();
        Self::new(&format!("{server}/{name}"), tempfile::tempdir().unwrap()).await
    }

    async fn new(address: &str, folder: tempfile::TempDir) -> Self {
        let vault = vault::Bao::shared();
        let db = Db::open(address).await.unwrap();
        let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
        let registries = Registries::new(outbound);
        let vault_client = Vault::connect(vault.config()).await.unwrap();
        let engine =
            Engine::new(db.clone(), vault_client, registries.clone(), Arc::new(SystemClock))
                .await
                .unwrap();
        let principal = Self::organization(&db, "One").await;
        let address = address.to_owned();
        Self { engine, db, principal, registries, vault, folder, address }
    }

    pub fn is_sqlite(&self) -> bool {
        self.address.starts_with("sqlite:")
    }

    /// Runs a statement behind the engine's back, as time or an operator would.
    pub async fn sql(&self, text: &str) {
        if self.is_sqlite() {
            let mut connection = sqlx::SqliteConnection::connect(&self.address).await.unwrap();
            sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.address).await.unwrap();
            sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
        }
    }

    /// An id as a statement of this database spells it.
    pub fn sql_id(&self, id: uuid::Uuid) -> String {
        if self.is_sqlite() { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    }

    /// The newest version of a credential in Vault, whether it counts or not.
    pub async fn newest_in_vault(&self, credential: CredentialId) -> u64 {
        let vault = Vault::connect(self.vault.config()).await.unwrap();
        let organization = self.principal.organization;
        vault.newest_number(&SecretPath { organization, credential }).await.unwrap().unwrap()
    }

    /// What a statement counts, past the engine.
    pub async fn count(&self, text: &str) -> i64 {
        let text = AssertSqlSafe(text);
        if self.is_sqlite() {
            let mut connection = sqlx::SqliteConnection::connect(&self.address).await.unwrap();
            sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.address).await.unwrap();
            sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap()
        }
    }

    /// Waits until somebody waits for what a transaction of the test holds.
    pub async fn somebody_waits(&self) {
        // PostgreSQL says who waits for a lock; SQLite's writers queue for their one connection.
        const LOCKED: &str = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        for _ in 0..1_200 {
            let waits =
                if self.is_sqlite() { self.db.waiting() > 0 } else { self.count(LOCKED).await > 0 };
            if waits {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("nobody waited");
    }

    /// A person who owns a new organization.
    pub async fn organization(db: &Db, name: &str) -> Principal {
        let organization = OrganizationId::new();
        let mut tx = db.begin().await.unwrap();
        let checked = Name::parse(name).unwrap();
        storage::organizations::add(&mut tx, organization, &checked, SystemClock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        member(db, organization, "Ada", Role::Owner).await
    }

    /// Takes away everybody, as before the first account.
    pub async fn without_people(&self) {
        self.sql("delete from members").await;
        self.sql("delete from users").await;
    }

    /// The same person after their role was changed; what was recognized before has no rights any more.
    pub async fn with_role(&self, principal: &Principal, role: Role) -> Principal {
        let user = self.sql_id(principal.user.uuid());
        self.sql(&format!("update members set role = '{}' where user_id = {user}", role.as_str()))
            .await;
        storage::sessions::principal(&self.db, principal.user).await.unwrap().unwrap()
    }

    /// Another member of the organization, as a request of theirs is recognized.
    pub async fn member(&self, name: &str, role: Role) -> Principal {
        member(&self.db, self.principal.organization, name, role).await
    }

    /// Another engine on the same database, with this clock and Vault.
    pub async fn engine_with(&self, clock: Arc<dyn Clock>, vault: VaultConfig) -> Engine {
        let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
        let vault = Vault::connect(vault).await.unwrap();
        Engine::new(self.db.clone(), vault, Registries::new(outbound), clock).await.unwrap()
    }

    /// Registries of our own, to ask without Hawser.
    pub fn registries(&self) -> Registries {
        self.registries.clone()
    }

    /// How often Vault gave out the value of a credential.
    pub fn reads_in_vault(&self, credential: CredentialId) -> usize {
        let organization = self.principal.organization;
        self.vault.reads(&format!("orgs/{organization}/credentials/{credential}"))
    }

    /// How the engine reaches Vault.
    pub fn vault_config(&self) -> VaultConfig {
        self.vault.config()
    }

    /// Where the database is, when it is SQLite.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn scope(&self) -> Scope {
        storage::Scope::of(&self.principal.may(Action::View).unwrap())
    }

    /// Stores a credential with this password.
    pub async fn credential(&self, name: &str, password: &str) -> CredentialId {
        Credentials::create(&self.engine, &self.principal, forms::new(name, password))
            .await
            .unwrap()
            .id
    }

    /// Gives a credential a new password; answers the propagation.
    pub async fn update(&self, credential: CredentialId, password: &str) -> PropagationId {
        let detail = Credentials::get(&self.engine, &self.principal, credential).await.unwrap();
        let form = forms::change(&detail, password);
        Credentials::update(&self.engine, &self.principal, form).await.unwrap().propagation.unwrap()
    }

    /// The same for a credential that may have nobody to be delivered to.
    pub async fn update_of(&self, credential: CredentialId, password: &str) -> Saved {
        let detail = Credentials::get(&self.engine, &self.principal, credential).await.unwrap();
        let form = forms::change(&detail, password);
        Credentials::update(&self.engine, &self.principal, form).await.unwrap()
    }

    /// The user name and secret that a registry would see of this credential now.
    pub async fn login(&self, credential: CredentialId) -> (String, String) {
        login_of(
            &self
                .engine
                .secret_for_use(self.scope(), credential, &crate::env::by_hawser())
                .await
                .unwrap(),
        )
    }

    /// Adds a Helm repository at `path` of a registry.
    pub async fn repository(
        &self,
        registry: &Registry,
        path: &str,
        credential: Option<CredentialId>,
    ) -> RepositoryId {
        let form = AddRepository {
            url: registry.url(path).into(),
            name: format!("{path}-{}", registry.port()),
            kind: "helm".into(),
            credential: credential.map(|id| id.to_string()).unwrap_or_default(),
            allow: registry.authority(),
            ..AddRepository::default()
        };
        // One person may not add as many in a minute as some tests need.
        let principal = self.member("Ada", Role::Owner).await;
        Repositories::add(&self.engine, &principal, form).await.unwrap()
    }

    /// Allows the address of a URL for a credential.
    pub async fn allow(&self, credential: CredentialId, url: &str) {
        let form = AllowAddress {
            credential: credential.to_string(),
            url: url.into(),
            ..AllowAddress::default()
        };
        Credentials::allow_address(&self.engine, &self.principal, form).await.unwrap();
    }

    /// Adds repositories that use a credential.
    pub async fn linked(
        &self,
        registry: &Registry,
        credential: CredentialId,
        count: usize,
    ) -> Vec<RepositoryId> {
        let mut ids = Vec::new();
        for n in 0..count {
            ids.push(self.repository(registry, &format!("r{n}"), Some(credential)).await);
        }
        ids
    }

    pub async fn look(&self, repository: RepositoryId) -> RepositoryDetail {
        Repositories::get(&self.engine, &self.principal, repository).await.unwrap()
    }

    pub async fn progress(&self, propagation: PropagationId) -> Progress {
        Propagations::progress(&self.engine, &self.principal, propagation).await.unwrap()
    }

    /// Waits until a propagation ended.
    pub async fn end_of(&self, propagation: PropagationId) -> Progress {
        for _ in 0..1_200 {
            let progress = self.progress(propagation).await;
            if progress.finished_at.is_some() {
                return progress;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not ended in time: {:?}", self.progress(propagation).await);
    }

    /// Waits until no sync of these repositories is waiting or running.
    pub async fn synced(&self, repositories: &[RepositoryId]) {
        for repository in repositories {
            let mut tries = 0;
            while self.look(*repository).await.summary.last_sync_at.is_none() {
                tries += 1;
                assert!(tries < 1_200, "not synced in time: {:?}", self.look(*repository).await);
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }
    }

    /// Syncs a repository now; answers why it failed, if it did.
    pub async fn sync(&self, repository: RepositoryId) -> Option<Cause> {
        self.engine.sync_repository(self.scope(), repository, SyncTrigger::Person).await.unwrap()
    }

    pub fn workers(&self) -> Workers {
        Workers::of(&self.engine)
    }
}
