//! A person's own account and sessions.

use std::net::IpAddr;

use domain::{
    Timestamp, UserId,
    account::{OwnSession, Profile, SessionKey},
};

use crate::{Db, Result, Tx, exec, row, rows};

/// Who somebody is; `None` when there is no such account.
pub async fn profile(db: &Db, user: UserId) -> Result<Option<Profile>> {
    let row: Option<(String, String)> =
        row!(db, "select name, email from users where id = $1", [user])?;
    Ok(row.map(|(name, email)| Profile { name, email }))
}

/// The sessions of a person that have not ended, the one used last first, at most 100.
pub async fn sessions_of(db: &Db, user: UserId, now: Timestamp) -> Result<Vec<OwnSession>> {
    let rows: Vec<(Vec<u8>, String, String, i64, i64)> = rows!(
        db,
        "select id_hash, browser, address, created_at, last_seen_at from sessions
         where user_id = $1 and expires_at > $2 order by last_seen_at desc, id_hash limit 100",
        [user, now]
    )?;
    Ok(rows
        .into_iter()
        .filter_map(|(hash, browser, address, began_at, last_seen_at)| {
            Some(OwnSession {
                key: SessionKey::new(hash.try_into().ok()?),
                browser,
                address: address.parse::<IpAddr>().ok(),
                began_at: Timestamp::from_millis(began_at),
                last_seen_at: Timestamp::from_millis(last_seen_at),
            })
        })
        .collect())
}

/// Ends one session of a person; answers how many that was.
pub async fn end_session(tx: &mut Tx, user: UserId, session: SessionKey) -> Result<u64> {
    exec!(
        tx,
        "delete from sessions where user_id = $1 and id_hash = $2",
        [user, &session.bytes()[..]]
    )
}

/// Ends all sessions of a person but one; answers how many that was.
pub async fn end_other_sessions(tx: &mut Tx, user: UserId, kept: SessionKey) -> Result<u64> {
    exec!(
        tx,
        "delete from sessions where user_id = $1 and id_hash <> $2",
        [user, &kept.bytes()[..]]
    )
}

/// Gives a person another password; requests under way that rest on the old one are refused.
pub async fn set_password(tx: &mut Tx, user: UserId, password_hash: &str) -> Result<()> {
    exec!(tx, "update users set password_hash = $2 where id = $1", [user, password_hash])?;
    Ok(())
}
