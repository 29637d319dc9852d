//! Where credentials apply, and the sequence that tells replicas what changed.

use domain::{
    Access, CredentialId, Purpose, Timestamp,
    credentials::{CredentialScope, Environment, ExpirySource, PatternKind},
};

use super::values::{access_text, project_of, purposes_text};
use crate::{Result, Scope, Tx, exec, one_value, search};

/// Where a credential applies, with the default project filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct PlacedRow {
    pub reach: CredentialScope,
    pub purposes: Vec<Purpose>,
    pub pattern: String,
    pub pattern_kind: PatternKind,
    pub environment: Environment,
    pub expires: Option<(Timestamp, ExpirySource)>,
    pub access: Option<Access>,
}

/// The next number of the changes that matching looks at. It locks the organization's counter until
/// the commit, so that numbers appear in order: call it right before the audit event.
pub async fn next_placement(tx: &mut Tx, scope: Scope) -> Result<i64> {
    one_value!(
        tx,
        "update organizations set placement_sequence = placement_sequence + 1 where id = $1
         returning placement_sequence",
        [scope]
    )
}

/// Notes that something of this credential changed that matching looks at: its place, its name, or
/// whether it can be used. Call it right before the audit event.
pub async fn stamp(tx: &mut Tx, scope: Scope, id: CredentialId) -> Result<()> {
    let sequence = next_placement(tx, scope).await?;
    exec!(
        tx,
        "update credentials set placement_sequence = $3 where organization_id = $1 and id = $2",
        [scope, id, sequence]
    )?;
    Ok(())
}

/// Changes where a credential applies, if nobody changed the row since `row_version`; answers how
/// many rows that was. A secret that is being written or tested is no hindrance.
///
/// # Errors
/// When the project is not there ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn place(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    row_version: i64,
    placed: &PlacedRow,
    actor: &str,
    now: Timestamp,
) -> Result<u64> {
    let pattern = placed.pattern.as_str();
    let (purposes, kind) = (purposes_text(&placed.purposes), placed.pattern_kind.as_str());
    // What an export may name without an allowed address was agreed to for the pattern of before.
    exec!(
        tx,
        "update export_credentials set agreed_pattern = '' where organization_id = $1 and credential_id = $2
         and exists (select 1 from credentials c where c.organization_id = $1 and c.id = $2
           and (c.purposes <> $3 or c.pattern_kind <> $4 or c.pattern <> $5))",
        [scope, id, purposes.as_str(), kind, pattern]
    )?;
    let changed = exec!(
        tx,
        "update credentials set project_id = $4, purposes = $5, pattern = $6, pattern_kind = $7, environment = $8,
           expires_at = $9, expiry_source = $10, access = $13, updated_by = $11, updated_at = $12, row_version = row_version + 1
         where organization_id = $1 and id = $2 and row_version = $3 and deleted_at is null
           and state <> 'creating'",
        [
            scope,
            id,
            row_version,
            project_of(placed.reach),
            purposes.as_str(),
            pattern,
            kind,
            placed.environment.as_str(),
            placed.expires.map(|(at, _)| at.millis()),
            placed.expires.map(|(_, source)| source.as_str()),
            actor,
            now,
            access_text(placed.access),
        ]
    )?;
    search::credential(tx, scope, id).await?;
    Ok(changed)
}
