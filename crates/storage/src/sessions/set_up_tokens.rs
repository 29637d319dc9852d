//! The one-time tokens of the set-up link, kept as their SHA-256 only.

use domain::Timestamp;

use crate::{Db, Result, Tx, exec, value};

/// Voids every token that was not used yet.
pub async fn void_tokens(tx: &mut Tx) -> Result<()> {
    exec!(tx, "delete from set_up_tokens where used_at is null", [])?;
    Ok(())
}

/// Adds a token.
pub async fn issue_token(tx: &mut Tx, hash: &[u8], expires_at: Timestamp) -> Result<()> {
    exec!(
        tx,
        "insert into set_up_tokens (token_hash, expires_at) values ($1, $2)",
        [hash, expires_at]
    )?;
    Ok(())
}

/// Whether a token is valid: not used, not expired, and nobody has an account yet.
pub async fn is_open(db: &Db, hash: &[u8], now: Timestamp) -> Result<bool> {
    let found: Option<i64> = value!(
        db,
        "select expires_at from set_up_tokens
         where token_hash = $1 and used_at is null and expires_at > $2
           and not exists (select 1 from users)",
        [hash, now]
    )?;
    Ok(found.is_some())
}

/// Uses a token up; answers how many rows that was: 0 when it is not valid (any more).
pub async fn use_token(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<u64> {
    exec!(
        tx,
        "update set_up_tokens set used_at = $2
         where token_hash = $1 and used_at is null and expires_at > $2
           and not exists (select 1 from users)",
        [hash, now]
    )
}
