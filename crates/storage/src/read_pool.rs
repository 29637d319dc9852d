//! Where statements read: each on a connection of its own, or all of them in one transaction.

use std::sync::Arc;

use futures::{
    StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{Database, Describe, Either, Execute, Executor, Pool, SqlStr, Transaction};
use tokio::sync::Mutex;

/// One of a database's two ways to read.
#[derive(Debug)]
pub(crate) struct ReadPool<DB: Database> {
    pool: Pool<DB>,
    /// What all statements run in; they take turns.
    tx: Option<Arc<Mutex<Transaction<'static, DB>>>>,
}

impl<DB: Database> ReadPool<DB> {
    /// Each statement on a connection of its own.
    pub(crate) const fn of(pool: Pool<DB>) -> Self {
        Self { pool, tx: None }
    }

    /// All statements in this transaction, which ends with the last clone.
    pub(crate) fn in_transaction(&self, tx: Transaction<'static, DB>) -> Self {
        Self { pool: self.pool.clone(), tx: Some(Arc::new(Mutex::new(tx))) }
    }

    /// What sees every change at once.
    pub(crate) const fn pool(&self) -> &Pool<DB> {
        &self.pool
    }
}

impl<DB: Database> Clone for ReadPool<DB> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), tx: self.tx.clone() }
    }
}

impl<'c, DB: Database> Executor<'c> for &'c ReadPool<DB>
where
    for<'t> &'t mut DB::Connection: Executor<'t, Database = DB>,
{
    type Database = DB;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<DB::QueryResult, DB::Row>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let Some(tx) = &self.tx else { return self.pool.fetch_many(query) };
        let all = async move {
            let mut tx = tx.lock().await;
            (&mut **tx).fetch_many(query).collect::<Vec<_>>().await
        };
        stream::once(all).flat_map(stream::iter).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<DB::Row>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let Some(tx) = &self.tx else { return self.pool.fetch_optional(query) };
        Box::pin(async move {
            let mut tx = tx.lock().await;
            (&mut **tx).fetch_optional(query).await
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<DB::Statement>>
    where
        'c: 'e,
    {
        let Some(tx) = &self.tx else { return self.pool.prepare_with(sql, parameters) };
        Box::pin(async move {
            let mut tx = tx.lock().await;
            (&mut **tx).prepare_with(sql, parameters).await
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<DB>>>
    where
        'c: 'e,
    {
        let Some(tx) = &self.tx else { return self.pool.describe(sql) };
        Box::pin(async move { (&mut **tx.lock().await).describe(sql).await })
    }
}
