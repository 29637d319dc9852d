//! People's accounts.

use domain::{Timestamp, UserId};
use uuid::Uuid;

use crate::{Db, Result, Tx, exec, row, value};

/// An account with what its password is checked against.
#[derive(Clone)]
pub struct Account {
    /// The person.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// The PHC string of their password.
    pub password_hash: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Adds a person.
///
/// # Errors
/// When the database refuses, such as an address that is taken.
pub async fn insert_user(
    tx: &mut Tx,
    id: UserId,
    email: &str,
    name: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "insert into users (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5)",
        [id, email, name, password_hash, now]
    )?;
    Ok(())
}

/// The account with this address (in lower case).
pub async fn account(db: &Db, email: &str) -> Result<Option<Account>> {
    let row: Option<(Uuid, String, String)> =
        row!(db, "select id, name, password_hash from users where email = $1", [email])?;
    Ok(row.map(|(id, name, password_hash)| Account { id: id.into(), name, password_hash }))
}

/// The PHC string of a person's password.
pub async fn password_hash_of(db: &Db, user: UserId) -> Result<Option<String>> {
    value!(db, "select password_hash from users where id = $1", [user])
}

/// Whether anybody has an account.
pub async fn anybody(db: &Db) -> Result<bool> {
    let found: Option<i64> = value!(db, "select created_at from users limit 1", [])?;
    Ok(found.is_some())
}

/// Replaces the hash of the same password by a stronger one, unless it changed meanwhile.
pub async fn rehash(db: &Db, user: UserId, old: &str, new: &str) -> Result<()> {
    exec!(
        db.write(),
        "update users set password_hash = $3 where id = $1 and password_hash = $2",
        [user, old, new]
    )?;
    Ok(())
}
