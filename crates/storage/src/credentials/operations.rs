//! Intended writes of secrets, with everything but the secret.

use domain::{CredentialId, OperationId, Timestamp, credentials::CredentialState};
use uuid::Uuid;

use super::{
    CredentialDraft,
    draft::{DraftRow, draft_columns, draft_values},
    state,
};
use crate::{Db, Error, Result, Scope, Tx, exec, rows, value};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Writes the first secret.
    Create,
    /// Writes a newer one.
    Update,
    /// Writes an earlier one again.
    Restore,
    /// Writes a newer one that has to pass a test before it counts.
    Candidate,
    /// Writes the newer tokens of a connected account. They open the same, so nothing is delivered.
    Renewal,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update | Self::Renewal => "update",
            Self::Restore => "restore",
            Self::Candidate => "candidate",
        }
    }

    fn parse(text: &str, is_renewal: bool) -> Option<Self> {
        Some(match (text, is_renewal) {
            ("create", false) => Self::Create,
            ("update", false) => Self::Update,
            ("update", true) => Self::Renewal,
            ("restore", false) => Self::Restore,
            ("candidate", false) => Self::Candidate,
            _ => return None,
        })
    }
}

/// An operation, with what takes effect when it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct Operation {
    pub scope: Scope,
    pub id: OperationId,
    pub credential: CredentialId,
    pub kind: Kind,
    /// What the credential goes back to when the operation is given up.
    pub prior_state: CredentialState,
    pub draft: CredentialDraft,
    /// What changes, for people.
    pub changed: String,
    pub actor: String,
}

/// Records the intent (prepare).
pub async fn begin(
    tx: &mut Tx,
    scope: Scope,
    operation: &Operation,
    now: Timestamp,
    deadline: Timestamp,
) -> Result<()> {
    let draft = &operation.draft;
    exec!(
        tx,
        ["insert into secret_operations (organization_id, id, credential_id, kind, state, prior_state, fingerprint,
            expires_at, changed, actor, created_at, deadline_at, is_renewal, " draft_columns!("") ")
          select $1, $2, $3, $4, 'intent', $5, $6, $7, $8, $9, $10, $11, $12, " draft_values!() "
          from " records(13) " as r"],
        [
            scope,
            operation.id,
            operation.credential,
            operation.kind.as_str(),
            operation.prior_state.as_str(),
            &draft.fingerprint,
            draft.expires_at,
            &operation.changed,
            &operation.actor,
            now,
            deadline,
            operation.kind == Kind::Renewal,
            draft.record()?,
        ]
    )?;
    Ok(())
}

/// How far an open operation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationStep {
    /// Its secret is on its way to Vault.
    Intent,
    /// Its secret lies in Vault as a candidate.
    Staged,
}

impl OperationStep {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Staged => "staged",
        }
    }
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationEnd {
    /// Its secret, which is this version in Vault, is the one that counts, or was before a newer one.
    Applied(i64),
    /// It was given up; its secret, if it ever arrives in Vault, is never used.
    Aborted,
}

/// Ends an operation that has come this far; answers how many rows that was: 0 when somebody else
/// moved it.
pub async fn settle(
    tx: &mut Tx,
    scope: Scope,
    operation: OperationId,
    step: OperationStep,
    ended: OperationEnd,
    now: Timestamp,
) -> Result<u64> {
    let (state, version) = match ended {
        OperationEnd::Applied(version) => ("applied", Some(version)),
        OperationEnd::Aborted => ("aborted", None),
    };
    exec!(
        tx,
        "update secret_operations set state = $4, vault_version = coalesce($5, vault_version), settled_at = $6
         where organization_id = $1 and id = $2 and state = $3",
        [scope, operation, step.as_str(), state, version, now]
    )
}

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationState {
    /// It is open.
    Open(OperationStep),
    /// Its secret counts, or did.
    Applied,
    /// It was given up.
    Aborted,
}

impl OperationState {
    /// Whether nothing more will come of it.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Applied | Self::Aborted)
    }
}

/// Where an operation of this credential stands; `None` for one that SQL knows nothing of.
pub async fn standing(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    operation: OperationId,
) -> Result<Option<OperationState>> {
    let state: Option<String> = value!(
        db,
        "select state from secret_operations where organization_id = $1 and credential_id = $2 and id = $3",
        [scope, credential, operation]
    )?;
    Ok(match state.as_deref() {
        None => None,
        Some("intent") => Some(OperationState::Open(OperationStep::Intent)),
        Some("staged") => Some(OperationState::Open(OperationStep::Staged)),
        Some("applied") => Some(OperationState::Applied),
        Some("aborted") => Some(OperationState::Aborted),
        Some(_) => return Err(Error::Value { column: "secret_operations.state" }),
    })
}

/// Has the operations that an earlier process left open decided at once, where no other process can be
/// at them: SQLite belongs to one. Answers how many there are.
pub async fn hasten(db: &Db, started: Timestamp) -> Result<u64> {
    if !db.is_of_one_process() {
        return Ok(0);
    }
    exec!(
        db.write(),
        "update secret_operations set deadline_at = $1
         where state = 'intent' and created_at < $1 and deadline_at > $1",
        [started]
    )
}

#[derive(sqlx::FromRow)]
pub(super) struct OperationRow {
    organization_id: Uuid,
    id: Uuid,
    credential_id: Uuid,
    kind: String,
    is_renewal: bool,
    prior_state: String,
    #[sqlx(flatten)]
    draft: DraftRow,
    changed: String,
    actor: String,
}

/// The columns of [`OperationRow`], each after the name of its table.
macro_rules! operation_columns {
    ($table:literal) => {
        concat!(
            $crate::sql::columns!(
                $table,
                organization_id,
                id,
                credential_id,
                kind,
                is_renewal,
                prior_state,
                fingerprint,
                expires_at,
                changed,
                actor
            ),
            ", ",
            $crate::credentials::draft::draft_columns!($table)
        )
    };
}
pub(super) use operation_columns;

impl OperationRow {
    pub(super) fn operation(self) -> Result<Operation> {
        let kind = Kind::parse(&self.kind, self.is_renewal);
        Ok(Operation {
            scope: Scope::of_row(self.organization_id),
            id: self.id.into(),
            credential: self.credential_id.into(),
            kind: kind.ok_or(Error::Value { column: "secret_operations.kind" })?,
            prior_state: state(&self.prior_state)?,
            draft: self.draft.draft()?,
            changed: self.changed,
            actor: self.actor,
        })
    }
}

/// The operations of all organizations whose end nobody has written down in time, oldest first.
pub async fn overdue(db: &Db, now: Timestamp) -> Result<Vec<Operation>> {
    let rows: Vec<OperationRow> = rows!(
        db,
        ["select " operation_columns!("") " from secret_operations
          where state = 'intent' and deadline_at <= $1 order by deadline_at limit 100"],
        [now]
    )?;
    rows.into_iter().map(OperationRow::operation).collect()
}
