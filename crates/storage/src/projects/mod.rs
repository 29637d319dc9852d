//! SQL of projects.

mod read;
mod write;

pub use read::{contents, credentials_of, default_id, list, name_of, shared, sharing};
pub use write::{
    clear_credentials, clear_repositories, delete, insert, rename, set_sharing, used_elsewhere,
};

use domain::{OrganizationId, ProjectId, Timestamp};

use crate::{Result, Scope, Tx, exec, search};

/// Adds the project of an organization that takes what is not put into another one.
pub(crate) async fn add_default(
    tx: &mut Tx,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<()> {
    let (scope, id) = (Scope::of_row(organization), ProjectId::new());
    exec!(
        tx,
        "insert into projects (organization_id, id, name, name_key, is_default, created_at)
         values ($1, $2, 'default', 'default', true, $3)",
        [scope, id, now]
    )?;
    search::project(tx, scope, id).await
}
