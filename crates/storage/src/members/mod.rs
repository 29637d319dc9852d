//! SQL of members and invitations.

mod invitations;
mod read;

pub use invitations::{
    NewInvitation, StoredInvitation, by_token, count_open, count_sent, expire, get as invitation,
    insert, list as open_invitations, of_token, role_of, set_link, store,
};
pub use read::{MemberRow, dependents, get, list};

use domain::{
    Role, Timestamp, UserId,
    members::{MemberState, Standing},
};
use uuid::Uuid;

use crate::{Error, Result, Scope, Tx, exec, row, value, values};

/// Locks the organization, before anything is counted that decides who stays in it: changes of members come
/// one after the other.
pub async fn lock(tx: &mut Tx, scope: Scope) -> Result<()> {
    let _: Option<Uuid> =
        value!(tx, ["select id from organizations where id = $1" for_no_key_update()], [scope])?;
    Ok(())
}

/// How somebody stands; `None` for who never was a member.
pub async fn standing(tx: &mut Tx, scope: Scope, user: UserId) -> Result<Option<Standing>> {
    let row: Option<(String, String)> = row!(
        tx,
        "select role, state from members where organization_id = $1 and user_id = $2",
        [scope, user]
    )?;
    row.map(|(role, state)| read_standing(&role, &state)).transpose()
}

fn read_standing(role: &str, state: &str) -> Result<Standing> {
    Ok(Standing {
        role: Role::parse(role).ok_or(Error::Value { column: "members.role" })?,
        state: MemberState::parse(state).ok_or(Error::Value { column: "members.state" })?,
    })
}

/// The active owners.
pub async fn active_owners(tx: &mut Tx, scope: Scope) -> Result<Vec<UserId>> {
    let ids: Vec<Uuid> = values!(
        tx,
        "select user_id from members where organization_id = $1 and role = 'owner' and state = 'active'",
        [scope]
    )?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// The names of the active members who are no owners, by name, at most 10.
pub async fn others(tx: &mut Tx, scope: Scope) -> Result<Vec<String>> {
    values!(
        tx,
        "select u.name from members m join users u on u.id = m.user_id
         where m.organization_id = $1 and m.state = 'active' and m.role <> 'owner' order by u.name, u.id limit 10",
        [scope]
    )
}

/// Whether the account with this address is an active or suspended member.
pub async fn is_member(tx: &mut Tx, scope: Scope, email: &str) -> Result<bool> {
    let found: Option<Uuid> = value!(
        tx,
        "select m.user_id from members m join users u on u.id = m.user_id
         where m.organization_id = $1 and u.email = $2 and m.state in ('active', 'suspended')",
        [scope, email]
    )?;
    Ok(found.is_some())
}

/// Changes role and state.
pub async fn set_standing(
    tx: &mut Tx,
    scope: Scope,
    user: UserId,
    standing: Standing,
) -> Result<()> {
    exec!(
        tx,
        "update members set role = $3, state = $4 where organization_id = $1 and user_id = $2",
        [scope, user, standing.role.as_str(), standing.state.as_str()]
    )?;
    Ok(())
}

/// Makes somebody an active member; one who was a member before begins anew.
pub async fn join(
    tx: &mut Tx,
    scope: Scope,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "insert into members (organization_id, user_id, role, created_at) values ($1, $2, $3, $4)
         on conflict (organization_id, user_id)
         do update set role = excluded.role, state = 'active', created_at = excluded.created_at",
        [scope, user, role.as_str(), now]
    )?;
    Ok(())
}
