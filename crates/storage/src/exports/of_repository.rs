//! The exports that name a repository.

use domain::{
    ExportId, RepositoryId,
    exports::{Consumer, ExportSettings},
};
use uuid::Uuid;

use super::read::{consumer, settings};
use crate::{Result, Scope, Tx, rows};

/// The exports that name a repository, with who reads each and its settings.
pub async fn of_repository(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<(ExportId, Consumer, ExportSettings)>> {
    let rows: Vec<(Uuid, String, String)> = rows!(
        tx,
        "select e.id, e.consumer, e.settings from export_repositories m
         join exports e on e.organization_id = m.organization_id and e.id = m.export_id
         where m.organization_id = $1 and m.repository_id = $2
         order by e.id",
        [scope, repository]
    )?;
    rows.into_iter()
        .map(|(id, who, text)| Ok((id.into(), consumer(&who)?, settings(&text)?)))
        .collect()
}
