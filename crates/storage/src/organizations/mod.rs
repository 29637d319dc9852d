//! SQL of organizations and their members.

#[cfg(test)]
mod tenant_isolation;

use domain::{Name, OrganizationId, Role, Timestamp, UserId, organizations::Membership};
use uuid::Uuid;

use crate::{Db, Error, Result, Tx, on, sql};

/// Adds an organization with its default project.
///
/// # Errors
/// When the database refuses.
pub async fn add(tx: &mut Tx, id: OrganizationId, name: &Name, now: Timestamp) -> Result<()> {
    insert(tx, id, name, now).await?;
    crate::projects::add_default(tx, id, now).await
}

async fn insert(tx: &mut Tx, id: OrganizationId, name: &Name, now: Timestamp) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("insert into organizations (id, name, created_at) values ($1, $2, $3)"))
            .bind(id.uuid())
            .bind(name.as_str())
            .bind(now.millis())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
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
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into members (organization_id, user_id, role, created_at) values ($1, $2, $3, $4)"
        ))
        .bind(organization.uuid())
        .bind(user.uuid())
        .bind(role.as_str())
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// The organizations of a person, the one they joined first at the top.
///
/// # Errors
/// When the database does not answer, or holds a role this version does not know.
pub async fn memberships(db: &Db, user: UserId) -> Result<Vec<Membership>> {
    let rows: Vec<(Uuid, String, String)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select organizations.id, organizations.name, members.role
             from members join organizations on organizations.id = members.organization_id
             where members.user_id = $1
             order by members.created_at, organizations.id"
        ))
        .bind(user.uuid())
        .fetch_all(pool)
        .await
    })?;
    rows.into_iter()
        .map(|(organization, name, role)| {
            let role = Role::parse(&role).ok_or(Error::Value { column: "members.role" })?;
            Ok(Membership { organization: organization.into(), name, role })
        })
        .collect()
}

/// The organization whose audit log a sign-in stands in: the one that the person joined first, or, where
/// nobody is known who is in one, the one that was made first: that of whoever set this Hawser up.
///
/// # Errors
/// When the database does not answer.
pub async fn of_sign_in(tx: &mut Tx, user: Option<UserId>) -> Result<Option<OrganizationId>> {
    let id: Option<Uuid> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "select organizations.id from organizations
             left join members on members.organization_id = organizations.id and members.user_id = $1
             order by case when members.user_id is null then 1 else 0 end, members.created_at,
               organizations.created_at, organizations.id
             limit 1"
        ))
        .bind(user.map(UserId::uuid))
        .fetch_optional(&mut **tx)
        .await
    })?;
    Ok(id.map(OrganizationId::from))
}
