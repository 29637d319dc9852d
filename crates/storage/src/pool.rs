//! The pools of connections, and what makes a connection unfit to be used again.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool, SqliteConnection, SqlitePool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Error, Result};

pub(crate) static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
pub(crate) static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a statement waits for a lock, on both databases.
const LOCK: Duration = Duration::from_secs(5);

/// The version of the database at an address, without changing anything; `None` for a SQLite file that
/// is not there yet.
///
/// # Errors
/// When it cannot be opened, or does not answer.
pub async fn reach(address: &str) -> Result<Option<String>> {
    if !address.starts_with("sqlite:") {
        let options = PgConnectOptions::from_str(address).map_err(Error::Open)?;
        let mut connection = PgConnection::connect_with(&options).await.map_err(Error::Open)?;
        let version = sqlx::query_scalar("select current_setting('server_version')");
        return version.fetch_one(&mut connection).await.map(Some).map_err(Error::Open);
    }
    let options = SqliteConnectOptions::from_str(address).map_err(Error::Open)?;
    if !options.get_filename().exists() {
        return Ok(None);
    }
    let mut connection =
        SqliteConnection::connect_with(&options.read_only(true)).await.map_err(Error::Open)?;
    let version = sqlx::query_scalar("select sqlite_version() from sqlite_schema limit 1");
    let version = version.fetch_optional(&mut connection).await.map_err(Error::Open)?;
    Ok(Some(version.unwrap_or_default()))
}

/// The writing connection and the reading ones.
pub(crate) struct Sqlite {
    pub(crate) writers: SqlitePool,
    pub(crate) readers: SqlitePool,
}

/// Opens the file in WAL mode with `synchronous = full`, so that a committed change survives a power
/// cut, and with one writing connection, so that writers queue instead of failing.
pub(crate) async fn sqlite(address: &str) -> Result<Sqlite> {
    let options = SqliteConnectOptions::from_str(address)
        .map_err(Error::Open)?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(LOCK);
    let writers = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .after_release(|connection, _| Box::pin(is_clean(connection)))
        .connect_with(options.clone())
        .await
        .map_err(Error::Open)?;
    SQLITE.run(&writers).await.map_err(Error::Migrate)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(8)
        .test_before_acquire(false)
        .connect_with(options.read_only(true))
        .await
        .map_err(Error::Open)?;
    Ok(Sqlite { writers, readers })
}

/// Whether no transaction is left on the connection. A full disk makes SQLite roll back by itself;
/// sqlx still counts that transaction and would refuse every other one on this connection.
async fn is_clean(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // A dropped transaction's rollback may be on its way; it is over when the connection answers.
    connection.ping().await?;
    let is_clean = !connection.is_in_transaction();
    if !is_clean {
        tracing::warn!("replaced a writing connection that was left in a transaction");
    }
    Ok(is_clean)
}

/// Opens a pool at a server. Where the operator set no limits of their own, a statement waits for a
/// lock and runs for so long, and a transaction that does nothing ends.
pub(crate) async fn postgres(address: &str) -> Result<PgPool> {
    let options = PgConnectOptions::from_str(address).map_err(Error::Open)?;
    migrate(&options).await?;
    PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| Box::pin(limit(connection)))
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(takes_writes(connection)))
        .after_release(|connection, _| {
            let is_clean = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_clean) })
        })
        .connect_with(options)
        .await
        .map_err(Error::Open)
}

/// On a connection without limits: a migration may take long, and replicas wait for each other.
async fn migrate(options: &PgConnectOptions) -> Result<()> {
    let mut connection = PgConnection::connect_with(options).await.map_err(Error::Open)?;
    POSTGRES.run(&mut connection).await.map_err(Error::Migrate)?;
    connection.close().await.map_err(Error::Open)
}

async fn limit(connection: &mut PgConnection) -> sqlx::Result<()> {
    for (name, limit) in [
        ("lock_timeout", LOCK),
        ("statement_timeout", Duration::from_mins(1)),
        ("idle_in_transaction_session_timeout", Duration::from_mins(1)),
    ] {
        sqlx::query("select set_config($1, $2, false) where current_setting($1) = '0'")
            .bind(name)
            .bind(format!("{}s", limit.as_secs()))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Whether a connection is alive and leads to a server that takes writes. One that outlives a
/// failover leads to a standby for as long as it is kept.
async fn takes_writes(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let read_only: String = sqlx::query_scalar(READ_ONLY).fetch_one(&mut *connection).await?;
    Ok(read_only == "off")
}

const READ_ONLY: &str = "select current_setting('transaction_read_only')";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, db::Inner, db::tests::postgres_address, settings};

    async fn limits(pool: &PgPool) -> Vec<String> {
        let mut limits = Vec::new();
        for name in ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"] {
            let limit = sqlx::query_scalar("select current_setting($1)").bind(name);
            limits.push(limit.fetch_one(pool).await.unwrap());
        }
        limits
    }

    #[tokio::test]
    async fn nothing_waits_for_ever_at_postgresql_and_an_operator_decides_for_how_long() {
        let pool = postgres(&postgres_address()).await.unwrap();
        assert_eq!(limits(&pool).await, ["5s", "1min", "1min"]);
        let address = postgres_address();
        let and = if address.contains('?') { '&' } else { '?' };
        let own = format!("{address}{and}options=-c%20lock_timeout%3D50ms");
        let pool = postgres(&own).await.unwrap();
        assert_eq!(limits(&pool).await, ["50ms", "1min", "1min"]);

        // Somebody holds the row: the other change ends with a conflict, not never.
        let db = Db::open(&own).await.unwrap();
        let name = format!("held {}", uuid::Uuid::now_v7());
        settings::get_or_insert(&db, &name, "1").await.unwrap();
        let change = "update settings set value = '2' where name = $1";
        let mut held = pool.begin().await.unwrap();
        sqlx::query(change).bind(&name).execute(&mut *held).await.unwrap();
        let refused = sqlx::query(change).bind(&name).execute(&pool).await.unwrap_err();
        assert!(Error::statement(change, refused).is_conflict());
        held.rollback().await.unwrap();
        sqlx::query(change).bind(&name).execute(&pool).await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_leads_to_a_standby_or_nowhere_is_replaced() {
        let db = Db::open(&postgres_address()).await.unwrap();
        let Inner::Postgres(pool) = db.write().connection() else { panic!("not PostgreSQL") };
        let mut killed = pool.acquire().await.unwrap();
        // What a session says of itself at a standby.
        let mut standby = pool.acquire().await.unwrap();
        let demoted = "set session characteristics as transaction read only";
        sqlx::query(demoted).execute(&mut *standby).await.unwrap();
        let change = "update settings set value = value";
        let refused = sqlx::query(change).execute(&mut *standby).await.unwrap_err();
        let refused = Error::statement(change, refused);
        assert!(refused.is_unwritable() && refused.is_unavailable(), "{refused:?}");
        let pid: i32 =
            sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *killed).await.unwrap();
        drop((killed, standby));
        let mut other = PgConnection::connect(&postgres_address()).await.unwrap();
        sqlx::query("select pg_terminate_backend($1)").bind(pid).execute(&mut other).await.unwrap();
        for _ in 0..4 {
            db.ready().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_connection_that_was_left_in_a_transaction_is_replaced() {
        let db = Db::open(&postgres_address()).await.unwrap();
        let Inner::Postgres(pool) = db.write().connection() else { panic!("not PostgreSQL") };
        let mut connection = pool.acquire().await.unwrap();
        let mut tx = sqlx::Connection::begin(&mut *connection).await.unwrap();
        sqlx::query("select 1 / 0").execute(&mut *tx).await.unwrap_err();
        std::mem::forget(tx);
        drop(connection);
        db.ready().await.unwrap();

        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/test.db", folder.path().display());
        let db = Db::open(&address).await.unwrap();
        let Inner::Sqlite(pool) = db.write().connection() else { panic!("not SQLite") };
        let mut connection = pool.acquire().await.unwrap();
        std::mem::forget(sqlx::Connection::begin(&mut *connection).await.unwrap());
        drop(connection);
        db.ready().await.unwrap();
    }
}
