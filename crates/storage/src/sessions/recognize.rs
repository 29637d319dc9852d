//! Who asks.

use domain::{Epochs, Principal, Role, UserId};
use uuid::Uuid;

use crate::{Db, Error, Result, row};

/// The person in the organization they joined first; `None` when there is no such account, or it is
/// in no organization. One statement, because every request asks it.
///
/// # Errors
/// When the database does not answer, or holds a role this version does not know.
pub async fn principal(db: &Db, user: UserId) -> Result<Option<Principal>> {
    let row: Option<(String, Uuid, String, String, i64, i64, i64)> = row!(
        db,
        "select u.name, o.id, o.name as organization_name, m.role, m.epoch, u.epoch, o.epoch from users u
         join members m on m.user_id = u.id join organizations o on o.id = m.organization_id
         where u.id = $1 and m.state = 'active' order by m.created_at, o.id limit 1",
        [user]
    )?;
    row.map(|(name, organization, organization_name, role, of_member, of_user, of_organization)| {
        let role = Role::parse(&role).ok_or(Error::Value { column: "role" })?;
        Ok(Principal {
            user,
            name,
            organization: organization.into(),
            organization_name,
            role,
            address: None,
            epochs: Epochs { member: of_member, user: of_user, organization: of_organization },
        })
    })
    .transpose()
}
