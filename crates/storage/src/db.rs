//! The two databases behind one name.

use std::sync::Arc;

use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::{Error, Result, exec, pool, read_pool::ReadPool};

/// Runs one body on the connection or pool of whichever database it is.
macro_rules! on {
    ($db:expr, $connection:ident => $body:expr) => {
        match $db {
            $crate::db::Inner::Sqlite($connection) => $body,
            $crate::db::Inner::Postgres($connection) => $body,
        }
    };
}

#[cfg(test)]
pub(crate) use on;

/// One thing per database: a pool or a transaction.
#[derive(Debug, Clone)]
pub(crate) enum Inner<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// An open database, with its schema up to date. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    readers: Inner<ReadPool<Sqlite>, ReadPool<Postgres>>,
    writers: Inner<SqlitePool, PgPool>,
    turns: Arc<Turns>,
}

/// One reference for each transaction that waits to begin, and this one.
#[derive(Debug, Default)]
struct Turns(Arc<()>);

/// The pool that writes; on SQLite its one connection takes turns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writers<'db>(&'db Inner<SqlitePool, PgPool>);

/// A transaction. Dropped without [`Tx::commit`], it changes nothing.
#[derive(Debug)]
pub struct Tx {
    inner: Inner<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>,
}

impl Db {
    /// Opens `sqlite://path` or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// When the database cannot be opened or migrated.
    pub async fn open(address: &str) -> Result<Self> {
        if address.starts_with("sqlite:") {
            let pool::Sqlite { writers, readers } = pool::sqlite(address).await?;
            let (readers, writers) = (Inner::Sqlite(ReadPool::of(readers)), Inner::Sqlite(writers));
            Ok(Self { readers, writers, turns: Arc::default() })
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            let pool = pool::postgres(address).await?;
            let (readers, writers) =
                (Inner::Postgres(ReadPool::of(pool.clone())), Inner::Postgres(pool));
            Ok(Self { readers, writers, turns: Arc::default() })
        } else {
            Err(Error::Address)
        }
    }

    /// Begins a transaction that writes (`begin immediate` on SQLite, so that it waits for its
    /// turn here and not in the middle).
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin(&self) -> Result<Tx> {
        let _turn = Arc::clone(&self.turns.0);
        let inner = match &self.writers {
            Inner::Sqlite(pool) => pool.begin_with("begin immediate").await.map(Inner::Sqlite),
            Inner::Postgres(pool) => pool.begin().await.map(Inner::Postgres),
        };
        let inner = inner.map_err(|source| Error::Transaction { attempt: "beginning", source })?;
        Ok(Tx { inner })
    }

    /// How many transactions wait to begin; on SQLite behind the one that writes.
    #[must_use]
    pub fn waiting(&self) -> usize {
        Arc::strong_count(&self.turns.0).saturating_sub(1)
    }

    /// Where a statement that reads runs.
    pub(crate) const fn connection(&self) -> Inner<&ReadPool<Sqlite>, &ReadPool<Postgres>> {
        self.readers.as_ref()
    }

    /// The same database, whose statements read in `readers`.
    pub(crate) fn reading(&self, readers: Inner<ReadPool<Sqlite>, ReadPool<Postgres>>) -> Self {
        Self { readers, writers: self.writers.clone(), turns: Arc::clone(&self.turns) }
    }

    /// For single statements that write.
    pub(crate) const fn write(&self) -> Writers<'_> {
        Writers(&self.writers)
    }

    /// Whether one process has the database for itself: SQLite belongs to one, PostgreSQL serves several.
    #[must_use]
    pub const fn is_of_one_process(&self) -> bool {
        matches!(self.writers, Inner::Sqlite(_))
    }

    /// Reads, and stores something on the connection that every change goes through.
    ///
    /// # Errors
    /// When the database does not answer, or cannot be written.
    pub async fn ready(&self) -> Result<()> {
        exec!(self, "select 1", [])?;
        let mut tx = self.begin().await?;
        // Only a change that is made durable shows that the disk takes one.
        exec!(
            tx,
            "insert into settings (name, value) values ('written', '1')
             on conflict (name) do update set value = cast(cast(settings.value as bigint) + 1 as text)",
            []
        )?;
        tx.commit().await
    }

    /// Closes all connections.
    pub async fn close(&self) {
        on!(&self.readers, reader => reader.pool().close().await);
        on!(&self.writers, pool => pool.close().await);
    }
}

impl Tx {
    /// Makes every change of this transaction durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing was changed.
    pub async fn commit(self) -> Result<()> {
        on!(self.inner, tx => tx.commit().await)
            .map_err(|source| Error::Transaction { attempt: "committing", source })
    }

    /// As [`Db::is_of_one_process`].
    pub(crate) const fn is_of_one_process(&self) -> bool {
        matches!(self.inner, Inner::Sqlite(_))
    }

    /// Where a statement of this transaction runs.
    pub(crate) fn connection(&mut self) -> Inner<&mut SqliteConnection, &mut PgConnection> {
        match &mut self.inner {
            Inner::Sqlite(tx) => Inner::Sqlite(&mut **tx),
            Inner::Postgres(tx) => Inner::Postgres(&mut **tx),
        }
    }
}

impl<'db> Writers<'db> {
    /// Where a statement that writes runs.
    pub(crate) const fn connection(self) -> Inner<&'db SqlitePool, &'db PgPool> {
        self.0.as_ref()
    }
}

impl<S, P> Inner<S, P> {
    pub(crate) const fn as_ref(&self) -> Inner<&S, &P> {
        match self {
            Self::Sqlite(sqlite) => Inner::Sqlite(sqlite),
            Self::Postgres(postgres) => Inner::Postgres(postgres),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use sqlx::{Connection, Executor, SqlSafeStr};

    use super::*;
    use crate::{
        Statement,
        pool::{POSTGRES, SQLITE},
    };

    /// The throwaway databases of the tests: SQLite always, and the PostgreSQL that
    /// `HAWSER_TEST_POSTGRES` names.
    #[expect(clippy::disallowed_methods, reason = "tests are told here where PostgreSQL listens")]
    pub(crate) fn postgres_address() -> String {
        std::env::var("HAWSER_TEST_POSTGRES")
            .expect("HAWSER_TEST_POSTGRES names no PostgreSQL; run the tests with `make test`")
    }

    /// An empty database in a folder that goes with it.
    pub(crate) async fn on_sqlite() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        (folder, db)
    }

    /// The database that all tests of this program share.
    pub(crate) async fn on_postgresql() -> Db {
        Db::open(&postgres_address()).await.unwrap()
    }

    /// The address of a new, empty database, for a test that locks whole tables or migrates by steps.
    async fn own_postgres_address() -> String {
        let address = postgres_address();
        let name = format!("hawser_{}", uuid::Uuid::now_v7().simple());
        let mut server = sqlx::PgConnection::connect(&address).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(create).execute(&mut server).await.unwrap();
        let (server, _) = address.rsplit_once('/').unwrap();
        format!("{server}/{name}")
    }

    /// A database that no other test uses.
    pub(crate) async fn on_own_postgresql() -> Db {
        Db::open(&own_postgres_address().await).await.unwrap()
    }

    #[tokio::test]
    async fn every_statement_prepares_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let Inner::Sqlite(pool) = db.write().connection() else { panic!("not SQLite") };
        let mut problems = Vec::new();
        for statement in inventory::iter::<Statement> {
            if let Err(error) = pool.prepare(statement.sqlite.into_sql_str()).await {
                problems.push(format!("{}:{}: {error}", statement.file, statement.line));
            }
        }
        assert!(problems.is_empty(), "{problems:#?}");
    }

    #[tokio::test]
    async fn every_statement_prepares_on_postgresql() {
        let db = Db::open(&postgres_address()).await.unwrap();
        let Inner::Postgres(pool) = db.write().connection() else { panic!("not PostgreSQL") };
        let mut problems = Vec::new();
        for statement in inventory::iter::<Statement> {
            if let Err(error) = pool.prepare(statement.postgres.into_sql_str()).await {
                problems.push(format!("{}:{}: {error}", statement.file, statement.line));
            }
        }
        assert!(problems.is_empty(), "{problems:#?}");
        assert!(
            inventory::iter::<Statement>.into_iter().count() > 50,
            "the statements register themselves"
        );
    }

    /// How many statements of a file are about all organizations: background work that finds what is due
    /// and says whose it is, and what a person's account is a member of.
    const OF_ALL_ORGANIZATIONS: [(&str, usize); 19] = [
        ("bulk/named.rs", 2),
        ("bulk/write.rs", 1),
        ("credentials/operations.rs", 2),
        ("gitops/destinations/schedule.rs", 4),
        ("gitops/git_accounts/states.rs", 2),
        ("jobs/claim.rs", 4),
        ("members/invitations.rs", 1),
        ("notices/disks.rs", 4),
        ("notices/mod.rs", 1),
        ("notices/repositories.rs", 2),
        ("notices/troubles.rs", 4),
        ("organizations/mod.rs", 2),
        ("overview/mod.rs", 1),
        ("propagation/deliver.rs", 4),
        ("propagation/finish.rs", 1),
        ("repositories/held.rs", 1),
        ("repositories/schedule.rs", 3),
        ("search/write.rs", 1),
        ("sessions/recognize.rs", 1),
    ];

    #[tokio::test]
    async fn every_statement_about_a_tenant_names_its_organization() {
        let (_folder, db) = on_sqlite().await;
        let Inner::Sqlite(pool) = db.write().connection() else { panic!("not SQLite") };
        let tables: Vec<String> = sqlx::query_scalar(
            "select m.name from sqlite_schema m, pragma_table_info(m.name) c
             where m.type = 'table' and c.name = 'organization_id'",
        )
        .fetch_all(pool)
        .await
        .unwrap();
        assert!(tables.len() > 20, "{tables:?}");
        let mut found = BTreeMap::<&str, BTreeSet<String>>::new();
        for statement in inventory::iter::<Statement> {
            let text = statement.sqlite.split_whitespace().collect::<Vec<_>>().join(" ");
            let words: Vec<_> = text.split([' ', '(', ')', ',']).collect();
            let is_of_tenants = words.windows(2).any(|pair| {
                ["from", "into", "update", "join"].contains(&pair[0])
                    && tables.iter().any(|table| table == pair[1])
            });
            let names_one = text.contains("organization_id = $")
                || text.contains("organization_id = v.organization")
                || (text.starts_with("insert into") && text.contains("(organization_id"));
            if is_of_tenants && !names_one {
                let (_, file) = statement.file.rsplit_once("src/").unwrap();
                found.entry(file).or_default().insert(text);
            }
        }
        let counts: Vec<_> = found.iter().map(|(file, texts)| (*file, texts.len())).collect();
        assert_eq!(counts, OF_ALL_ORGANIZATIONS, "{found:#?}");
    }

    /// A target whose request waits, one that was pushed and merged, and one that waits since an unknown
    /// moment, as they were before they had one.
    const BEFORE: &str =
        "insert into git_targets (organization_id, id, name, name_key, credential_id, url, branch, mode, state,
           user_id, bound_by, created_at, pushed_at, is_waiting) values
         ($1, $2, 'a', 'a', $1, '', '', 'pull_request', 'in_step', $1, '', 3, 7, true),
         ($1, $3, 'b', 'b', $1, '', '', 'pull_request', 'in_step', $1, '', 3, 7, false),
         ($1, $4, 'c', 'c', $1, '', '', 'pull_request', 'in_step', $1, '', 3, null, true)";
    const AFTER: &str = "select waits_since from git_targets order by name";

    /// Whatever the rows belong to is left out: only they are looked at.
    macro_rules! waiting_is_carried_over {
        ($migrator:expr, $connection:expr, $free:literal) => {{
            let connection = &mut $connection;
            $migrator.run_to(6, &mut *connection).await.unwrap();
            sqlx::query($free).execute(&mut *connection).await.unwrap();
            let mut insert = sqlx::query(BEFORE);
            for _ in 0..4 {
                insert = insert.bind(uuid::Uuid::now_v7());
            }
            insert.execute(&mut *connection).await.unwrap();
            $migrator.run(&mut *connection).await.unwrap();
            let since: Vec<Option<i64>> =
                sqlx::query_scalar(AFTER).fetch_all(&mut *connection).await.unwrap();
            assert_eq!(since, [Some(7), None, Some(3)]);
        }};
    }

    #[tokio::test]
    async fn what_waits_to_be_merged_waits_since_its_last_push() {
        let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
        waiting_is_carried_over!(SQLITE, connection, "pragma foreign_keys = off");

        let address = own_postgres_address().await;
        let mut connection = sqlx::PgConnection::connect(&address).await.unwrap();
        waiting_is_carried_over!(POSTGRES, connection, "set session_replication_role = replica");
    }
}
