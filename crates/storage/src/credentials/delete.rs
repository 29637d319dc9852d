//! Deleted credentials: tombstones whose secrets are being destroyed.

use domain::{
    Cause, CredentialId, Timestamp,
    credentials::{CredentialState, Remains, Undestroyed},
};

use super::state;
use crate::{Db, Error, Result, Scope, Tx, exec, row, rows, search};

/// Marks a credential as deleted; answers how many rows that was. From the commit on nobody can
/// begin to use it, and the epoch refuses the results of who has begun.
pub async fn tombstone(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    actor: &str,
    now: Timestamp,
) -> Result<u64> {
    let deleted = exec!(
        tx,
        "update credentials set state = 'deleting', deleted_at = $3, updated_at = $3, updated_by = $4,
           epoch = epoch + 1, row_version = row_version + 1, operation_id = null
         where organization_id = $1 and id = $2 and deleted_at is null",
        [scope, id, now, actor]
    )?;
    search::credential(tx, scope, id).await?;
    Ok(deleted)
}

/// A deleted credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// The name it had.
    pub name: String,
    /// `deleting`, or `destroyed` when its secret is gone.
    pub state: CredentialState,
}

/// A credential that was deleted; `None` when it lives, or never was.
pub async fn deleted(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Deleted>> {
    let row: Option<(String, String)> = row!(
        db,
        "select name, state from credentials
         where organization_id = $1 and id = $2 and deleted_at is not null",
        [scope, id]
    )?;
    row.map(|(name, text)| Ok(Deleted { name, state: state(&text)? })).transpose()
}

/// Notes that the secret of a deleted credential is gone from Vault; answers how many rows that
/// was: 0 when it was noted before.
pub async fn destroyed(tx: &mut Tx, scope: Scope, id: CredentialId) -> Result<u64> {
    exec!(
        tx,
        "update credentials set state = 'destroyed', fingerprint = ''
         where organization_id = $1 and id = $2 and state = 'deleting'",
        [scope, id]
    )
}

/// What was deleted or given up, and could not be destroyed in Vault yet, by name.
pub async fn undestroyed(db: &Db, scope: Scope) -> Result<Vec<Undestroyed>> {
    let rows: Vec<(String, bool, String)> = rows!(
        db,
        "select c.name, o.id is null, j.cause from jobs j
         left join secret_operations o on o.organization_id = j.organization_id and o.id = j.target_id
         join credentials c on c.organization_id = j.organization_id
           and c.id = coalesce(o.credential_id, j.target_id)
         where j.organization_id = $1 and j.kind = 'destroy' and j.cause is not null
         order by c.name, c.id limit 100",
        [scope]
    )?;
    rows.into_iter()
        .map(|(name, is_whole, cause)| {
            Ok(Undestroyed {
                name,
                remains: if is_whole { Remains::Secret } else { Remains::Version },
                cause: Cause::parse(&cause).ok_or(Error::Value { column: "jobs.cause" })?,
            })
        })
        .collect()
}
