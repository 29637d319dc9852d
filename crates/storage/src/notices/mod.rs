//! Notices of expiries and of troubles, and the webhook they are sent to.

mod attention;
pub mod disks;
pub mod repositories;
pub mod troubles;
mod webhook;

use domain::{
    CredentialId, NoticeId, Timestamp,
    credentials::{Expiry, ExpirySource},
    notices::{News, Notice},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, Tx, exec, one_value, rows};

pub use attention::{Decides, attention};
pub use webhook::{Address, Delivery, address, expiry, mark_delivered, set_webhook, webhook};

/// A credential that expires soon, with the smallest threshold that was announced for this expiry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Expiring {
    pub scope: Scope,
    pub credential: CredentialId,
    pub name: String,
    pub expiry: Expiry,
    /// In days, as in [`New::threshold`].
    pub announced: Option<i64>,
}

type Row = (Uuid, Uuid, String, i64, Option<String>, i64, Option<i64>);

/// The credentials of all organizations that expire before `until` and whose last notice was not
/// made, with the `last` threshold in days.
pub async fn expiring(db: &Db, until: Timestamp, last: i64) -> Result<Vec<Expiring>> {
    let rows: Vec<Row> = rows!(
        db,
        "select c.organization_id, c.id, c.name, c.expires_at, c.expiry_source,
           coalesce(c.secret_at, c.created_at), min(n.threshold)
         from credentials c
         left join notices n on n.organization_id = c.organization_id and n.credential_id = c.id
           and n.expires_at = c.expires_at
         where c.expires_at is not null and c.expires_at <= $1 and c.deleted_at is null
           and c.state <> 'creating'
         group by c.organization_id, c.id, c.name, c.expires_at, c.expiry_source, c.secret_at, c.created_at
         having min(n.threshold) is null or min(n.threshold) > $2",
        [until, last]
    )?;
    rows.into_iter()
        .map(|(organization, credential, name, at, source, since, announced)| {
            let source = source.as_deref().and_then(ExpirySource::parse);
            Ok(Expiring {
                scope: Scope::of_row(organization),
                credential: credential.into(),
                name,
                expiry: Expiry {
                    at: Timestamp::from_millis(at),
                    source: source.ok_or(Error::Value { column: "expiry_source" })?,
                    since: Timestamp::from_millis(since),
                },
                announced,
            })
        })
        .collect()
}

/// A notice to make.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct NewNotice {
    pub id: NoticeId,
    pub credential: CredentialId,
    pub expires_at: Timestamp,
    /// Which one it is: 30, 14, 7 or 1, the days of a long lifetime.
    pub threshold: i64,
    pub at: Timestamp,
}

/// Makes a notice, unless another replica did. Answers how many were made.
pub async fn insert(tx: &mut Tx, scope: Scope, new: &NewNotice) -> Result<u64> {
    exec!(
        tx,
        "insert into notices (organization_id, id, credential_id, expires_at, threshold, at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (organization_id, credential_id, expires_at, threshold) do nothing",
        [scope, new.id, new.credential, new.expires_at, new.threshold, new.at]
    )
}

/// The newest notices of expiries.
pub async fn list(db: &Db, scope: Scope, limit: u32) -> Result<Vec<Notice>> {
    let rows: Vec<(Uuid, Uuid, String, i64, i64, Option<bool>)> = rows!(
        db,
        "select n.id, n.credential_id, c.name, n.expires_at, n.at, n.delivered from notices n
         join credentials c on c.organization_id = n.organization_id and c.id = n.credential_id
         where n.organization_id = $1 order by n.at desc, n.id desc limit $2",
        [scope, limit]
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, credential, name, expires_at, at, delivered)| Notice {
            id: id.into(),
            name,
            news: News::Expiry {
                credential: credential.into(),
                expires_at: Timestamp::from_millis(expires_at),
            },
            at: Timestamp::from_millis(at),
            delivered,
            group: None,
        })
        .collect())
}

/// How many credentials were announced and have not been renewed since.
pub async fn open(db: &Db, scope: Scope) -> Result<u32> {
    let n: i64 = one_value!(
        db,
        "select count(*) from credentials c
         where c.organization_id = $1 and c.deleted_at is null and c.expires_at is not null and exists (
           select 1 from notices n where n.organization_id = c.organization_id
             and n.credential_id = c.id and n.expires_at = c.expires_at)",
        [scope]
    )?;
    u32::try_from(n).map_err(|_| Error::Value { column: "count" })
}
