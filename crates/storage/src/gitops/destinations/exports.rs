//! The exports that a destination takes.

use domain::{ExportId, gitops::Destination};
use uuid::Uuid;

use super::{DestinationKind, of_kind};
use crate::{Db, Json, Result, Scope, Tx, exec};

macro_rules! list_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!(
            "select e.id, e.name from ",
            $members,
            " m join exports e on e.organization_id = m.organization_id and e.id = m.export_id
             where m.organization_id = $1 and m.",
            $id,
            " = $2 order by e.name_key"
        )
    };
}

/// The exports that a destination takes, by name.
pub async fn exports_of(
    db: &Db,
    scope: Scope,
    destination: impl Into<Destination>,
) -> Result<Vec<(ExportId, String)>> {
    let destination = destination.into();
    let id = destination.uuid();
    let rows: Vec<(Uuid, String)> = of_kind!(destination.into(), rows, list_text, db, [scope, id])?;
    Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
}

macro_rules! clear_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!("delete from ", $members, " where organization_id = $1 and ", $id, " = $2")
    };
}

/// Takes every export away from a destination.
pub async fn clear_exports(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
) -> Result<()> {
    let destination = destination.into();
    let id = destination.uuid();
    of_kind!(destination.into(), exec, clear_text, tx, [scope, id])?;
    Ok(())
}

/// Gives exports to a destination that has none.
///
/// # Errors
/// When one is not there ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn set_exports(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    exports: &[ExportId],
) -> Result<()> {
    match destination.into() {
        Destination::GitTarget(id) => exec!(
            tx,
            ["insert into git_target_exports (organization_id, target_id, export_id)
              select $1, $2, id.value from " each_id(3) " as id"],
            [scope, id, Json(exports)]
        ),
        Destination::Cluster(id) => exec!(
            tx,
            ["insert into cluster_exports (organization_id, cluster_id, export_id)
              select $1, $2, id.value from " each_id(3) " as id"],
            [scope, id, Json(exports)]
        ),
    }?;
    Ok(())
}
