//! The history of a secret: which operation stored which version.

use domain::{CredentialId, Timestamp, credentials::VersionOrigin};

use crate::{Db, Error, Result, Scope, row, rows};

/// A version that counts, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number in Vault.
    pub vault_version: i64,
    /// How it came to be.
    pub origin: VersionOrigin,
    /// What changed.
    pub changed: String,
    /// When it began to count.
    pub at: Timestamp,
    /// Who stored it.
    pub by: String,
    /// When it expires, as the provider or the secret itself told.
    pub expires_at: Option<Timestamp>,
}

/// The columns of [`Row`], of versions that were committed.
macro_rules! version_columns {
    () => {
        "vault_version, kind, changed, coalesce(settled_at, created_at) as at, actor, expires_at"
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    vault_version: i64,
    kind: String,
    changed: String,
    at: i64,
    actor: String,
    expires_at: Option<i64>,
}

impl Row {
    fn version(self) -> Result<Version> {
        Ok(Version {
            vault_version: self.vault_version,
            origin: match self.kind.as_str() {
                "create" => VersionOrigin::Created,
                "update" => VersionOrigin::Updated,
                "restore" => VersionOrigin::RolledBack,
                "candidate" => VersionOrigin::Promoted,
                _ => return Err(Error::Value { column: "secret_operations.kind" }),
            },
            changed: self.changed,
            at: Timestamp::from_millis(self.at),
            by: self.actor,
            expires_at: self.expires_at.map(Timestamp::from_millis),
        })
    }
}

/// The versions that SQL committed, newest first.
pub async fn versions(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    limit: u32,
) -> Result<Vec<Version>> {
    let rows: Vec<Row> = rows!(
        db,
        ["select " version_columns!() " from secret_operations
          where organization_id = $1 and credential_id = $2 and state = 'applied' and vault_version is not null
          order by vault_version desc limit $3"],
        [scope, credential, limit]
    )?;
    rows.into_iter().map(Row::version).collect()
}

/// One version, if SQL committed it.
pub async fn version(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    vault_version: i64,
) -> Result<Option<Version>> {
    let row: Option<Row> = row!(
        db,
        ["select " version_columns!() " from secret_operations
          where organization_id = $1 and credential_id = $2 and state = 'applied' and vault_version = $3"],
        [scope, credential, vault_version]
    )?;
    row.map(Row::version).transpose()
}
