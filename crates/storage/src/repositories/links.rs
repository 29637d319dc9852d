//! Links: which credential opens which repository, and for which origin.

use domain::{
    Cause, CredentialId, ProjectId, RepositoryId, Timestamp,
    credentials::{LinkedRepository, Route},
    origins_of_registry,
    repositories::{LinkState, RepositoryState},
};
use uuid::Uuid;

use super::{found::present_cause, write::link_state};
use crate::{Db, Error, Json, Result, Scope, Tx, exec, rows};

/// The repositories that use a credential, by name.
pub async fn linked_to(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
) -> Result<Vec<LinkedRepository>> {
    type Row = (Uuid, String, String, String, Option<i64>, Option<String>);
    let rows: Vec<Row> = rows!(
        db,
        ["select r.id, r.name, r.url, r.state, r.last_success_at, "
          present_cause!()
          " as cause from links l cross join repositories r
            where r.organization_id = l.organization_id and r.id = l.repository_id
              and l.organization_id = $1 and l.credential_id = $2 and r.deleted_at is null
            order by case when r.failing_since is null then 1 else 0 end, r.name_key, r.id"],
        [scope, credential]
    )?;
    rows.into_iter()
        .map(|(id, name, url, state, last_success_at, cause)| {
            let state = RepositoryState::parse(&state).ok_or(Error::Value { column: "state" })?;
            let cause = cause.as_deref().and_then(Cause::parse);
            Ok(LinkedRepository {
                id: id.into(),
                name,
                url,
                cause,
                status: state.status(cause, last_success_at.is_some()),
            })
        })
        .collect()
}

/// A link of a credential at one origin, whatever its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkAt {
    /// The repository.
    pub repository: RepositoryId,
    /// Its name.
    pub name: String,
    /// Where it is, by the name of the host that its URL has.
    pub origin: String,
    /// How it is reached.
    pub route: Route,
    /// Whether the login goes there now.
    pub state: LinkState,
}

/// The links of a credential to repositories at this origin, under every name of its registry, by
/// name, in a transaction that holds the credential.
pub async fn links_at(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
) -> Result<Vec<LinkAt>> {
    let rows: Vec<(Uuid, String, String, String, String, String)> = rows!(
        tx,
        ["select r.id, r.name, r.origin, r.ca, r.proxy, l.state from links l cross join repositories r
          where r.organization_id = l.organization_id and r.id = l.repository_id
            and l.organization_id = $1 and l.credential_id = $2 and r.deleted_at is null and r.origin in " texts(3) "
          order by r.name_key, r.id"],
        [scope, credential, Json(origins_of_registry(origin))]
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name, origin, ca, proxy, state)| LinkAt {
            repository: id.into(),
            name,
            origin,
            route: Route { ca, proxy },
            state: link_state(Some(&state)),
        })
        .collect())
}

/// Where the links of a credential in force lead: origin and route, each once, inside a transaction.
pub async fn linked_addresses(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<Vec<(String, Route)>> {
    let rows: Vec<(String, String, String)> = rows!(
        tx,
        "select distinct r.origin, r.ca, r.proxy from links l
         join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
         where l.organization_id = $1 and l.credential_id = $2 and l.state = 'active'
           and r.origin = l.origin and r.deleted_at is null",
        [scope, credential]
    )?;
    Ok(rows.into_iter().map(|(origin, ca, proxy)| (origin, Route { ca, proxy })).collect())
}

/// The repositories that use a credential, by name, inside a transaction.
pub async fn links_of(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<Vec<(RepositoryId, String)>> {
    let rows: Vec<(Uuid, String)> = rows!(
        tx,
        "select r.id, r.name from links l
         join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
         where l.organization_id = $1 and l.credential_id = $2
         order by r.name_key, r.id",
        [scope, credential]
    )?;
    Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
}

/// A repository of another project that uses a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Its name.
    pub name: String,
    /// Whether its URL chooses the credential.
    pub is_automatic: bool,
}

/// The repositories that use a credential and are not of this project, by name, inside a transaction
/// that holds the credential.
pub async fn links_outside(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    project: ProjectId,
) -> Result<Vec<Outside>> {
    let rows: Vec<(String, bool)> = rows!(
        tx,
        "select r.name, r.is_automatic from links l cross join repositories r
         where r.organization_id = l.organization_id and r.id = l.repository_id
           and l.organization_id = $1 and l.credential_id = $2 and r.project_id <> $3 and r.deleted_at is null
           and not exists (select 1 from projects p where p.organization_id = $1 and p.id = $3 and p.is_shared)
         order by r.name_key, r.id",
        [scope, credential, project]
    )?;
    Ok(rows.into_iter().map(|(name, is_automatic)| Outside { name, is_automatic }).collect())
}

/// Removes every link of a credential; its repositories sync again, without it. Answers how many
/// there were.
pub async fn unlink_all(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<u64> {
    changed(tx, scope, credential, Timestamp::from_millis(0)).await?;
    exec!(
        tx,
        "delete from links where organization_id = $1 and credential_id = $2",
        [scope, credential]
    )
}

/// Gives every link of `from` to `to`, for the same origins; its repositories sync again. Answers
/// how many there are.
pub async fn relink_all(
    tx: &mut Tx,
    scope: Scope,
    from: CredentialId,
    to: CredentialId,
    now: Timestamp,
) -> Result<u64> {
    changed(tx, scope, from, now).await?;
    exec!(
        tx,
        "update links set credential_id = $1, applied_version = 0, created_at = $2
         where organization_id = $3 and credential_id = $4",
        [to, now, scope, from]
    )
}

/// A sync that is under way with the old link must not write its result any more (the epoch), and
/// the next one is due.
async fn changed(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    due: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "update repositories set epoch = epoch + 1, row_version = row_version + 1, next_sync_at = $1
         where organization_id = $2 and deleted_at is null and id in (
           select l.repository_id from links l where l.organization_id = $2 and l.credential_id = $3)",
        [due, scope, credential]
    )?;
    Ok(())
}

/// Links a credential for an origin, in place of what was there. Answers how many links that made:
/// 0 when the organization has no such credential, or it was deleted. Only after
/// [`super::hold`] in the same transaction does the answer outlast the statement.
pub async fn link(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    credential: CredentialId,
    origin: &str,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "insert into links (organization_id, repository_id, credential_id, origin, state, created_at)
         select c.organization_id, $3, c.id, $4, 'active', $5 from credentials c
         where c.organization_id = $1 and c.id = $2 and c.deleted_at is null
           and c.state in ('active', 'updating', 'rotating', 'lost')
         on conflict (organization_id, repository_id) do update set
           credential_id = excluded.credential_id, origin = excluded.origin, state = 'active',
           applied_version = 0, created_at = excluded.created_at",
        [scope, credential, repository, origin, now]
    )
}

/// Removes the link of a repository, if it has one.
pub async fn unlink(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<u64> {
    exec!(
        tx,
        "delete from links where organization_id = $1 and repository_id = $2",
        [scope, repository]
    )
}

/// Suspends the link of a repository: its credential is not sent any more.
pub async fn suspend(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<u64> {
    exec!(
        tx,
        "update links set state = 'suspended'
         where organization_id = $1 and repository_id = $2 and state = 'active'",
        [scope, repository]
    )
}
