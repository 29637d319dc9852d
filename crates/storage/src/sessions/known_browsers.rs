//! Browsers that signed a person in before, by the SHA-256 of what their cookie holds.

use crate::{Db, Result, Tx, exec, row};
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
pub async fn known_to(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<KnownTo>> {
    let row: Option<(String, i64)> = row!(
        db,
        "select u.email, b.ends_at from known_browsers b join users u on u.id = b.user_id
         where b.token_hash = $1 and b.ends_at > $2",
        [hash, now]
    )?;
    Ok(row.map(|(email, ends_at)| KnownTo { email, ends_at: Timestamp::from_millis(ends_at) }))
}

/// Keeps a browser until `ends_at`, and of the person's browsers only the newest `most`.
pub async fn keep_browser(
    tx: &mut Tx,
    hash: &[u8],
    user: UserId,
    ends_at: Timestamp,
    most: u32,
) -> Result<()> {
    exec!(
        tx,
        "insert into known_browsers (token_hash, user_id, ends_at) values ($1, $2, $3)",
        [hash, user, ends_at]
    )?;
    exec!(
        tx,
        "delete from known_browsers where user_id = $1 and token_hash not in
         (select token_hash from known_browsers where user_id = $1
          order by ends_at desc, token_hash limit $2)",
        [user, most]
    )?;
    Ok(())
}

/// Forgets the browsers whose time is over.
pub async fn forget_browsers(db: &Db, now: Timestamp) -> Result<()> {
    exec!(db.write(), "delete from known_browsers where ends_at <= $1", [now])?;
    Ok(())
}
