//! SQL of organizations and their members.

#[cfg(test)]
mod tenant_isolation;

use domain::{Name, OrganizationId, Role, Timestamp, UserId, organizations::Membership};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, Tx, exec, rows, value};

/// Adds an organization with its default project.
pub async fn add(tx: &mut Tx, id: OrganizationId, name: &Name, now: Timestamp) -> Result<Scope> {
    insert(tx, id, name, now).await?;
    crate::projects::add_default(tx, id, now).await?;
    Ok(Scope::of_row(id))
}

async fn insert(tx: &mut Tx, id: OrganizationId, name: &Name, now: Timestamp) -> Result<()> {
    exec!(
        tx,
        "insert into organizations (id, name, created_at) values ($1, $2, $3)",
        [id, name.as_str(), now]
    )?;
    Ok(())
}

/// Makes a person a member.
///
/// # Errors
/// When the database refuses, such as a person who is one already.
pub async fn add_member(
    tx: &mut Tx,
    organization: OrganizationId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "insert into members (organization_id, user_id, role, created_at) values ($1, $2, $3, $4)",
        [organization, user, role.as_str(), now]
    )?;
    Ok(())
}

/// The organizations of a person, the one they joined first at the top.
///
/// # Errors
/// When the database does not answer, or holds a role this version does not know.
pub async fn memberships(db: &Db, user: UserId) -> Result<Vec<Membership>> {
    let rows: Vec<(Uuid, String, String)> = rows!(
        db,
        "select organizations.id, organizations.name, members.role
         from members join organizations on organizations.id = members.organization_id
         where members.user_id = $1 and members.state = 'active'
         order by members.created_at, organizations.id",
        [user]
    )?;
    rows.into_iter()
        .map(|(organization, name, role)| {
            let role = Role::parse(&role).ok_or(Error::Value { column: "members.role" })?;
            Ok(Membership { organization: organization.into(), name, role })
        })
        .collect()
}

/// The organization whose audit log a sign-in stands in: the one that the person joined first, or, where
/// nobody is known who is in one, the one that was made first: that of whoever set this Hawser up.
pub async fn of_sign_in(tx: &mut Tx, user: Option<UserId>) -> Result<Option<Scope>> {
    let id: Option<Uuid> = value!(
        tx,
        "select organizations.id from organizations
         left join members on members.organization_id = organizations.id and members.user_id = $1
           and members.state = 'active'
         order by case when members.user_id is null then 1 else 0 end, members.created_at,
           organizations.created_at, organizations.id
         limit 1",
        [user]
    )?;
    Ok(id.map(Scope::of_row))
}
