//! The one-time tokens of the set-up link, kept as their SHA-256 only.

use domain::Timestamp;

use crate::{Db, Result, Tx, on, sql};

/// Voids every token that was not used yet.
///
/// # Errors
/// When the database refuses.
pub async fn void_tokens(tx: &mut Tx) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from set_up_tokens where used_at is null"))
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// Adds a token.
///
/// # Errors
/// When the database refuses.
pub async fn issue_token(tx: &mut Tx, hash: &[u8], expires_at: Timestamp) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("insert into set_up_tokens (token_hash, expires_at) values ($1, $2)"))
            .bind(hash)
            .bind(expires_at.millis())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// Whether a token is valid: not used, not expired, and nobody has an account yet.
///
/// # Errors
/// When the database does not answer.
pub async fn is_open(db: &Db, hash: &[u8], now: Timestamp) -> Result<bool> {
    let found: Option<i64> = on!(db.read(), pool => {
        sqlx::query_scalar(sql!(
            "select expires_at from set_up_tokens
             where token_hash = $1 and used_at is null and expires_at > $2
               and not exists (select 1 from users)"
        ))
        .bind(hash)
        .bind(now.millis())
        .fetch_optional(pool)
        .await
    })?;
    Ok(found.is_some())
}

/// Uses a token up; answers how many rows that was: 0 when it is not valid (any more).
///
/// # Errors
/// When the database refuses.
pub async fn use_token(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update set_up_tokens set used_at = $2
             where token_hash = $1 and used_at is null and expires_at > $2
               and not exists (select 1 from users)"
        ))
        .bind(hash)
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}
