//! How full the disks of data folders are, and the notice of an organization that one nearly is.

use domain::{
    NoticeId, OrganizationId, Timestamp,
    notices::{News, Notice},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, Tx, exec, row, rows, value, values};

/// The disk of one machine's data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// The name of the machine.
    pub machine: String,
    /// In percent.
    pub used: u8,
    /// Since when it is nearly full; `None` while there is room.
    pub nearly_full_since: Option<Timestamp>,
    /// When it was looked at.
    pub seen_at: Timestamp,
}

/// The disks that were looked at after `since`; the one that has been nearly full longest comes first.
pub async fn seen(db: &Db, since: Timestamp) -> Result<Vec<Disk>> {
    let rows: Vec<(String, i64, Option<i64>, i64)> = rows!(
        db,
        "select machine, used_percent, nearly_full_since, seen_at from data_disks where seen_at > $1
         order by case when nearly_full_since is null then 1 else 0 end, nearly_full_since, machine",
        [since]
    )?;
    rows.into_iter()
        .map(|(machine, used, nearly_full_since, seen_at)| {
            Ok(Disk {
                machine,
                used: percent(used)?,
                nearly_full_since: nearly_full_since.map(Timestamp::from_millis),
                seen_at: Timestamp::from_millis(seen_at),
            })
        })
        .collect()
}

fn percent(stored: i64) -> Result<u8> {
    u8::try_from(stored).map_err(|_| Error::Value { column: "used_percent" })
}

/// Stores what was seen of a machine's disk, in the place of what was seen before.
pub async fn store(db: &Db, disk: &Disk) -> Result<()> {
    exec!(
        db.write(),
        "insert into data_disks (machine, used_percent, nearly_full_since, seen_at) values ($1, $2, $3, $4)
         on conflict (machine) do update set used_percent = excluded.used_percent,
           nearly_full_since = excluded.nearly_full_since, seen_at = excluded.seen_at",
        [disk.machine.as_str(), i64::from(disk.used), disk.nearly_full_since, disk.seen_at]
    )?;
    Ok(())
}

/// The organizations that have not been told of the disk that is nearly full now.
pub async fn untold(db: &Db) -> Result<Vec<Scope>> {
    let rows: Vec<Uuid> = values!(
        db,
        "select o.id from organizations o where not exists (
         select 1 from disk_notices n where n.organization_id = o.id and n.ended_at is null)",
        []
    )?;
    Ok(rows.into_iter().map(Scope::of_row).collect())
}

/// Makes the notice of an organization, unless another replica did. Answers how many were made.
pub async fn begin(
    tx: &mut Tx,
    scope: Scope,
    id: NoticeId,
    disk: &Disk,
    (began_at, now): (Timestamp, Timestamp),
) -> Result<u64> {
    exec!(
        tx,
        "insert into disk_notices (organization_id, id, machine, used_percent, began_at, at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (organization_id) where ended_at is null do nothing",
        [scope, id, disk.machine.as_str(), i64::from(disk.used), began_at, now]
    )
}

/// Says in the notices of all organizations what holds now; answers whose said something else.
pub async fn follow(db: &Db, disk: &Disk) -> Result<Vec<OrganizationId>> {
    let rows: Vec<Uuid> = values!(
        db.write(),
        "update disk_notices set machine = $1, used_percent = $2
         where ended_at is null and (machine <> $1 or used_percent <> $2) returning organization_id",
        [disk.machine.as_str(), i64::from(disk.used)]
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Ends the notices of all organizations; answers whose they were.
pub async fn end(db: &Db, now: Timestamp) -> Result<Vec<OrganizationId>> {
    let rows: Vec<Uuid> = values!(
        db.write(),
        "update disk_notices set ended_at = $1 where ended_at is null returning organization_id",
        [now]
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Whether any organization has a notice that is not over.
pub async fn any_open(db: &Db) -> Result<bool> {
    let open: Option<i64> =
        value!(db, "select at from disk_notices where ended_at is null limit 1", [])?;
    Ok(open.is_some())
}

/// The columns of [`Listed`].
macro_rules! disk_columns {
    () => {
        $crate::sql::columns!("", id, machine, used_percent, began_at, at, ended_at, delivered)
    };
}

#[derive(sqlx::FromRow)]
struct Listed {
    id: Uuid,
    machine: String,
    used_percent: i64,
    began_at: i64,
    at: i64,
    ended_at: Option<i64>,
    delivered: Option<bool>,
}

impl Listed {
    fn notice(self) -> Result<Notice> {
        Ok(Notice {
            id: self.id.into(),
            name: self.machine,
            news: News::Disk {
                used: percent(self.used_percent)?,
                began_at: Timestamp::from_millis(self.began_at),
                ended_at: self.ended_at.map(Timestamp::from_millis),
            },
            at: Timestamp::from_millis(self.at),
            delivered: self.delivered,
            group: None,
        })
    }
}

/// The newest of an organization.
pub async fn list(db: &Db, scope: Scope, limit: u32) -> Result<Vec<Notice>> {
    let rows: Vec<Listed> = rows!(
        db,
        ["select " disk_columns!() " from disk_notices
          where organization_id = $1 order by at desc, id desc limit $2"],
        [scope, limit]
    )?;
    rows.into_iter().map(Listed::notice).collect()
}

/// One; `None` when there is no such notice.
pub async fn get(db: &Db, scope: Scope, id: NoticeId) -> Result<Option<Notice>> {
    let row: Option<Listed> = row!(
        db,
        ["select " disk_columns!() " from disk_notices where organization_id = $1 and id = $2"],
        [scope, id]
    )?;
    row.map(Listed::notice).transpose()
}
