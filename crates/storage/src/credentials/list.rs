//! The table of credentials.

use domain::{
    Cause, Timestamp, Total,
    credentials::{
        CandidateState, CredentialOrder, CredentialQuery, CredentialState, CredentialSummary,
        Direction,
    },
};
use uuid::Uuid;

use super::{
    environment, pattern_kind, provider, state,
    values::{access, expiry},
};
use crate::{Db, Error, Result, Scope, charts::needle, one_value, rows};

/// Who looks: what is written about a shared credential is found by those who manage credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody who manages credentials.
    Manager,
    /// Any other member.
    Member,
}

impl Reader {
    const fn number(self) -> i64 {
        match self {
            Self::Manager => 1,
            Self::Member => 0,
        }
    }
}

/// The columns of a [`Row`] but `linked` and `failing`, which depend on how many rows there are.
macro_rules! credential_columns {
    () => {
        concat!(
            $crate::sql::columns!(
                "c.",
                id,
                name,
                provider,
                created_at,
                last_used_at,
                state,
                expires_at,
                expiry_source,
                secret_at,
                environment,
                pattern,
                pattern_kind,
                access
            ),
            ", p.name as project, g.broken,
           (select count(*) from refusals f where f.organization_id = c.organization_id
              and f.credential_id = c.id and f.paused_at is not null) as paused,
           (select count(*) from jobs j where j.organization_id = c.organization_id and j.kind = 'rotate'
              and j.target_id = c.id) as testing,
           (select count(*) from export_credentials e
            where e.organization_id = c.organization_id and e.credential_id = c.id)
           + (select count(*) from git_targets d
              where d.organization_id = c.organization_id and d.credential_id = c.id)
           + (select count(*) from clusters k
              where k.organization_id = c.organization_id and k.credential_id = c.id) as used"
        )
    };
}

/// The rows of credentials with how many repositories use each, counted row by row: for few rows.
macro_rules! summaries {
    () => {
        concat!(
            "select ",
            credential_columns!(),
            ",
               (select count(*) from links l
                where l.organization_id = c.organization_id and l.credential_id = c.id) as linked,
               (select count(*) from links l
                join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
                where l.organization_id = c.organization_id and l.credential_id = c.id
                  and r.state = 'failing') as failing
             from credentials c
             left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
             left join git_connections g on g.organization_id = c.organization_id and g.credential_id = c.id
             where c.organization_id = $1 and c.deleted_at is null "
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    provider: String,
    linked: i64,
    failing: i64,
    created_at: i64,
    last_used_at: Option<i64>,
    state: String,
    expires_at: Option<i64>,
    expiry_source: Option<String>,
    secret_at: Option<i64>,
    environment: String,
    project: Option<String>,
    paused: i64,
    broken: Option<String>,
    testing: i64,
    used: i64,
    pattern: String,
    pattern_kind: String,
    access: String,
}

impl Row {
    fn summary(self) -> Result<CredentialSummary> {
        let broken = self.broken.map(|code| {
            Cause::parse(&code).ok_or(Error::Value { column: "git_connections.broken" })
        });
        let state = state(&self.state)?;
        Ok(CredentialSummary {
            id: self.id.into(),
            name: self.name,
            provider: provider(&self.provider)?,
            linked: u32::try_from(self.linked).unwrap_or(u32::MAX),
            failing: u32::try_from(self.failing).unwrap_or(u32::MAX),
            created_at: Timestamp::from_millis(self.created_at),
            last_used_at: self.last_used_at.map(Timestamp::from_millis),
            state,
            expiry: expiry(
                self.expires_at,
                self.expiry_source.as_deref(),
                self.secret_at,
                self.created_at,
            )?,
            environment: environment(&self.environment)?,
            project: self.project,
            paused: u32::try_from(self.paused).unwrap_or(u32::MAX),
            broken: broken.transpose()?,
            candidate: (state == CredentialState::Rotating).then_some(if self.testing > 0 {
                CandidateState::Testing
            } else {
                CandidateState::Refused
            }),
            is_used: self.linked > 0 || self.used > 0,
            pattern: self.pattern,
            pattern_kind: pattern_kind(&self.pattern_kind)?,
            access: access(&self.access),
        })
    }
}

/// A page of the table.
pub async fn page(
    db: &Db,
    scope: Scope,
    query: &CredentialQuery,
    reader: Reader,
) -> Result<Vec<CredentialSummary>> {
    let rows = match (query.order, query.direction) {
        (CredentialOrder::Name, Direction::Ascending) => by_name(db, scope, query, reader).await?,
        (order, direction) => ordered(db, scope, query, signed(order, direction), reader).await?,
    };
    rows.into_iter().map(Row::summary).collect()
}

/// The order nearly every visit has: the index on the name gives it, so that only the rows of one
/// page are counted.
async fn by_name(
    db: &Db,
    scope: Scope,
    query: &CredentialQuery,
    reader: Reader,
) -> Result<Vec<Row>> {
    rows!(
        db,
        [summaries!()
         "and (" contains("c.name_key", 2) "
            or (" contains("lower(c.description)", 2) " and ($6 = 1 or (p.id is not null and not p.is_shared))))
          and ($3 = '' or c.provider = $3) and (c.project_id = $7 or $7 is null)
          order by c.name_key limit $4 offset $5"],
        [
            scope,
            needle(&query.search),
            query.provider.as_str(),
            i64::from(CredentialQuery::PAGE_ROWS),
            offset(query),
            reader.number(),
            query.project,
        ]
    )
}

async fn ordered(
    db: &Db,
    scope: Scope,
    query: &CredentialQuery,
    order: i64,
    reader: Reader,
) -> Result<Vec<Row>> {
    rows!(
        db,
        ["select " credential_columns!() ",
              coalesce(u.linked, 0) as linked, coalesce(u.failing, 0) as failing
            from credentials c
            left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
            left join git_connections g on g.organization_id = c.organization_id and g.credential_id = c.id
            left join (
              select l.credential_id, count(*) as linked,
                count(case when r.state = 'failing' then 1 end) as failing
              from links l
              join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
              where l.organization_id = $1
              group by l.credential_id
            ) u on u.credential_id = c.id
            where c.organization_id = $1 and c.deleted_at is null
              and (" contains("c.name_key", 2) "
                or (" contains("lower(c.description)", 2) " and ($7 = 1 or (p.id is not null and not p.is_shared))))
              and ($3 = '' or c.provider = $3) and (c.project_id = $8 or $8 is null)
            order by
              case when $4 = 1 then c.name_key end, case when $4 = -1 then c.name_key end desc,
              case when $4 = 2 then c.provider end, case when $4 = -2 then c.provider end desc,
              case when $4 = 3 then coalesce(u.linked, 0) end,
              case when $4 = -3 then coalesce(u.linked, 0) end desc,
              case when $4 = 4 then c.created_at end, case when $4 = -4 then c.created_at end desc,
              case when $4 = 5 then coalesce(c.last_used_at, 0) end,
              case when $4 = -5 then coalesce(c.last_used_at, 0) end desc,
              case when $4 = 6 then coalesce(c.expires_at, 9007199254740991) end,
              case when $4 = -6 then coalesce(c.expires_at, 0) end desc,
              c.name_key
            limit $5 offset $6"],
        [
            scope,
            needle(&query.search),
            query.provider.as_str(),
            order,
            i64::from(CredentialQuery::PAGE_ROWS),
            offset(query),
            reader.number(),
            query.project,
        ]
    )
}

/// The number of a column; downwards is the negative one. The list of what can be sorted by is closed.
const fn signed(order: CredentialOrder, direction: Direction) -> i64 {
    let column = match order {
        CredentialOrder::Name => 1,
        CredentialOrder::Provider => 2,
        CredentialOrder::Linked => 3,
        CredentialOrder::Created => 4,
        CredentialOrder::LastUsed => 5,
        CredentialOrder::Expires => 6,
    };
    match direction {
        Direction::Ascending => column,
        Direction::Descending => -column,
    }
}

fn offset(query: &CredentialQuery) -> i64 {
    i64::from(query.page.max(1) - 1) * i64::from(CredentialQuery::PAGE_ROWS)
}

/// The credentials that expire, soonest first.
pub async fn expiring(db: &Db, scope: Scope, limit: u32) -> Result<Vec<CredentialSummary>> {
    let rows: Vec<Row> = rows!(
        db,
        [summaries!() "and c.expires_at is not null
           order by c.expires_at, c.name_key limit $2"],
        [scope, limit]
    )?;
    rows.into_iter().map(Row::summary).collect()
}

/// How many credentials the query finds.
pub async fn count(
    db: &Db,
    scope: Scope,
    query: &CredentialQuery,
    reader: Reader,
) -> Result<Total> {
    let count: i64 = if query.is_narrowed() {
        one_value!(
            db,
            ["select count(*) from (
                select 1 from credentials c
                left join projects p on p.organization_id = c.organization_id and p.id = c.project_id
                where c.organization_id = $1 and c.deleted_at is null
                  and (" contains("c.name_key", 2) "
                    or (" contains("lower(c.description)", 2)
                   " and ($4 = 1 or (p.id is not null and not p.is_shared))))
                  and ($3 = '' or c.provider = $3) and (c.project_id = $5 or $5 is null) limit $6) f"],
            [
                scope,
                needle(&query.search),
                query.provider.as_str(),
                reader.number(),
                query.project,
                Total::COUNTED,
            ]
        )?
    } else {
        one_value!(
            db,
            "select count(*) from (
               select 1 from credentials where organization_id = $1 and deleted_at is null limit $2) f",
            [scope, Total::COUNTED]
        )?
    };
    Ok(Total::of(u32::try_from(count).unwrap_or(u32::MAX)))
}

/// Whether there is any credential.
pub async fn any(db: &Db, scope: Scope) -> Result<bool> {
    one_value!(
        db,
        "select exists (select 1 from credentials where organization_id = $1 and deleted_at is null)",
        [scope]
    )
}
