//! Operations that were given up, and what they may have left in Vault.

use domain::{CredentialId, OperationId};
use uuid::Uuid;

use crate::{Db, Result, Scope, row};

/// An operation whose secret never counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// The credential that it was for.
    pub credential: CredentialId,
    /// Its name.
    pub name: String,
    /// Its version in Vault, when that was learned before it was given up.
    pub vault_version: Option<i64>,
}

/// An operation that was given up; `None` for one that was not, or that SQL knows nothing of.
pub async fn given_up(db: &Db, scope: Scope, id: OperationId) -> Result<Option<GivenUp>> {
    let row: Option<(Uuid, String, Option<i64>)> = row!(
        db,
        "select o.credential_id, c.name, o.vault_version from secret_operations o
         join credentials c on c.organization_id = o.organization_id and c.id = o.credential_id
         where o.organization_id = $1 and o.id = $2 and o.state = 'aborted'",
        [scope, id]
    )?;
    Ok(row.map(|(credential, name, vault_version)| GivenUp {
        credential: credential.into(),
        name,
        vault_version,
    }))
}
