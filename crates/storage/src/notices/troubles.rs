//! Notices of troubles: one for each time that a Git target, a cluster or a connected account began to
//! fail; those of repositories are in [`super::repositories`]. Whether it still does, and why now, stands in its own row; [`end`] and [`follow`] bring it here.

use domain::{
    Cause, NoticeId, OrganizationId, Timestamp,
    notices::{Group, News, Notice, Subject},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, Tx, exec, row, rows, value, values};

/// Something that fails and was not announced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the rows")]
pub struct Beginning {
    pub scope: Scope,
    pub subject: Subject,
    pub name: String,
    pub cause: Cause,
    pub began_at: Timestamp,
}

type Row = (String, Uuid, Uuid, String, String, i64);

/// What fails in any organization and was not announced since it began.
pub async fn beginning(db: &Db) -> Result<Vec<Beginning>> {
    let rows: Vec<Row> = rows!(
        db,
        "select f.kind, f.organization_id, f.id, f.name, f.cause, f.began_at from (
           select 'git_target' as kind, organization_id, id, name, cause, failing_since as began_at
           from git_targets where failing_since is not null and cause is not null
           union all
           select 'cluster' as kind, organization_id, id, name, cause, failing_since as began_at
           from clusters where failing_since is not null and cause is not null
           union all
           select 'git_connection' as kind, g.organization_id, g.credential_id as id, c.name, g.broken as cause,
             g.broken_at as began_at
           from git_connections g
           join credentials c on c.organization_id = g.organization_id and c.id = g.credential_id
           where g.broken_at is not null and g.broken is not null and c.deleted_at is null
         ) f
         left join troubles t on t.organization_id = f.organization_id and t.subject_id = f.id
           and t.began_at = f.began_at and t.group_key = ''
         where t.id is null",
        []
    )?;
    rows.into_iter()
        .map(|(kind, organization, id, name, cause, began_at)| {
            Ok(Beginning {
                scope: Scope::of_row(organization),
                subject: subject(&kind, id)?,
                name,
                cause: read_cause(&cause),
                began_at: Timestamp::from_millis(began_at),
            })
        })
        .collect()
}

fn subject(kind: &str, id: Uuid) -> Result<Subject> {
    Subject::parse(kind, id).ok_or(Error::Value { column: "troubles.kind" })
}

/// Another version may have written a cause that this one does not know.
pub(super) fn read_cause(code: &str) -> Cause {
    Cause::parse(code).unwrap_or(Cause::Internal)
}

/// Whose troubles are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Everybody's.
    All,
    /// No cluster's: the operator turned them off.
    NoClusters,
}

impl Shown {
    pub(super) const fn hidden(self) -> &'static str {
        match self {
            Self::All => "",
            Self::NoClusters => "cluster",
        }
    }
}

/// Announces a trouble, unless another replica did. Answers how many were announced.
pub async fn begin(
    tx: &mut Tx,
    scope: Scope,
    id: NoticeId,
    beginning: &Beginning,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "insert into troubles (organization_id, id, kind, subject_id, name, cause, began_at, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (organization_id, subject_id, began_at) where group_key = '' do nothing",
        [
            scope,
            id,
            beginning.subject.kind(),
            beginning.subject.id(),
            beginning.name.as_str(),
            beginning.cause.as_str(),
            beginning.began_at,
            now,
        ]
    )
}

/// Ends the troubles of all organizations that are over, or whose subject is gone; answers whose they
/// were.
pub async fn end(db: &Db, now: Timestamp) -> Result<Vec<OrganizationId>> {
    let rows: Vec<Uuid> = values!(
        db.write(),
        "update troubles set ended_at = $1 where ended_at is null and group_key = ''
           and not exists (select 1 from git_targets g where g.organization_id = troubles.organization_id
             and g.id = troubles.subject_id and g.failing_since = troubles.began_at)
           and not exists (select 1 from clusters k where k.organization_id = troubles.organization_id
             and k.id = troubles.subject_id and k.failing_since = troubles.began_at)
           and not exists (select 1 from git_connections a
             join credentials c on c.organization_id = a.organization_id and c.id = a.credential_id
             where a.organization_id = troubles.organization_id and a.credential_id = troubles.subject_id
               and a.broken_at = troubles.began_at and c.deleted_at is null)
         returning organization_id",
        [now]
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Writes the present causes of announced troubles down, of all organizations: a timeout may have become
/// a refusal. Answers whose they were.
pub async fn follow(db: &Db) -> Result<Vec<OrganizationId>> {
    let rows: Vec<Uuid> = values!(
        db.write(),
        "update troubles set cause = f.present from (
           select organization_id as owner, id as subject, failing_since as since, cause as present
           from git_targets where failing_since is not null
           union all
           select organization_id as owner, id as subject, failing_since as since, cause as present
           from clusters where failing_since is not null
           union all
           select organization_id as owner, credential_id as subject, broken_at as since, broken as present
           from git_connections where broken_at is not null
         ) f
         where troubles.ended_at is null and troubles.organization_id = f.owner
           and troubles.subject_id = f.subject and troubles.began_at = f.since and troubles.cause <> f.present
         returning organization_id",
        []
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Whether any trouble was announced that is not found to be over yet.
pub async fn any_open(db: &Db) -> Result<bool> {
    let open: Option<i64> = value!(
        db,
        "select at from troubles where ended_at is null and group_key = '' limit 1",
        []
    )?;
    Ok(open.is_some())
}

/// The columns of [`Listed`].
macro_rules! trouble_columns {
    () => {
        $crate::sql::columns!(
            "",
            id,
            kind,
            subject_id,
            name,
            cause,
            began_at,
            at,
            ended_at,
            delivered,
            host,
            repositories
        )
    };
}

#[derive(sqlx::FromRow)]
struct Listed {
    id: Uuid,
    kind: String,
    subject_id: Uuid,
    name: String,
    cause: String,
    began_at: i64,
    at: i64,
    ended_at: Option<i64>,
    delivered: Option<bool>,
    host: String,
    repositories: i64,
}

impl Listed {
    fn notice(self) -> Result<Notice> {
        Ok(Notice {
            id: self.id.into(),
            name: self.name,
            news: News::Trouble {
                subject: subject(&self.kind, self.subject_id)?,
                cause: read_cause(&self.cause),
                began_at: Timestamp::from_millis(self.began_at),
                ended_at: self.ended_at.map(Timestamp::from_millis),
            },
            at: Timestamp::from_millis(self.at),
            delivered: self.delivered,
            group: u32::try_from(self.repositories)
                .ok()
                .filter(|repositories| *repositories > 0)
                .map(|repositories| Group { host: self.host, repositories }),
        })
    }
}

/// The newest that are shown.
pub async fn list(db: &Db, scope: Scope, shown: Shown, limit: u32) -> Result<Vec<Notice>> {
    let rows: Vec<Listed> = rows!(
        db,
        ["select " trouble_columns!() " from troubles
          where organization_id = $1 and kind <> $2 order by at desc, id desc limit $3"],
        [scope, shown.hidden(), limit]
    )?;
    rows.into_iter().map(Listed::notice).collect()
}

/// One; `None` when there is no such trouble.
pub async fn get(db: &Db, scope: Scope, id: NoticeId) -> Result<Option<Notice>> {
    let row: Option<Listed> = row!(
        db,
        ["select " trouble_columns!() " from troubles where organization_id = $1 and id = $2"],
        [scope, id]
    )?;
    row.map(Listed::notice).transpose()
}
