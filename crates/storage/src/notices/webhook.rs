//! The webhook of an organization, and what is sent to it.

use domain::{
    NoticeId, Scope, Timestamp,
    notices::{News, Notice},
};
use uuid::Uuid;

use crate::{Db, Result, Tx, on, sql};

/// To whom a notice is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The name of the organization.
    pub organization_name: String,
    /// Empty for none.
    pub webhook: String,
}

/// Where the notices of an organization go; `None` when there is no such organization.
///
/// # Errors
/// When the database does not answer.
pub async fn address(db: &Db, scope: Scope) -> Result<Option<Address>> {
    let row: Option<(String, String)> = on!(db.read(), pool => {
        sqlx::query_as(sql!("select name, webhook from organizations where id = $1"))
            .bind(scope.organization().uuid())
            .fetch_optional(pool)
            .await
    })?;
    Ok(row.map(|(organization_name, webhook)| Address { organization_name, webhook }))
}

/// A notice of an expiry; `None` when there is no such one.
///
/// # Errors
/// When the database does not answer.
pub async fn expiry(db: &Db, scope: Scope, id: NoticeId) -> Result<Option<Notice>> {
    let row: Option<(Uuid, String, i64, i64, Option<bool>)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select c.id, c.name, n.expires_at, n.at, n.delivered from notices n
             join credentials c on c.organization_id = n.organization_id and c.id = n.credential_id
             where n.organization_id = $1 and n.id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
    })?;
    Ok(row.map(|(credential, name, expires_at, at, delivered)| Notice {
        id,
        name,
        news: News::Expiry {
            credential: credential.into(),
            expires_at: Timestamp::from_millis(expires_at),
        },
        at: Timestamp::from_millis(at),
        delivered,
        group: None,
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
    notice: &Notice,
    delivery: Delivery,
) -> Result<()> {
    let text = match notice.news {
        // It is shown until somebody decides, and not sent.
        News::Address { .. } => return Ok(()),
        News::Expiry { .. } => {
            sql!("update notices set delivered = $1 where organization_id = $2 and id = $3")
        }
        News::Disk { .. } => {
            sql!("update disk_notices set delivered = $1 where organization_id = $2 and id = $3")
        }
        News::Trouble { .. } => {
            sql!("update troubles set delivered = $1 where organization_id = $2 and id = $3")
        }
    };
    on!(tx.inner(), tx => {
        sqlx::query(text)
            .bind(delivery == Delivery::Taken)
            .bind(scope.organization().uuid())
            .bind(notice.id.uuid())
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
