//! The end of a propagation.

use domain::{
    PropagationId, Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget},
};
use storage::{Scope, Tx};

use crate::{Error, audit};

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
    let told = format!(
        "version {}: {} healthy, {} need attention, {} superseded",
        ended.vault_version, counts.healthy, counts.needs_attention, counts.superseded
    );
    let action = AuditAction::PropagationFinished;
    let told = (AuditTarget::Credential(ended.credential), ended.name.as_str(), told);
    audit::record(tx, AuditActor::Hawser, scope, now, action, told).await
}
