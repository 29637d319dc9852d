//! What people see of propagations.

use domain::{
    Cause, CredentialId, DeliveryId, PropagationId, RepositoryId, Timestamp,
    credentials::Propagation,
    gitops::Unmerged,
    propagation::{Counts, DeliveryLine, DeliveryMessage, DeliveryState, DeliveryTarget, Progress},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, row, rows, value};

/// What a propagation is about, without its deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overview {
    /// The credential.
    pub credential: CredentialId,
    /// When it was saved.
    pub started_at: Timestamp,
    /// When the last delivery ended.
    pub finished_at: Option<Timestamp>,
}

/// The updates of a credential, newest first.
pub async fn history(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    limit: u32,
) -> Result<Vec<Propagation>> {
    let mut history = propagations(db, scope, credential, limit).await?;
    for propagation in history.iter_mut().filter(|propagation| propagation.finished_at.is_none()) {
        propagation.counts = counts(db, scope, propagation.id).await?;
    }
    Ok(history)
}

async fn propagations(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    limit: u32,
) -> Result<Vec<Propagation>> {
    type Row = (Uuid, i64, i64, String, Option<i64>, i64, i64, i64);
    let rows: Vec<Row> = rows!(
        db,
        "select id, vault_version, started_at, started_by, finished_at, healthy, needs_attention, superseded
         from propagations where organization_id = $1 and credential_id = $2
         order by started_at desc, id desc limit $3",
        [scope, credential, limit]
    )?;
    rows.into_iter()
        .map(
            |(
                id,
                vault_version,
                started_at,
                started_by,
                finished_at,
                healthy,
                needs_attention,
                superseded,
            )| {
                Ok(Propagation {
                    id: id.into(),
                    vault_version,
                    started_at: Timestamp::from_millis(started_at),
                    started_by,
                    finished_at: finished_at.map(Timestamp::from_millis),
                    counts: Counts {
                        healthy: count("healthy", healthy)?,
                        needs_attention: count("needs_attention", needs_attention)?,
                        superseded: count("superseded", superseded)?,
                        ..Counts::default()
                    },
                })
            },
        )
        .collect()
}

/// What a propagation is about.
pub async fn overview(
    db: &Db,
    scope: Scope,
    propagation: PropagationId,
) -> Result<Option<Overview>> {
    let row: Option<(Uuid, i64, Option<i64>)> = row!(
        db,
        "select credential_id, started_at, finished_at from propagations where organization_id = $1 and id = $2",
        [scope, propagation]
    )?;
    Ok(row.map(|(credential, started_at, finished_at)| Overview {
        credential: credential.into(),
        started_at: Timestamp::from_millis(started_at),
        finished_at: finished_at.map(Timestamp::from_millis),
    }))
}

/// How the deliveries of a propagation stand.
pub async fn counts(db: &Db, scope: Scope, propagation: PropagationId) -> Result<Counts> {
    let rows: Vec<(String, i64)> = rows!(
        db,
        "select state, count(*) from (
           select state from deliveries where organization_id = $1 and propagation_id = $2
           union all
           select state from place_deliveries where organization_id = $1 and propagation_id = $2) as everything
         group by state",
        [scope, propagation]
    )?;
    let mut counts = Counts::default();
    for (state, n) in rows {
        counts.add(known_state(&state)?, count("count", n)?);
    }
    Ok(counts)
}

/// The credential version that was last proven at a repository; `None` when it has no link.
pub async fn applied_version(
    db: &Db,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Option<i64>> {
    value!(
        db,
        "select applied_version from links where organization_id = $1 and repository_id = $2",
        [scope, repository]
    )
}

type Line = (String, Uuid, String, String, i64, Option<String>, i64, Option<String>);

/// The lines of the progress view: those that need a person first, then by name.
pub async fn lines(db: &Db, scope: Scope, propagation: PropagationId) -> Result<Vec<DeliveryLine>> {
    let rows: Vec<Line> = rows!(
        db,
        "select kind, id, name, state, attempts, cause, run_at, unmerged from (
           select 'repository' as kind, r.id, r.name, r.name_key, d.state, d.attempts, d.cause, d.run_at,
             null as unmerged
           from deliveries d
           join repositories r on r.organization_id = d.organization_id and r.id = d.repository_id
           where d.organization_id = $1 and d.propagation_id = $2
           union all
           select d.place_kind as kind, d.place_id as id, coalesce(t.name, c.name, '') as name,
             coalesce(t.name_key, c.name_key, '') as name_key, d.state, d.attempts, d.cause, d.run_at,
             case when d.finished_at >= t.waits_since then 'waits'
               when t.cause = 'request_closed' and d.finished_at >= t.pushed_at then 'closed' end as unmerged
           from place_deliveries d
           left join git_targets t on t.organization_id = d.organization_id and t.id = d.place_id
           left join clusters c on c.organization_id = d.organization_id and c.id = d.place_id
           where d.organization_id = $1 and d.propagation_id = $2) as everything
         order by case state when 'needs_attention' then 0 when 'retrying' then 1 when 'running' then 2
           when 'waiting' then 3 when 'healthy' then 4 else 5 end, name_key, id
         limit $3",
        [scope, propagation, i64::from(Progress::MAX_LINES)]
    )?;
    rows.into_iter().map(line).collect()
}

fn line((kind, id, name, state, attempts, cause, run_at, unmerged): Line) -> Result<DeliveryLine> {
    let state = known_state(&state)?;
    let next = matches!(state, DeliveryState::Waiting | DeliveryState::Retrying);
    let place = match kind.as_str() {
        "repository" => DeliveryTarget::Repository(RepositoryId::from(id)),
        kind => crate::exports::place(kind, id)?,
    };
    let cause = cause.as_deref().and_then(Cause::parse);
    let unmerged = unmerged.as_deref().and_then(Unmerged::parse).map(|unmerged| match unmerged {
        Unmerged::Waits => DeliveryMessage::waits(),
        Unmerged::Closed => DeliveryMessage::of(Cause::RequestClosed, place),
    });
    Ok(DeliveryLine {
        // A propagation has one delivery per place, so the place names it.
        id: DeliveryId::from(id),
        place,
        name: if name.is_empty() { "(deleted)".to_owned() } else { name },
        state,
        attempts: count("attempts", attempts)?,
        cause,
        told: cause
            .map(|cause| DeliveryMessage::of(cause, place))
            .or_else(|| unmerged.filter(|_| state == DeliveryState::Healthy)),
        next_at: next.then_some(Timestamp::from_millis(run_at)),
    })
}

fn known_state(state: &str) -> Result<DeliveryState> {
    DeliveryState::parse(state).ok_or(Error::Value { column: "state" })
}

fn count(column: &'static str, n: i64) -> Result<u32> {
    u32::try_from(n).map_err(|_| Error::Value { column })
}
