//! The two databases behind one name.

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::{Error, Result, pool};

/// Runs one body on the connection or pool of whichever database it is.
macro_rules! on {
    ($db:expr, $connection:ident => $body:expr) => {
        match $db {
            $crate::db::Inner::Sqlite($connection) => $body,
            $crate::db::Inner::Postgres($connection) => $body,
        }
    };
}
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
    readers: Inner<SqlitePool, PgPool>,
    writers: Inner<SqlitePool, PgPool>,
}

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
            Ok(Self { readers: Inner::Sqlite(readers), writers: Inner::Sqlite(writers) })
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            let pool = pool::postgres(address).await?;
            Ok(Self { readers: Inner::Postgres(pool.clone()), writers: Inner::Postgres(pool) })
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
        let inner = match &self.writers {
            Inner::Sqlite(pool) => Inner::Sqlite(pool.begin_with("begin immediate").await?),
            Inner::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner })
    }

    /// The pool that reads.
    pub(crate) const fn read(&self) -> &Inner<SqlitePool, PgPool> {
        &self.readers
    }

    /// The pool that writes single statements.
    pub(crate) const fn write(&self) -> &Inner<SqlitePool, PgPool> {
        &self.writers
    }

    /// Reads, and stores something on the connection that every change goes through.
    ///
    /// # Errors
    /// When the database does not answer, or cannot be written.
    pub async fn ready(&self) -> Result<()> {
        on!(self.read(), pool => sqlx::query(crate::sql!("select 1")).execute(pool).await.map(drop))?;
        let mut tx = self.begin().await?;
        on!(tx.inner(), tx => sqlx::query(pool::TRIAL).execute(&mut **tx).await.map(drop))?;
        tx.commit().await
    }

    /// Closes all connections.
    pub async fn close(&self) {
        on!(self.read(), pool => pool.close().await);
        on!(self.write(), pool => pool.close().await);
    }
}

impl Tx {
    /// Makes every change of this transaction durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing was changed.
    pub async fn commit(self) -> Result<()> {
        on!(self.inner, tx => tx.commit().await)?;
        Ok(())
    }

    /// The connection inside, for a statement: `on!(tx.inner(), tx => query.execute(&mut **tx))`.
    pub(crate) const fn inner(
        &mut self,
    ) -> &mut Inner<Transaction<'static, Sqlite>, Transaction<'static, Postgres>> {
        &mut self.inner
    }
}

#[cfg(test)]
pub(crate) mod tests {
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

    #[tokio::test]
    async fn every_statement_prepares_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let Inner::Sqlite(pool) = db.write() else { panic!("not SQLite") };
        let mut problems = Vec::new();
        for statement in inventory::iter::<Statement> {
            if let Err(error) = pool.prepare(statement.text.into_sql_str()).await {
                problems.push(format!("{}:{}: {error}", statement.file, statement.line));
            }
        }
        assert!(problems.is_empty(), "{problems:#?}");
    }

    #[tokio::test]
    async fn every_statement_prepares_on_postgresql() {
        let db = Db::open(&postgres_address()).await.unwrap();
        let Inner::Postgres(pool) = db.write() else { panic!("not PostgreSQL") };
        let mut problems = Vec::new();
        for statement in inventory::iter::<Statement> {
            if let Err(error) = pool.prepare(statement.text.into_sql_str()).await {
                problems.push(format!("{}:{}: {error}", statement.file, statement.line));
            }
        }
        assert!(problems.is_empty(), "{problems:#?}");
        assert!(
            inventory::iter::<Statement>.into_iter().count() > 50,
            "the statements register themselves"
        );
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

        let address = postgres_address();
        let name = format!("hawser_{}", uuid::Uuid::now_v7().simple());
        let mut server = sqlx::PgConnection::connect(&address).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(create).execute(&mut server).await.unwrap();
        let (server, _) = address.rsplit_once('/').unwrap();
        let mut connection =
            sqlx::PgConnection::connect(&format!("{server}/{name}")).await.unwrap();
        waiting_is_carried_over!(POSTGRES, connection, "set session_replication_role = replica");
    }
}
