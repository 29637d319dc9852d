//! Updates on their way to Git targets and clusters.
//!
//! One push or apply settles all updates that were on their way to its place when it began
//! ([`begin_place`]): what came later waits for the next one.

use domain::{
    Cause, CredentialId, PropagationId, Scope, Timestamp,
    propagation::{DeliveryState, DeliveryTarget},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Result, Tx, on, sql};

/// Adds the places of a propagation; older updates of the same credential that are still on their way
/// are superseded.
///
/// # Errors
/// When the database refuses.
pub(super) async fn add_places(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    places: &[DeliveryTarget],
    now: Timestamp,
) -> Result<()> {
    let places: Vec<_> = places.iter().filter_map(|place| named(*place)).collect();
    for chunk in places.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into place_deliveries (organization_id, propagation_id, place_kind, place_id, state, run_at) ",
            );
            query.push_values(chunk, |mut row, (kind, id)| {
                row.push_bind(scope.organization().uuid())
                    .push_bind(propagation.uuid())
                    .push_bind(*kind)
                    .push_bind(*id)
                    .push_bind("waiting")
                    .push_bind(now.millis());
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
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
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update place_deliveries set state = 'superseded', cause = null, finished_at = $1
             where organization_id = $2 and state in ('waiting', 'running', 'retrying') and propagation_id in (
               select p.id from propagations p
               where p.organization_id = $2 and p.credential_id = $3 and p.finished_at is null)"
        ))
        .bind(now.millis())
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Takes the updates that are on their way to a place in hand: called when a push or apply begins,
/// before it reads anything.
///
/// # Errors
/// When the database refuses.
pub async fn begin_place(tx: &mut Tx, scope: Scope, place: Uuid) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update place_deliveries set state = 'running', attempts = attempts + 1
             where organization_id = $1 and place_id = $2 and state in ('waiting', 'running', 'retrying')"
        ))
        .bind(scope.organization().uuid())
        .bind(place)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
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
///
/// # Errors
/// When the database refuses.
pub async fn settle_place(
    tx: &mut Tx,
    scope: Scope,
    place: Uuid,
    end: PlaceEnd,
) -> Result<Vec<PropagationId>> {
    let rows: Vec<Uuid> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "update place_deliveries set state = $3, cause = $4, run_at = $5, finished_at = $6
             where organization_id = $1 and place_id = $2 and state = 'running' returning propagation_id"
        ))
        .bind(scope.organization().uuid())
        .bind(place)
        .bind(end.state.as_str())
        .bind(end.cause.map(Cause::code))
        .bind(end.run_at.millis())
        .bind(end.state.is_final().then_some(end.at.millis()))
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(rows.into_iter().map(PropagationId::from).collect())
}
