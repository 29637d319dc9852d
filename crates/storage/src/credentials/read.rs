//! Single credentials, and the choice of one.

use domain::{
    CredentialId, Provider, Scope, Timestamp,
    credentials::{CredentialChoice, CredentialDetail, CredentialState},
};
use uuid::Uuid;

use super::{provider, state};
use crate::{Db, Result, Tx, charts::pattern, on, sql};

#[derive(sqlx::FromRow)]
struct DetailRow {
    id: Uuid,
    name: String,
    provider: String,
    username: String,
    description: String,
    state: String,
    row_version: i64,
    vault_version: i64,
    created_at: i64,
    created_by: String,
    updated_at: i64,
    last_used_at: Option<i64>,
}

/// One credential, without links and history.
///
/// # Errors
/// When the database does not answer, or holds a value this version does not know.
pub async fn get(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<CredentialDetail>> {
    let row: Option<DetailRow> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select id, name, provider, username, description, state, row_version, vault_version,
               created_at, created_by, updated_at, last_used_at
             from credentials where organization_id = $1 and id = $2 and deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
    })?;
    row.map(|row| {
        Ok(CredentialDetail {
            id: row.id.into(),
            name: row.name,
            provider: provider(&row.provider)?,
            username: row.username,
            description: row.description,
            state: state(&row.state)?,
            row_version: row.row_version,
            vault_version: row.vault_version,
            created_at: Timestamp::from_millis(row.created_at),
            created_by: row.created_by,
            updated_at: Timestamp::from_millis(row.updated_at),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
            links: Vec::new(),
            history: Vec::new(),
        })
    })
    .transpose()
}

/// The usable credentials by name; those that the provider or another repository ties to `host`
/// are marked. An empty host ties to nothing.
///
/// # Errors
/// When the database does not answer, or holds a provider this version does not know.
pub async fn choices(db: &Db, scope: Scope, host: &str) -> Result<Vec<CredentialChoice>> {
    let rows: Vec<(Uuid, String, String, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            r"select c.id, c.name, c.provider,
                (select count(*) from links l
                 where l.organization_id = c.organization_id and l.credential_id = c.id
                   and l.origin like $2 escape '\') as used
              from credentials c
              where c.organization_id = $1 and c.deleted_at is null and c.state in ('active', 'updating')
              order by c.name_key"
        ))
        .bind(scope.organization().uuid())
        .bind(pattern(&format!("://{host}:")))
        .fetch_all(pool)
        .await
    })?;
    rows.into_iter()
        .map(|(id, name, code, used)| {
            let provider = provider(&code)?;
            let fits_host = !host.is_empty() && (used > 0 || provider.serves(host));
            Ok(CredentialChoice { id: id.into(), name, provider, fits_host })
        })
        .collect()
}

/// The version of a credential that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Its name.
    pub name: String,
    /// The version in Vault.
    pub vault_version: i64,
    /// Counts updates and deletions, so that late results can be told.
    pub epoch: i64,
}

/// The committed version of a credential that may be used; `None` while it has none, when it is
/// deleted or lost.
///
/// # Errors
/// When the database does not answer.
pub async fn committed(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Committed>> {
    let row: Option<(String, i64, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select name, vault_version, epoch from credentials
             where organization_id = $1 and id = $2 and deleted_at is null
               and state in ('active', 'updating') and vault_version > 0"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
    })?;
    Ok(row.map(|(name, vault_version, epoch)| Committed { name, vault_version, epoch }))
}

/// What a change starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// The user name at the registry.
    pub username: String,
    /// A remark.
    pub description: String,
    /// How it is doing.
    pub state: CredentialState,
    /// Counts every change.
    pub row_version: i64,
    /// The version in Vault.
    pub vault_version: i64,
    /// Tells whether a secret is the same, without telling which.
    pub fingerprint: String,
    /// Who changed it last, or is changing it right now.
    pub changed_by: String,
}

#[derive(sqlx::FromRow)]
struct ExistingRow {
    name: String,
    provider: String,
    username: String,
    description: String,
    state: String,
    row_version: i64,
    vault_version: i64,
    fingerprint: String,
    changed_by: String,
}

/// The credential as it is now.
///
/// # Errors
/// When the database does not answer, or holds a value this version does not know.
pub async fn existing(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Existing>> {
    let row: Option<ExistingRow> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select c.name, c.provider, c.username, c.description, c.state, c.row_version, c.vault_version,
               c.fingerprint, coalesce(o.actor, c.updated_by) as changed_by
             from credentials c
             left join secret_operations o on o.organization_id = c.organization_id and o.id = c.operation_id
             where c.organization_id = $1 and c.id = $2 and c.deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
    })?;
    row.map(|row| {
        Ok(Existing {
            name: row.name,
            provider: provider(&row.provider)?,
            username: row.username,
            description: row.description,
            state: state(&row.state)?,
            row_version: row.row_version,
            vault_version: row.vault_version,
            fingerprint: row.fingerprint,
            changed_by: row.changed_by,
        })
    })
    .transpose()
}

/// Notes that a credential was used, unless a later use is noted already.
///
/// # Errors
/// When the database refuses.
pub async fn mark_used(tx: &mut Tx, scope: Scope, id: CredentialId, now: Timestamp) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials set last_used_at = $3
             where organization_id = $1 and id = $2 and (last_used_at is null or last_used_at < $3)"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}
