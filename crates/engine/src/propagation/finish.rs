//! The end of a propagation.

use domain::{
    PropagationId, Scope, Timestamp,
    audit::{AuditAction, AuditActor},
};
use storage::{Tx, audit::Record};

use crate::Error;

/// Ends a propagation if nothing of it is on its way any more.
pub(crate) async fn finish(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(ended) = storage::propagation::finish(tx, scope, propagation, now).await? else {
        return Ok(());
    };
    let counts = ended.counts;
    let record = Record {
        actor: AuditActor::Hawser,
        action: AuditAction::PropagationFinished,
        target: ended.credential,
        detail: format!(
            "version {}: {} healthy, {} need attention, {} superseded",
            ended.vault_version, counts.healthy, counts.needs_attention, counts.superseded
        ),
    };
    Ok(storage::audit::record(tx, scope, now, &record).await?)
}
