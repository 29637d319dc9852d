//! Browsers that signed a person in before, by the SHA-256 of what their cookie holds.

use crate::{Db, Result, Tx, on, sql};
use domain::{Timestamp, UserId};

/// Whom a browser signed in before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTo {
    /// The person's address.
    pub email: String,
    /// Until when it is known.
    pub ends_at: Timestamp,
}

/// Whom a browser signed in before, as long as it is known.
///
/// # Errors
/// When the database does not answer.
pub async fn known_to(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<KnownTo>> {
    let row: Option<(String, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select u.email, b.ends_at from known_browsers b join users u on u.id = b.user_id
             where b.token_hash = $1 and b.ends_at > $2"
        ))
        .bind(hash)
        .bind(now.millis())
        .fetch_optional(pool)
        .await
    })?;
    Ok(row.map(|(email, ends_at)| KnownTo { email, ends_at: Timestamp::from_millis(ends_at) }))
}

/// Keeps a browser until `ends_at`, and of the person's browsers only the newest `most`.
///
/// # Errors
/// When the database refuses.
pub async fn keep_browser(
    tx: &mut Tx,
    hash: &[u8],
    user: UserId,
    ends_at: Timestamp,
    most: u32,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into known_browsers (token_hash, user_id, ends_at) values ($1, $2, $3)"
        ))
        .bind(hash)
        .bind(user.uuid())
        .bind(ends_at.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "delete from known_browsers where user_id = $1 and token_hash not in
               (select token_hash from known_browsers where user_id = $1
                order by ends_at desc, token_hash limit $2)"
        ))
        .bind(user.uuid())
        .bind(i64::from(most))
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Forgets the browsers whose time is over.
///
/// # Errors
/// When the database refuses.
pub async fn forget_browsers(db: &Db, now: Timestamp) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(sql!("delete from known_browsers where ends_at <= $1"))
            .bind(now.millis())
            .execute(pool)
            .await
            .map(drop)
    })?;
    Ok(())
}
