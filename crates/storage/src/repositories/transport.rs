//! How a registry speaks.

use domain::{RepositoryId, repositories::Transport};

use crate::{Result, Scope, Tx, exec};

/// Writes down how the registry of a repository spoke.
pub async fn set_transport(
    tx: &mut Tx,
    scope: Scope,
    id: RepositoryId,
    transport: Transport,
) -> Result<()> {
    exec!(
        tx,
        "update repositories set speaks_plain = $1 where organization_id = $2 and id = $3",
        [transport == Transport::Plain, scope, id]
    )?;
    Ok(())
}

/// What the column says.
pub(crate) const fn transport(speaks_plain: bool) -> Transport {
    if speaks_plain { Transport::Plain } else { Transport::Tls }
}
