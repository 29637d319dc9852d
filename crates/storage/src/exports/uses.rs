//! The chain from a credential to the places that hold it.

use domain::{
    CredentialId, ExportId, RepositoryId,
    exports::DeliveryMethod,
    gitops::{CredentialUse, DestinationState, Unmerged},
};
use uuid::Uuid;

use super::read::place;
use crate::{Db, Error, Result, Scope, rows};

#[derive(sqlx::FromRow)]
struct Row {
    export_id: Uuid,
    export_name: String,
    place_kind: Option<String>,
    place_id: Option<Uuid>,
    place_name: Option<String>,
    state: Option<String>,
    unmerged: Option<String>,
    vault_version: Option<i64>,
}

/// The most pairs that [`through`] answers; the map of a page shows far fewer.
const PAIRS: u32 = 1_000;

/// By which of its repositories a credential is in which export.
pub async fn through(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
) -> Result<Vec<(RepositoryId, ExportId)>> {
    let rows: Vec<(Uuid, Uuid)> = rows!(
        db,
        "select m.repository_id, m.export_id from links l
         join export_repositories m on m.organization_id = l.organization_id and m.repository_id = l.repository_id
         where l.organization_id = $1 and l.credential_id = $2 limit $3",
        [scope, credential, PAIRS]
    )?;
    Ok(rows.into_iter().map(|(repository, export)| (repository.into(), export.into())).collect())
}

/// The exports a credential is in, by itself or through a linked repository, with every place that
/// takes them and the version it was last written with; by name. An export that carries no secret holds
/// none.
pub async fn uses(db: &Db, scope: Scope, credential: CredentialId) -> Result<Vec<CredentialUse>> {
    let rows: Vec<Row> = rows!(
        db,
        "select e.id as export_id, e.name as export_name, p.place_kind, p.place_id, p.name as place_name, p.state,
           p.unmerged, w.vault_version
         from exports e
         left join (
           select 'git_target' as place_kind, m.organization_id, m.export_id, t.id as place_id, t.name, t.name_key,
             t.state, case when t.waits_since is not null then 'waits'
               when t.cause = 'request_closed' then 'closed' end as unmerged
           from git_target_exports m
           join git_targets t on t.organization_id = m.organization_id and t.id = m.target_id
           union all
           select 'cluster' as place_kind, m.organization_id, m.export_id, c.id as place_id, c.name, c.name_key,
             c.state, null as unmerged
           from cluster_exports m
           join clusters c on c.organization_id = m.organization_id and c.id = m.cluster_id
         ) p on p.organization_id = e.organization_id and p.export_id = e.id
         left join place_credentials w on w.organization_id = e.organization_id and w.place_id = p.place_id
           and w.credential_id = $2
         where e.organization_id = $1 and e.carrier <> $3 and (
           exists (select 1 from export_credentials m
             where m.organization_id = $1 and m.export_id = e.id and m.credential_id = $2)
           or exists (select 1 from export_repositories m
             join links l on l.organization_id = m.organization_id and l.repository_id = m.repository_id
             where m.organization_id = $1 and m.export_id = e.id and l.credential_id = $2))
         order by e.name_key, p.name_key, p.place_id",
        [scope, credential, DeliveryMethod::None.as_str()]
    )?;
    rows.into_iter()
        .map(|row| {
            let state = row.state.as_deref().map(|state| {
                DestinationState::parse(state).ok_or(Error::Value { column: "git_targets.state" })
            });
            let at = row.place_kind.as_deref().zip(row.place_id);
            Ok(CredentialUse {
                export: row.export_id.into(),
                export_name: row.export_name,
                place: at.map(|(kind, id)| place(kind, id)).transpose()?,
                place_name: row.place_name.unwrap_or_default(),
                state: state.transpose()?,
                unmerged: row.unmerged.as_deref().and_then(Unmerged::parse),
                vault_version: row.vault_version,
            })
        })
        .collect()
}
