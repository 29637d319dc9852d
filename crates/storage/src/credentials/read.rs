//! Single credentials.

use domain::{
    CredentialId, Provider, Timestamp,
    credentials::{CredentialDetail, CredentialState},
};
use uuid::Uuid;

use super::{
    CredentialDraft, PlacedRow,
    draft::{DraftRow, draft_columns},
    environment, pattern_kind, provider, purposes, state,
    values::{access, expiry, reach},
};
use crate::{Db, Result, Scope, Tx, exec, row};

#[derive(sqlx::FromRow)]
struct DetailRow {
    id: Uuid,
    #[sqlx(flatten)]
    draft: DraftRow,
    provider: String,
    state: String,
    row_version: i64,
    vault_version: i64,
    created_at: i64,
    created_by: String,
    updated_at: i64,
    last_used_at: Option<i64>,
    project_id: Option<Uuid>,
    project: Option<String>,
    purposes: String,
    pattern: String,
    pattern_kind: String,
    environment: String,
    expiry_source: Option<String>,
    secret_at: Option<i64>,
    access: String,
}

impl DetailRow {
    fn detail(self) -> Result<CredentialDetail> {
        let draft = self.draft.draft()?;
        Ok(CredentialDetail {
            id: self.id.into(),
            name: draft.name,
            provider: provider(&self.provider)?,
            username: draft.username,
            remarks: draft.remarks,
            state: state(&self.state)?,
            row_version: self.row_version,
            vault_version: self.vault_version,
            created_at: Timestamp::from_millis(self.created_at),
            created_by: self.created_by,
            updated_at: Timestamp::from_millis(self.updated_at),
            last_used_at: self.last_used_at.map(Timestamp::from_millis),
            links: Vec::new(),
            history: Vec::new(),
            shape: draft.shape,
            parameters: draft.parameters,
            reach: reach(self.project_id),
            project: self.project.unwrap_or_default(),
            purposes: purposes(&self.purposes)?,
            pattern: self.pattern,
            pattern_kind: pattern_kind(&self.pattern_kind)?,
            environment: environment(&self.environment)?,
            access: access(&self.access),
            expiry: expiry(
                draft.expires_at.map(Timestamp::millis),
                self.expiry_source.as_deref(),
                self.secret_at,
                self.created_at,
            )?,
            versions: Vec::new(),
            candidate: None,
            paused: Vec::new(),
            allowed: Vec::new(),
            token_services: Vec::new(),
            requested: Vec::new(),
        })
    }
}

/// One credential, without what depends on it.
pub async fn get(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<CredentialDetail>> {
    let row: Option<DetailRow> = row!(
        db,
        ["select " draft_columns!("c.") ", c.fingerprint, c.expires_at, c.id, c.provider, c.state, c.row_version,
            c.vault_version, c.created_at, c.created_by, c.updated_at, c.last_used_at, c.project_id,
            p.name as project, c.purposes, c.pattern, c.pattern_kind, c.environment, c.expiry_source, c.secret_at, c.access
          from credentials c
          left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
          where c.organization_id = $1 and c.id = $2 and c.deleted_at is null"],
        [scope, id]
    )?;
    row.map(DetailRow::detail).transpose()
}

/// The version of a credential that counts.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Committed {
    /// Its name.
    pub name: String,
    /// The version in Vault.
    pub vault_version: i64,
    /// Counts updates and deletions, so that late results can be told.
    pub epoch: i64,
    /// The name of the organization.
    pub organization_name: String,
    /// The name of its project; `shared` for a shared credential.
    pub project_name: String,
}

/// The committed version of a credential that may be used; `None` while it has none, when it is
/// deleted or lost. A candidate beside it changes nothing.
pub async fn committed(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Committed>> {
    row!(
        db,
        "select c.name, c.vault_version, c.epoch, o.name as organization_name,
           coalesce(p.name, 'shared') as project_name
         from credentials c
         join organizations o on o.id = c.organization_id
         left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
         where c.organization_id = $1 and c.id = $2 and c.deleted_at is null
           and c.state in ('active', 'updating', 'rotating') and c.vault_version > 0",
        [scope, id]
    )
}

/// What a change starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// What it is made of besides its secret.
    pub draft: CredentialDraft,
    /// Where it comes from.
    pub provider: Provider,
    /// How it is doing.
    pub state: CredentialState,
    /// Counts every change.
    pub row_version: i64,
    /// The version in Vault.
    pub vault_version: i64,
    /// Where it applies.
    pub placed: PlacedRow,
    /// The name of its project; `None` for a shared one.
    pub project: Option<String>,
    /// Who changed it last, or is changing it right now.
    pub changed_by: String,
}

#[derive(sqlx::FromRow)]
struct ExistingRow {
    #[sqlx(flatten)]
    draft: DraftRow,
    provider: String,
    state: String,
    row_version: i64,
    vault_version: i64,
    project_id: Option<Uuid>,
    project: Option<String>,
    purposes: String,
    pattern: String,
    pattern_kind: String,
    environment: String,
    expiry_source: Option<String>,
    created_at: i64,
    changed_by: String,
    access: String,
}

impl ExistingRow {
    fn existing(self) -> Result<Existing> {
        let draft = self.draft.draft()?;
        let expires = draft.expires_at.map(Timestamp::millis);
        let expires = expiry(expires, self.expiry_source.as_deref(), None, self.created_at)?;
        Ok(Existing {
            draft,
            provider: provider(&self.provider)?,
            state: state(&self.state)?,
            row_version: self.row_version,
            vault_version: self.vault_version,
            placed: PlacedRow {
                reach: reach(self.project_id),
                purposes: purposes(&self.purposes)?,
                pattern: self.pattern,
                pattern_kind: pattern_kind(&self.pattern_kind)?,
                environment: environment(&self.environment)?,
                expires: expires.map(|expiry| (expiry.at, expiry.source)),
                access: access(&self.access),
            },
            project: self.project,
            changed_by: self.changed_by,
        })
    }
}

/// The credential as it is now.
pub async fn existing(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Existing>> {
    let row: Option<ExistingRow> = row!(
        db,
        ["select " draft_columns!("c.") ", c.fingerprint, c.expires_at, c.provider, c.state, c.row_version,
            c.vault_version, c.project_id, p.name as project, c.purposes, c.pattern, c.pattern_kind, c.environment,
            c.expiry_source, c.created_at, coalesce(o.actor, c.updated_by) as changed_by, c.access
          from credentials c
          left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
          left join secret_operations o on o.organization_id = c.organization_id and o.id = c.operation_id
          where c.organization_id = $1 and c.id = $2 and c.deleted_at is null"],
        [scope, id]
    )?;
    row.map(ExistingRow::existing).transpose()
}

/// Notes that a credential was used, unless a later use is noted already.
pub async fn mark_used(tx: &mut Tx, scope: Scope, id: CredentialId, now: Timestamp) -> Result<()> {
    exec!(
        tx,
        "update credentials set last_used_at = $3
         where organization_id = $1 and id = $2 and (last_used_at is null or last_used_at < $3)",
        [scope, id, now]
    )?;
    Ok(())
}
