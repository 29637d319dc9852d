//! Updates on their way to Git targets and clusters.
//!
//! One push or apply settles all updates that were on their way to its place when it began
//! ([`begin_place`]): what came later waits for the next one.

use domain::{
    Cause, CredentialId, PropagationId, Timestamp,
    propagation::{DeliveryState, DeliveryTarget},
};
use serde_json::json;
use uuid::Uuid;

use crate::{Json, Result, Scope, Tx, exec, values};

/// Adds the places of a propagation; older updates of the same credential that are still on their way
/// are superseded.
pub(super) async fn add_places(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    places: &[DeliveryTarget],
    now: Timestamp,
) -> Result<()> {
    let places: Vec<_> = places
        .iter()
        .filter_map(|place| named(*place))
        .map(|(kind, id)| json!({ "kind": kind, "id": id }))
        .collect();
    if places.is_empty() {
        return Ok(());
    }
    exec!(
        tx,
        ["insert into place_deliveries (organization_id, propagation_id, place_kind, place_id, state, run_at)
          select $1, $2, " text("kind") ", " id("id") ", 'waiting', $4 from " records(3) " as r"],
        [scope, propagation, Json(places), now]
    )?;
    Ok(())
}

/// How the columns `place_kind` and `place_id` name a place; a repository has deliveries of its own.
const fn named(place: DeliveryTarget) -> Option<(&'static str, Uuid)> {
    match place {
        DeliveryTarget::Repository(_) => None,
        DeliveryTarget::GitTarget(id) => Some(("git_target", id.uuid())),
        DeliveryTarget::Cluster(id) => Some(("cluster", id.uuid())),
    }
}

pub(super) async fn supersede_places(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "update place_deliveries set state = 'superseded', cause = null, finished_at = $1
         where organization_id = $2 and state in ('waiting', 'running', 'retrying') and propagation_id in (
           select p.id from propagations p
           where p.organization_id = $2 and p.credential_id = $3 and p.finished_at is null)",
        [now, scope, credential]
    )?;
    Ok(())
}

/// Takes the updates that are on their way to a place in hand: called when a push or apply begins,
/// before it reads anything.
pub async fn begin_place(tx: &mut Tx, scope: Scope, place: Uuid) -> Result<u64> {
    exec!(
        tx,
        "update place_deliveries set state = 'running', attempts = attempts + 1
         where organization_id = $1 and place_id = $2 and state in ('waiting', 'running', 'retrying')",
        [scope, place]
    )
}

/// How a push or apply ended for the updates that it had in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceEnd {
    /// [`DeliveryState::Healthy`], [`DeliveryState::Retrying`] or [`DeliveryState::NeedsAttention`];
    /// [`DeliveryState::Waiting`] when it proved nothing, because the place was edited meanwhile.
    pub state: DeliveryState,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// When it is tried next; without meaning in a final state.
    pub run_at: Timestamp,
    /// When it ended.
    pub at: Timestamp,
}

/// Settles the updates that [`begin_place`] took in hand, in the transaction that writes the outcome
/// of the push or apply; answers their propagations, to be ended if this was the last of them.
pub async fn settle_place(
    tx: &mut Tx,
    scope: Scope,
    place: Uuid,
    end: PlaceEnd,
) -> Result<Vec<PropagationId>> {
    let rows: Vec<Uuid> = values!(
        tx,
        "update place_deliveries set state = $3, cause = $4, run_at = $5, finished_at = $6
         where organization_id = $1 and place_id = $2 and state = 'running'
           and state in ('waiting', 'running', 'retrying') returning propagation_id",
        [
            scope,
            place,
            end.state.as_str(),
            end.cause.map(Cause::as_str),
            end.run_at,
            end.state.is_final().then_some(end.at.millis()),
        ]
    )?;
    Ok(rows.into_iter().map(PropagationId::from).collect())
}
