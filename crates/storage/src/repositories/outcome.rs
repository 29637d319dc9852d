//! Writing down what syncs found, many at once.

use domain::{
    Cause, CredentialId, OrganizationId, RepositoryId, Scope, SyncRunId, Timestamp,
    charts::LeftOut,
    connection_tests::Quota,
    repositories::{SyncTrigger, Transport},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Result, Tx, on, sql};

/// The result of one sync.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct SyncOutcome {
    pub organization: OrganizationId,
    pub repository: RepositoryId,
    /// The epoch the sync started with.
    pub epoch: i64,
    pub trigger: SyncTrigger,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    /// `None` when it worked.
    pub cause: Option<Cause>,
    pub status: Option<u16>,
    /// What was attempted when it failed, in a sentence; empty when it worked.
    pub detail: String,
    pub next_sync_at: Option<Timestamp>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub digest: Option<String>,
    /// Charts and versions found; `None` when nothing had changed.
    pub found: Option<(u32, u32)>,
    /// What was left out; `None` when nothing had changed.
    pub left_out: Option<LeftOut>,
    /// The credential version that was proven at the registry.
    pub proven: Option<(CredentialId, i64)>,
    /// The limit of requests, as the registry told it last.
    pub quota: Option<Quota>,
    /// The origin of a token service that the registry named and that nobody allowed; empty for none.
    pub refused_service: String,
    /// What the registry speaks, where that is new.
    pub transport: Option<Transport>,
}

/// Writes results to their repositories, each only if the repository is still there with the epoch
/// the sync started with; answers those that were written.
///
/// # Errors
/// When the database refuses.
pub async fn record(
    tx: &mut Tx,
    outcomes: &[&SyncOutcome],
) -> Result<Vec<(OrganizationId, RepositoryId)>> {
    let mut written = Vec::with_capacity(outcomes.len());
    for chunk in outcomes.chunks(64) {
        let rows: Vec<(Uuid, Uuid)> = on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "update repositories set state = v.column4, cause = v.column5, last_sync_at = v.column6,
                   next_sync_at = v.column7,
                   last_success_at = case when v.column5 is null then v.column6 else repositories.last_success_at end,
                   failures = case when v.column5 is null then 0 else repositories.failures + 1 end,
                   failing_since = case when v.column5 is null then null
                     else coalesce(repositories.failing_since, v.column6) end,
                   etag = case when v.column5 is null then v.column8 else repositories.etag end,
                   last_modified = case when v.column5 is null then v.column9 else repositories.last_modified end,
                   digest = case when v.column5 is null then v.column10 else repositories.digest end,
                   quota_limit = v.column11, quota_remaining = v.column12, quota_resets_at = v.column13,
                   left_out = coalesce(v.column14, repositories.left_out), detail = v.column15,
                   refused_service = v.column16
                 from (",
            );
            query.push_values(chunk, |mut row, outcome| {
                row.push_bind(outcome.organization.uuid())
                    .push_bind(outcome.repository.uuid())
                    .push_bind(outcome.epoch)
                    .push_bind(if outcome.cause.is_none() { "healthy" } else { "failing" })
                    .push_bind(outcome.cause.map(Cause::code))
                    .push_bind(outcome.finished_at.millis())
                    .push_bind(outcome.next_sync_at.map(Timestamp::millis))
                    .push_bind(outcome.etag.as_deref())
                    .push_bind(outcome.last_modified.as_deref())
                    .push_bind(outcome.digest.as_deref())
                    .push_bind(outcome.quota.map(|quota| i64::from(quota.limit)))
                    .push_bind(outcome.quota.map(|quota| i64::from(quota.remaining)))
                    .push_bind(outcome.quota.and_then(|quota| quota.resets_at).map(Timestamp::millis))
                    .push_bind(outcome.left_out.as_ref().map(as_json))
                    .push_bind(outcome.detail.as_str())
                    .push_bind(outcome.refused_service.as_str());
            });
            query.push(
                ") as v where repositories.organization_id = v.column1 and repositories.id = v.column2
                   and repositories.epoch = v.column3 and repositories.deleted_at is null
                   returning repositories.organization_id, repositories.id",
            );
            query.build_query_as().fetch_all(&mut **tx).await
        })?;
        written.extend(rows.into_iter().map(|(organization, id)| (organization.into(), id.into())));
    }
    prove(tx, outcomes, &written).await?;
    Ok(written)
}

/// What was left out, as its column holds it.
fn as_json(left_out: &LeftOut) -> String {
    serde_json::to_string(left_out).unwrap_or_default()
}

/// Notes the proven credential versions at the links, upward only.
async fn prove(
    tx: &mut Tx,
    outcomes: &[&SyncOutcome],
    written: &[(OrganizationId, RepositoryId)],
) -> Result<()> {
    let proven: Vec<_> = outcomes
        .iter()
        .filter(|outcome| written.contains(&(outcome.organization, outcome.repository)))
        .filter_map(|outcome| {
            outcome.proven.map(|(credential, version)| (outcome, credential, version))
        })
        .collect();
    for chunk in proven.chunks(64) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new("update links set applied_version = v.column4 from (");
            query.push_values(chunk, |mut row, (outcome, credential, version)| {
                row.push_bind(outcome.organization.uuid())
                    .push_bind(outcome.repository.uuid())
                    .push_bind(credential.uuid())
                    .push_bind(*version);
            });
            query.push(
                ") as v where links.organization_id = v.column1 and links.repository_id = v.column2
                   and links.credential_id = v.column3 and links.applied_version < v.column4",
            );
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Writes the runs into the history of their repositories.
///
/// # Errors
/// When the database refuses.
pub async fn record_runs(tx: &mut Tx, outcomes: &[&SyncOutcome]) -> Result<()> {
    for chunk in outcomes.chunks(64) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into sync_runs (organization_id, id, repository_id, reason, started_at, finished_at,
                   cause, status, charts, versions) ",
            );
            query.push_values(chunk, |mut row, outcome| {
                row.push_bind(outcome.organization.uuid())
                    .push_bind(SyncRunId::new().uuid())
                    .push_bind(outcome.repository.uuid())
                    .push_bind(outcome.trigger.as_str())
                    .push_bind(outcome.started_at.millis())
                    .push_bind(outcome.finished_at.millis())
                    .push_bind(outcome.cause.map(Cause::code))
                    .push_bind(outcome.status.map(i64::from))
                    .push_bind(outcome.found.map(|(charts, _)| i64::from(charts)))
                    .push_bind(outcome.found.map(|(_, versions)| i64::from(versions)));
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Keeps how many charts a repository has.
///
/// # Errors
/// When the database refuses.
pub async fn set_charts(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    charts: u32,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("update repositories set charts = $1 where organization_id = $2 and id = $3"))
            .bind(i64::from(charts))
            .bind(scope.organization().uuid())
            .bind(repository.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}
