//! Whether what was used to reach a registry still counts.

use domain::{CredentialId, OrganizationId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Result, Tx, on};

/// A credential at the epoch it was used in.
pub type Used = (OrganizationId, CredentialId, i64);

/// Those that were updated or deleted since.
///
/// # Errors
/// When the database does not answer.
pub async fn outdated(tx: &mut Tx, used: &[Used]) -> Result<Vec<Used>> {
    let mut outdated = Vec::new();
    for chunk in used.chunks(64) {
        let rows: Vec<(Uuid, Uuid, i64)> = on!(tx.inner(), tx => {
            let mut query =
                QueryBuilder::new("select v.column1, v.column2, v.column3 from (");
            query.push_values(chunk, |mut row, (organization, credential, epoch)| {
                row.push_bind(organization.uuid())
                    .push_bind(credential.uuid())
                    .push_bind(*epoch);
            });
            query.push(
                ") as v where not exists (select 1 from credentials c
                   where c.organization_id = v.column1 and c.id = v.column2 and c.epoch = v.column3)",
            );
            query.build_query_as().fetch_all(&mut **tx).await
        })?;
        outdated.extend(rows.into_iter().map(|(organization, credential, epoch)| {
            (organization.into(), credential.into(), epoch)
        }));
    }
    Ok(outdated)
}
