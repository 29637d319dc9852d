//! SQL of sessions, people's accounts and set-up tokens. All of it belongs to no organization.

mod failed_attempts;
mod known_browsers;
mod own;
mod recognize;
mod set_up_tokens;
mod users;

pub use failed_attempts::{Filling, count_failure, failed, forget_failures};
pub use known_browsers::{KnownTo, forget_browsers, keep_browser, known_to};
pub use own::{end_other_sessions, end_session, profile, sessions_of, set_password};
pub use recognize::principal;
pub use set_up_tokens::{is_open, issue_token, use_token, void_tokens};
pub use users::{Account, account, anybody, insert_user, password_hash_of, rehash};

use domain::{Timestamp, UserId};

use crate::{Db, Result, exec, row};

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// The session's record, as the server wrote it.
    pub record: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session that begins.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Whose it is; `None` of a visitor without an account.
    pub user: Option<UserId>,
    /// The session's record, as the server wrote it.
    pub record: &'a str,
    /// The address it begins at; empty for none.
    pub address: &'a str,
    /// The browser in words; empty for none.
    pub browser: &'a str,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// Adds a session under the SHA-256 of its id.
///
/// # Errors
/// When the id is taken, or the database refuses.
pub async fn create(db: &Db, hash: &[u8], new: &NewSession<'_>, now: Timestamp) -> Result<()> {
    exec!(
        db.write(),
        "insert into sessions (id_hash, user_id, record, created_at, last_seen_at, expires_at, address, browser)
         values ($1, $2, $3, $4, $4, $5, $6, $7)",
        [hash, new.user, new.record, now, new.expires_at, new.address, new.browser]
    )?;
    Ok(())
}

/// Stores what changed in a session; answers how many rows that was: 0 when the session is gone.
///
/// It never inserts, so a request that was under way during a sign-out cannot bring the session
/// back to life (R-SESS-02).
pub async fn save(
    db: &Db,
    hash: &[u8],
    user: Option<UserId>,
    record: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<u64> {
    exec!(
        db.write(),
        "update sessions set user_id = $2, record = $3, last_seen_at = $4, expires_at = $5
         where id_hash = $1 and expires_at > $4",
        [hash, user, record, now, expires_at]
    )
}

/// A session that has not expired.
pub async fn load(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<StoredSession>> {
    let row: Option<(String, i64, i64, i64)> = row!(
        db,
        "select record, created_at, last_seen_at, expires_at
         from sessions where id_hash = $1 and expires_at > $2",
        [hash, now]
    )?;
    Ok(row.map(|(record, created_at, last_seen_at, expires_at)| StoredSession {
        record,
        created_at: Timestamp::from_millis(created_at),
        last_seen_at: Timestamp::from_millis(last_seen_at),
        expires_at: Timestamp::from_millis(expires_at),
    }))
}

/// Notes that a session is used, and until when it lives now.
pub async fn touch(db: &Db, hash: &[u8], now: Timestamp, expires_at: Timestamp) -> Result<()> {
    exec!(
        db.write(),
        "update sessions set last_seen_at = $2, expires_at = $3 where id_hash = $1",
        [hash, now, expires_at]
    )?;
    Ok(())
}

/// Ends a session.
pub async fn delete(db: &Db, hash: &[u8]) -> Result<()> {
    exec!(db.write(), "delete from sessions where id_hash = $1", [hash])?;
    Ok(())
}

/// Ends every session of a person; answers how many there were.
pub async fn delete_of_user(db: &Db, user: UserId) -> Result<u64> {
    exec!(db.write(), "delete from sessions where user_id = $1", [user])
}

/// Removes the sessions that expired; answers how many there were.
pub async fn delete_expired(db: &Db, now: Timestamp) -> Result<u64> {
    exec!(db.write(), "delete from sessions where expires_at <= $1", [now])
}
