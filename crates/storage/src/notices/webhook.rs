//! The webhook of an organization, and what is sent to it.

use domain::{CredentialId, NoticeId, Scope, Timestamp};
use uuid::Uuid;

use crate::{Db, Result, Tx, on, sql};

/// A notice as the webhook gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the tables")]
pub struct Letter {
    pub organization_name: String,
    /// Empty for none.
    pub webhook: String,
    pub credential: CredentialId,
    pub credential_name: String,
    pub expires_at: Timestamp,
}

/// A notice with the address it goes to; `None` when there is no such notice.
///
/// # Errors
/// When the database does not answer.
pub async fn letter(db: &Db, scope: Scope, id: NoticeId) -> Result<Option<Letter>> {
    let row: Option<(String, String, Uuid, String, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select o.name, o.webhook, c.id, c.name, n.expires_at from notices n
             join organizations o on o.id = n.organization_id
             join credentials c on c.organization_id = n.organization_id and c.id = n.credential_id
             where n.organization_id = $1 and n.id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
    })?;
    Ok(row.map(|(organization_name, webhook, credential, credential_name, expires_at)| Letter {
        organization_name,
        webhook,
        credential: credential.into(),
        credential_name,
        expires_at: Timestamp::from_millis(expires_at),
    }))
}

/// How a webhook answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It took the notice.
    Taken,
    /// It refused, or did not answer.
    Failed,
}

/// Notes how the webhook answered to a notice.
///
/// # Errors
/// When the database refuses.
pub async fn mark_delivered(
    tx: &mut Tx,
    scope: Scope,
    id: NoticeId,
    delivery: Delivery,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("update notices set delivered = $1 where organization_id = $2 and id = $3"))
            .bind(delivery == Delivery::Taken)
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// The address of the webhook; empty for none.
///
/// # Errors
/// When the database does not answer.
pub async fn webhook(db: &Db, scope: Scope) -> Result<String> {
    let address: Option<String> = on!(db.read(), pool => {
        sqlx::query_scalar(sql!("select webhook from organizations where id = $1"))
            .bind(scope.organization().uuid())
            .fetch_optional(pool)
            .await
    })?;
    Ok(address.unwrap_or_default())
}

/// Changes the address of the webhook.
///
/// # Errors
/// When the database refuses.
pub async fn set_webhook(tx: &mut Tx, scope: Scope, address: &str) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("update organizations set webhook = $1 where id = $2"))
            .bind(address)
            .bind(scope.organization().uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}
