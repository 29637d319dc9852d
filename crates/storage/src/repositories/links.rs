//! Links: which credential opens which repository, and for which origin.

use domain::{
    Cause, CredentialId, ProjectId, RepositoryId, Scope, Timestamp,
    credentials::{LinkedRepository, Route},
    origins_of_registry,
    repositories::{LinkState, RepositoryState},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{found::present_cause, write::link_state};
use crate::{Db, Error, Result, Tx, on, sql};

/// The repositories that use a credential, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn linked_to(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
) -> Result<Vec<LinkedRepository>> {
    type Row = (Uuid, String, String, String, Option<i64>, Option<String>);
    let rows: Vec<Row> = on!(db.read(), pool => {
        sqlx::query_as(sql!(concat!(
            "select r.id, r.name, r.url, r.state, r.last_success_at, ",
            present_cause!(),
            " as cause from links l
              join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
              where l.organization_id = $1 and l.credential_id = $2 and r.deleted_at is null
              order by case when r.failing_since is null then 1 else 0 end, r.name_key, r.id"
        )))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .fetch_all(pool)
        .await
    })?;
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
///
/// # Errors
/// When the database refuses.
pub async fn links_at(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
) -> Result<Vec<LinkAt>> {
    let rows: Vec<(Uuid, String, String, String, String, String)> = on!(tx.inner(), tx => {
        let mut query = QueryBuilder::new(
            "select r.id, r.name, r.origin, r.ca, r.proxy, l.state from links l
             join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
             where r.deleted_at is null and l.organization_id = ",
        );
        query.push_bind(scope.organization().uuid()).push(" and l.credential_id = ");
        query.push_bind(credential.uuid()).push(" and r.origin in (");
        let mut list = query.separated(", ");
        for name in origins_of_registry(origin) {
            list.push_bind(name);
        }
        query.push(") order by r.name_key, r.id");
        query.build_query_as().fetch_all(&mut **tx).await
    })?;
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
///
/// # Errors
/// When the database refuses.
pub async fn linked_addresses(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<Vec<(String, Route)>> {
    let rows: Vec<(String, String, String)> = on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "select distinct r.origin, r.ca, r.proxy from links l
             join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
             where l.organization_id = $1 and l.credential_id = $2 and l.state = 'active'
               and r.origin = l.origin and r.deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(rows.into_iter().map(|(origin, ca, proxy)| (origin, Route { ca, proxy })).collect())
}

/// The repositories that use a credential, by name, inside a transaction.
///
/// # Errors
/// When the database refuses.
pub async fn links_of(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<Vec<(RepositoryId, String)>> {
    let rows: Vec<(Uuid, String)> = on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "select r.id, r.name from links l
             join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
             where l.organization_id = $1 and l.credential_id = $2
             order by r.name_key, r.id"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
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
///
/// # Errors
/// When the database refuses.
pub async fn links_outside(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    project: ProjectId,
) -> Result<Vec<Outside>> {
    let rows: Vec<(String, bool)> = on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "select r.name, r.is_automatic from links l
             join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
             where l.organization_id = $1 and l.credential_id = $2 and r.project_id <> $3 and r.deleted_at is null
               and not exists (select 1 from projects p where p.organization_id = $1 and p.id = $3 and p.is_shared)
             order by r.name_key, r.id"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(project.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(rows.into_iter().map(|(name, is_automatic)| Outside { name, is_automatic }).collect())
}

/// Removes every link of a credential; its repositories sync again, without it. Answers how many
/// there were.
///
/// # Errors
/// When the database refuses.
pub async fn unlink_all(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<u64> {
    changed(tx, scope, credential, Timestamp::from_millis(0)).await?;
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from links where organization_id = $1 and credential_id = $2"))
            .bind(scope.organization().uuid())
            .bind(credential.uuid())
            .execute(&mut **tx)
            .await
            .map(|done| done.rows_affected())
    })?)
}

/// Gives every link of `from` to `to`, for the same origins; its repositories sync again. Answers
/// how many there are.
///
/// # Errors
/// When the database refuses.
pub async fn relink_all(
    tx: &mut Tx,
    scope: Scope,
    from: CredentialId,
    to: CredentialId,
    now: Timestamp,
) -> Result<u64> {
    changed(tx, scope, from, now).await?;
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update links set credential_id = $1, applied_version = 0, created_at = $2
             where organization_id = $3 and credential_id = $4"
        ))
        .bind(to.uuid())
        .bind(now.millis())
        .bind(scope.organization().uuid())
        .bind(from.uuid())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// A sync that is under way with the old link must not write its result any more (the epoch), and
/// the next one is due.
async fn changed(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    due: Timestamp,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update repositories set epoch = epoch + 1, row_version = row_version + 1, next_sync_at = $1
             where organization_id = $2 and deleted_at is null and id in (
               select l.repository_id from links l where l.organization_id = $2 and l.credential_id = $3)"
        ))
        .bind(due.millis())
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Links a credential for an origin, in place of what was there. Answers how many links that made:
/// 0 when the organization has no such credential, or it was deleted. Only after
/// [`super::hold`] in the same transaction does the answer outlast the statement.
///
/// # Errors
/// When the database refuses.
pub async fn link(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    credential: CredentialId,
    origin: &str,
    now: Timestamp,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into links (organization_id, repository_id, credential_id, origin, state, created_at)
             select c.organization_id, $3, c.id, $4, 'active', $5 from credentials c
             where c.organization_id = $1 and c.id = $2 and c.deleted_at is null
               and c.state in ('active', 'updating', 'rotating', 'lost')
             on conflict (organization_id, repository_id) do update set
               credential_id = excluded.credential_id, origin = excluded.origin, state = 'active',
               applied_version = 0, created_at = excluded.created_at"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(repository.uuid())
        .bind(origin)
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Removes the link of a repository, if it has one.
///
/// # Errors
/// When the database refuses.
pub async fn unlink(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from links where organization_id = $1 and repository_id = $2"))
            .bind(scope.organization().uuid())
            .bind(repository.uuid())
            .execute(&mut **tx)
            .await
            .map(|done| done.rows_affected())
    })?)
}

/// Suspends the link of a repository: its credential is not sent any more.
///
/// # Errors
/// When the database refuses.
pub async fn suspend(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update links set state = 'suspended'
             where organization_id = $1 and repository_id = $2 and state = 'active'"
        ))
        .bind(scope.organization().uuid())
        .bind(repository.uuid())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}
