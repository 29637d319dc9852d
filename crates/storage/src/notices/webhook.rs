//! The webhook of an organization, and what is sent to it.

use domain::{
    NoticeId, Timestamp,
    notices::{News, Notice},
};
use uuid::Uuid;

use crate::{Db, Result, Scope, Tx, exec, row, value};

/// To whom a notice is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The name of the organization.
    pub organization_name: String,
    /// Empty for none.
    pub webhook: String,
}

/// Where the notices of an organization go; `None` when there is no such organization.
pub async fn address(db: &Db, scope: Scope) -> Result<Option<Address>> {
    let row: Option<(String, String)> =
        row!(db, "select name, webhook from organizations where id = $1", [scope])?;
    Ok(row.map(|(organization_name, webhook)| Address { organization_name, webhook }))
}

/// A notice of an expiry; `None` when there is no such one.
pub async fn expiry(db: &Db, scope: Scope, id: NoticeId) -> Result<Option<Notice>> {
    let row: Option<(Uuid, String, i64, i64, Option<bool>)> = row!(
        db,
        "select c.id, c.name, n.expires_at, n.at, n.delivered from notices n
         join credentials c on c.organization_id = n.organization_id and c.id = n.credential_id
         where n.organization_id = $1 and n.id = $2",
        [scope, id]
    )?;
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
pub async fn mark_delivered(
    tx: &mut Tx,
    scope: Scope,
    notice: &Notice,
    delivery: Delivery,
) -> Result<()> {
    let (taken, id) = (delivery == Delivery::Taken, notice.id);
    match notice.news {
        // It is shown until somebody decides, and not sent.
        News::Address { .. } => return Ok(()),
        News::Expiry { .. } => exec!(
            tx,
            "update notices set delivered = $1 where organization_id = $2 and id = $3",
            [taken, scope, id]
        ),
        News::Disk { .. } => exec!(
            tx,
            "update disk_notices set delivered = $1 where organization_id = $2 and id = $3",
            [taken, scope, id]
        ),
        News::Trouble { .. } => exec!(
            tx,
            "update troubles set delivered = $1 where organization_id = $2 and id = $3",
            [taken, scope, id]
        ),
    }?;
    Ok(())
}

/// The address of the webhook; empty for none.
pub async fn webhook(db: &Db, scope: Scope) -> Result<String> {
    let address: Option<String> =
        value!(db, "select webhook from organizations where id = $1", [scope])?;
    Ok(address.unwrap_or_default())
}

/// Changes the address of the webhook.
pub async fn set_webhook(tx: &mut Tx, scope: Scope, address: &str) -> Result<()> {
    exec!(tx, "update organizations set webhook = $1 where id = $2", [address, scope])?;
    Ok(())
}
