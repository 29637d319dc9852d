//! Writing down what syncs found, many at once.

use domain::{
    Cause, CredentialId, RepositoryId, SyncRunId, Timestamp,
    charts::LeftOut,
    connection_tests::Quota,
    repositories::{SyncTrigger, Transport},
};
use serde_json::json;
use uuid::Uuid;

use crate::{Json, Result, Scope, Tx, exec, rows};

/// The result of one sync.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct SyncOutcome {
    pub scope: Scope,
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
pub async fn record(tx: &mut Tx, outcomes: &[&SyncOutcome]) -> Result<Vec<(Scope, RepositoryId)>> {
    if outcomes.is_empty() {
        return Ok(Vec::new());
    }
    let records: Vec<_> = outcomes.iter().map(|outcome| as_record(outcome)).collect();
    let rows: Vec<(Uuid, Uuid)> = rows!(
        tx,
        ["update repositories set
            state = case when v.cause is null then 'healthy' else 'failing' end, cause = v.cause,
            last_sync_at = v.finished_at, next_sync_at = v.next_sync_at,
            last_success_at = case when v.cause is null then v.finished_at else repositories.last_success_at end,
            failures = case when v.cause is null then 0 else repositories.failures + 1 end,
            failing_since = case when v.cause is null then null
              else coalesce(repositories.failing_since, v.finished_at) end,
            etag = case when v.cause is null then v.etag else repositories.etag end,
            last_modified = case when v.cause is null then v.last_modified else repositories.last_modified end,
            digest = case when v.cause is null then v.digest else repositories.digest end,
            quota_limit = v.quota_limit, quota_remaining = v.quota_remaining, quota_resets_at = v.quota_resets_at,
            left_out = coalesce(v.left_out, repositories.left_out), detail = v.detail,
            refused_service = v.refused_service
          from (
            select " id("organization") " as organization, " id("repository") " as repository, "
              int("epoch") " as epoch, " text("cause") " as cause, " int("finished_at") " as finished_at, "
              int("next_sync_at") " as next_sync_at, " text("etag") " as etag, "
              text("last_modified") " as last_modified, " text("digest") " as digest, "
              int("quota_limit") " as quota_limit, " int("quota_remaining") " as quota_remaining, "
              int("quota_resets_at") " as quota_resets_at, " text("left_out") " as left_out, "
              text("detail") " as detail, " text("refused_service") " as refused_service
            from " records(1) " as r) as v
          where repositories.organization_id = v.organization and repositories.id = v.repository
            and repositories.epoch = v.epoch and repositories.deleted_at is null
          returning repositories.organization_id, repositories.id"],
        [Json(records)]
    )?;
    let written: Vec<_> = rows
        .into_iter()
        .map(|(organization, id)| (Scope::of_row(organization), id.into()))
        .collect();
    prove(tx, outcomes, &written).await?;
    Ok(written)
}

fn as_record(outcome: &SyncOutcome) -> serde_json::Value {
    let quota = outcome.quota;
    json!({
        "organization": outcome.scope, "repository": outcome.repository, "epoch": outcome.epoch,
        "cause": outcome.cause.map(Cause::as_str), "finished_at": outcome.finished_at.millis(),
        "next_sync_at": outcome.next_sync_at.map(Timestamp::millis), "etag": outcome.etag,
        "last_modified": outcome.last_modified, "digest": outcome.digest,
        "quota_limit": quota.map(|quota| quota.limit), "quota_remaining": quota.map(|quota| quota.remaining),
        "quota_resets_at": quota.and_then(|quota| quota.resets_at).map(Timestamp::millis),
        "left_out": outcome.left_out.as_ref().map(as_json), "detail": outcome.detail,
        "refused_service": outcome.refused_service,
    })
}

/// What was left out, as its column holds it.
fn as_json(left_out: &LeftOut) -> String {
    serde_json::to_string(left_out).unwrap_or_default()
}

/// Notes the proven credential versions at the links, upward only.
async fn prove(
    tx: &mut Tx,
    outcomes: &[&SyncOutcome],
    written: &[(Scope, RepositoryId)],
) -> Result<()> {
    let proven: Vec<_> = outcomes
        .iter()
        .filter(|outcome| written.contains(&(outcome.scope, outcome.repository)))
        .filter_map(|outcome| {
            let (credential, version) = outcome.proven?;
            Some(json!({ "organization": outcome.scope, "repository": outcome.repository,
                "credential": credential, "version": version }))
        })
        .collect();
    if proven.is_empty() {
        return Ok(());
    }
    exec!(
        tx,
        ["update links set applied_version = v.version from (
            select " id("organization") " as organization, " id("repository") " as repository, "
              id("credential") " as credential, " int("version") " as version from " records(1) " as r) as v
          where links.organization_id = v.organization and links.repository_id = v.repository
            and links.credential_id = v.credential and links.applied_version < v.version"],
        [Json(proven)]
    )?;
    Ok(())
}

/// Writes the runs into the history of their repositories.
pub async fn record_runs(tx: &mut Tx, outcomes: &[&SyncOutcome]) -> Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let runs: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            json!({
                "organization": outcome.scope, "id": SyncRunId::new(), "repository": outcome.repository,
                "reason": outcome.trigger.as_str(), "started_at": outcome.started_at.millis(),
                "finished_at": outcome.finished_at.millis(), "cause": outcome.cause.map(Cause::as_str),
                "status": outcome.status, "charts": outcome.found.map(|(charts, _)| charts),
                "versions": outcome.found.map(|(_, versions)| versions),
            })
        })
        .collect();
    exec!(
        tx,
        ["insert into sync_runs (organization_id, id, repository_id, reason, started_at, finished_at, cause, status,
            charts, versions)
          select " id("organization") ", " id("id") ", " id("repository") ", " text("reason") ", "
            int("started_at") ", " int("finished_at") ", " text("cause") ", " int("status") ", " int("charts") ", "
            int("versions") " from " records(1) " as r"],
        [Json(runs)]
    )?;
    Ok(())
}

/// Keeps how many charts a repository has.
pub async fn set_charts(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    charts: u32,
) -> Result<()> {
    exec!(
        tx,
        "update repositories set charts = $1 where organization_id = $2 and id = $3",
        [charts, scope, repository]
    )?;
    Ok(())
}
