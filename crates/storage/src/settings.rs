//! Keys and counters that every replica shares.

use crate::{Db, Result, exec, one_value};

/// The value kept under `name`; the first caller's `value` wins for good.
pub async fn get_or_insert(db: &Db, name: &str, value: &str) -> Result<String> {
    insert(db, name, value).await?;
    get(db, name).await
}

async fn insert(db: &Db, name: &str, value: &str) -> Result<()> {
    exec!(
        db.write(),
        "insert into settings (name, value) values ($1, $2) on conflict (name) do nothing",
        [name, value]
    )?;
    Ok(())
}

async fn get(db: &Db, name: &str) -> Result<String> {
    one_value!(db.write(), "select value from settings where name = $1", [name])
}
