//! Keys and counters that every replica shares.

use crate::{Db, Result, on, sql};

/// The value kept under `name`; the first caller's `value` wins for good.
///
/// # Errors
/// When the database does not answer.
pub async fn get_or_insert(db: &Db, name: &str, value: &str) -> Result<String> {
    insert(db, name, value).await?;
    get(db, name).await
}

async fn insert(db: &Db, name: &str, value: &str) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(sql!("insert into settings (name, value) values ($1, $2) on conflict (name) do nothing"))
            .bind(name)
            .bind(value)
            .execute(pool)
            .await
            .map(drop)
    })?;
    Ok(())
}

async fn get(db: &Db, name: &str) -> Result<String> {
    Ok(on!(db.write(), pool => {
        sqlx::query_scalar(sql!("select value from settings where name = $1")).bind(name).fetch_one(pool).await
    })?)
}
