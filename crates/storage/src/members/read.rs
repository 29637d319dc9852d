//! Reading members.

use domain::{
    Timestamp, UserId,
    members::{Dependents, Standing},
};
use uuid::Uuid;

use super::read_standing;
use crate::{Db, Result, Scope, row, rows, values};

/// A member as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the rows")]
pub struct MemberRow {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub standing: Standing,
    pub joined_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
}

type Columns = (Uuid, String, String, String, String, i64, Option<i64>);

fn member((user, name, email, role, state, joined_at, seen): Columns) -> Result<MemberRow> {
    Ok(MemberRow {
        user: user.into(),
        name,
        email,
        standing: read_standing(&role, &state)?,
        joined_at: Timestamp::from_millis(joined_at),
        last_seen_at: seen.map(Timestamp::from_millis),
    })
}

/// Reads [`Columns`] of the active and suspended members (`m`).
macro_rules! members {
    () => {
        "select m.user_id, u.name, u.email, m.role, m.state, m.created_at,
           (select max(s.last_seen_at) from sessions s where s.user_id = m.user_id) as last_seen_at
         from members m join users u on u.id = m.user_id
         where m.organization_id = $1 and m.state in ('active', 'suspended') "
    };
}

/// Active and suspended members, by name.
pub async fn list(db: &Db, scope: Scope) -> Result<Vec<MemberRow>> {
    let rows: Vec<Columns> = rows!(
        db,
        [members!() "order by u.name, u.id"],
        [scope]
    )?;
    rows.into_iter().map(member).collect()
}

/// One; `None` for who is no member, or not any more.
pub async fn get(db: &Db, scope: Scope, user: UserId) -> Result<Option<MemberRow>> {
    let row: Option<Columns> = row!(
        db,
        [members!() "and m.user_id = $2"],
        [scope, user]
    )?;
    row.map(member).transpose()
}

/// The names of what depends on a person.
pub async fn dependents(db: &Db, scope: Scope, user: UserId) -> Result<Dependents> {
    let git_accounts = values!(
        db,
        "select c.name from git_connections g
         join credentials c on c.organization_id = g.organization_id and c.id = g.credential_id
         where g.organization_id = $1 and g.user_id = $2 and c.deleted_at is null order by c.name_key limit 100",
        [scope, user]
    )?;
    let git_targets = values!(
        db,
        "select t.name from git_targets t
         join git_connections g on g.organization_id = t.organization_id and g.credential_id = t.credential_id
         where t.organization_id = $1 and g.user_id = $2 order by t.name_key limit 100",
        [scope, user]
    )?;
    Ok(Dependents { git_accounts, git_targets })
}
