//! SQL of matching: the credentials that have a pattern, and what changed of them.

use domain::{CredentialId, credentials::CredentialScope, matching::Entry};
use uuid::Uuid;

use crate::{
    Db, Result, Scope,
    credentials::{pattern_kind, purposes, state},
    rows, value,
};

/// A credential whose name, place, pattern or state changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The credential.
    pub id: CredentialId,
    /// The number of the change, unique in the organization.
    pub sequence: i64,
    /// How it is now; `None` when it has no pattern or is deleted.
    pub entry: Option<Entry>,
}

/// The columns of [`Row`].
macro_rules! matched_columns {
    () => {
        $crate::sql::columns!(
            "",
            id,
            name,
            name_key,
            project_id,
            purposes,
            pattern,
            pattern_kind,
            state,
            placement_sequence,
            deleted_at
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    project_id: Option<Uuid>,
    purposes: String,
    pattern: String,
    pattern_kind: String,
    state: String,
    placement_sequence: i64,
    deleted_at: Option<i64>,
}

impl Row {
    fn changed(self) -> Result<Changed> {
        let (id, sequence) = (self.id.into(), self.placement_sequence);
        if self.deleted_at.is_some() || self.pattern_kind == "none" {
            return Ok(Changed { id, sequence, entry: None });
        }
        let entry = Entry {
            id,
            name: self.name,
            key: self.name_key,
            reach: self
                .project_id
                .map_or(CredentialScope::Shared, |id| CredentialScope::Project(id.into())),
            purposes: purposes(&self.purposes)?,
            pattern: self.pattern,
            pattern_kind: pattern_kind(&self.pattern_kind)?,
            state: state(&self.state)?,
        };
        Ok(Changed { id, sequence, entry: Some(entry) })
    }
}

/// The number of the last change of the organization that matching looks at.
pub async fn sequence(db: &Db, scope: Scope) -> Result<i64> {
    let sequence: Option<i64> =
        value!(db, "select placement_sequence from organizations where id = $1", [scope])?;
    Ok(sequence.unwrap_or_default())
}

/// Every credential that has a pattern.
pub async fn all(db: &Db, scope: Scope) -> Result<Vec<Changed>> {
    let rows: Vec<Row> = rows!(
        db,
        ["select " matched_columns!() " from credentials
          where organization_id = $1 and deleted_at is null and pattern_kind <> 'none'"],
        [scope]
    )?;
    rows.into_iter().map(Row::changed).collect()
}

/// The credentials that changed after the change with this number, deleted ones too.
pub async fn changed_since(db: &Db, scope: Scope, sequence: i64) -> Result<Vec<Changed>> {
    let rows: Vec<Row> = rows!(
        db,
        ["select " matched_columns!() " from credentials
          where organization_id = $1 and placement_sequence > $2 order by placement_sequence"],
        [scope, sequence]
    )?;
    rows.into_iter().map(Row::changed).collect()
}
