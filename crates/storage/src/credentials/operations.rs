//! Intended writes of secrets, with everything but the secret.

use domain::{
    CredentialId, OperationId, OrganizationId, Scope, Timestamp, credentials::CredentialState,
};
use uuid::Uuid;

use super::state;
use crate::{Db, Error, Result, Tx, on, sql};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Writes the first secret.
    Create,
    /// Writes a newer one.
    Update,
}

/// An operation, with what takes effect when it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct Operation {
    pub organization: OrganizationId,
    pub id: OperationId,
    pub credential: CredentialId,
    pub kind: Kind,
    /// What the credential goes back to when the operation is given up.
    pub prior_state: CredentialState,
    pub name: String,
    pub name_key: String,
    pub description: String,
    pub username: String,
    pub fingerprint: String,
    pub actor: String,
}

/// Writes the intent down (T1).
///
/// # Errors
/// When the database refuses.
pub async fn begin(
    tx: &mut Tx,
    scope: Scope,
    operation: &Operation,
    now: Timestamp,
    deadline: Timestamp,
) -> Result<()> {
    let kind = match operation.kind {
        Kind::Create => "create",
        Kind::Update => "update",
    };
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into secret_operations (organization_id, id, credential_id, kind, state, prior_state, name,
               name_key, description, username, fingerprint, actor, created_at, deadline_at)
             values ($1, $2, $3, $4, 'intent', $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ))
        .bind(scope.organization().uuid())
        .bind(operation.id.uuid())
        .bind(operation.credential.uuid())
        .bind(kind)
        .bind(operation.prior_state.as_str())
        .bind(operation.name.as_str())
        .bind(operation.name_key.as_str())
        .bind(operation.description.as_str())
        .bind(operation.username.as_str())
        .bind(operation.fingerprint.as_str())
        .bind(operation.actor.as_str())
        .bind(now.millis())
        .bind(deadline.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its secret is the one that counts, or was before a newer one.
    Applied,
    /// It was given up; its secret, if it ever arrives in Vault, is never used.
    Aborted,
}

/// Ends an open operation; answers how many rows that was: 0 when somebody else ended it.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    tx: &mut Tx,
    scope: Scope,
    operation: OperationId,
    ended: Ended,
) -> Result<u64> {
    let state = match ended {
        Ended::Applied => "applied",
        Ended::Aborted => "aborted",
    };
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update secret_operations set state = $3
             where organization_id = $1 and id = $2 and state = 'intent'"
        ))
        .bind(scope.organization().uuid())
        .bind(operation.uuid())
        .bind(state)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// How an operation of this credential ended; `None` while it is open, and for an operation that
/// SQL knows nothing of.
///
/// # Errors
/// When the database does not answer.
pub async fn ended(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    operation: OperationId,
) -> Result<Option<Ended>> {
    let state: Option<String> = on!(db.read(), pool => {
        sqlx::query_scalar(sql!(
            "select state from secret_operations
             where organization_id = $1 and credential_id = $2 and id = $3 and state <> 'intent'"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(operation.uuid())
        .fetch_optional(pool)
        .await
    })?;
    match state.as_deref() {
        None => Ok(None),
        Some("applied") => Ok(Some(Ended::Applied)),
        Some("aborted") => Ok(Some(Ended::Aborted)),
        Some(_) => Err(Error::Value { column: "secret_operations.state" }),
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    id: Uuid,
    credential_id: Uuid,
    kind: String,
    prior_state: String,
    name: String,
    name_key: String,
    description: String,
    username: String,
    fingerprint: String,
    actor: String,
}

impl Row {
    fn operation(self) -> Result<Operation> {
        Ok(Operation {
            organization: self.organization_id.into(),
            id: self.id.into(),
            credential: self.credential_id.into(),
            kind: if self.kind == "create" { Kind::Create } else { Kind::Update },
            prior_state: state(&self.prior_state)?,
            name: self.name,
            name_key: self.name_key,
            description: self.description,
            username: self.username,
            fingerprint: self.fingerprint,
            actor: self.actor,
        })
    }
}

/// The operations of all organizations whose end nobody has written down in time, oldest first.
///
/// # Errors
/// When the database does not answer, or holds a value this version does not know.
pub async fn overdue(db: &Db, now: Timestamp) -> Result<Vec<Operation>> {
    let rows: Vec<Row> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select organization_id, id, credential_id, kind, prior_state, name, name_key, description, username,
               fingerprint, actor
             from secret_operations where state = 'intent' and deadline_at <= $1
             order by deadline_at limit 100"
        ))
        .bind(now.millis())
        .fetch_all(pool)
        .await
    })?;
    rows.into_iter().map(Row::operation).collect()
}
