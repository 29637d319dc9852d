//! How a registry speaks.

use domain::{RepositoryId, Scope, repositories::Transport};

use crate::{Result, Tx, on, sql};

/// Writes down how the registry of a repository spoke.
///
/// # Errors
/// When the database refuses.
pub async fn set_transport(
    tx: &mut Tx,
    scope: Scope,
    id: RepositoryId,
    transport: Transport,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("update repositories set speaks_plain = $1 where organization_id = $2 and id = $3"))
            .bind(transport == Transport::Plain)
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// What the column says.
pub(crate) const fn transport(speaks_plain: bool) -> Transport {
    if speaks_plain { Transport::Plain } else { Transport::Tls }
}
