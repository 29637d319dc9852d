//! Single exports.

use std::collections::{BTreeMap, HashMap};

use domain::{
    CredentialId, ExportId, RepositoryId, Timestamp,
    exports::{Consumer, DeliveryMethod, ExportPlace, ExportSettings},
    propagation::DeliveryTarget,
};
use uuid::Uuid;

use crate::{Db, Error, Json, Result, Scope, rows};

/// An export as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredExport {
    /// Its id.
    pub id: ExportId,
    /// Its name.
    pub name: String,
    /// Who reads it.
    pub consumer: Consumer,
    /// How values get there.
    pub carrier: DeliveryMethod,
    /// Its settings, as checked when it was saved.
    pub settings: ExportSettings,
    /// The chosen credentials.
    pub credentials: Vec<CredentialId>,
    /// The chosen repositories.
    pub repositories: Vec<RepositoryId>,
    /// Patterns that are exported although they fix no allowed address, as they were when somebody agreed.
    pub agreed: BTreeMap<CredentialId, String>,
    /// Counts every change.
    pub row_version: i64,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: Timestamp,
}

type Row = (Uuid, String, String, String, String, i64, String, i64);

/// The exports with these ids, by name; an id without an export is left out.
pub async fn stored(db: &Db, scope: Scope, ids: &[ExportId]) -> Result<Vec<StoredExport>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = rows!(
        db,
        ["select id, name, consumer, carrier, settings, row_version, updated_by, updated_at
          from exports where organization_id = $1 and id in " ids(2) " order by name_key"],
        [scope, Json(ids)]
    )?;
    let mut credentials = members(db, scope, ids, Member::Credential).await?;
    let mut agreed = agreed(db, scope, ids).await?;
    let mut repositories = members(db, scope, ids, Member::Repository).await?;
    rows.into_iter()
        .map(|(id, name, who, how, settings, row_version, updated_by, updated_at)| {
            let taken =
                |members: &mut HashMap<Uuid, Vec<Uuid>>| members.remove(&id).unwrap_or_default();
            Ok(StoredExport {
                id: id.into(),
                name,
                consumer: consumer(&who)?,
                carrier: carrier(&how)?,
                settings: self::settings(&settings)?,
                credentials: taken(&mut credentials).into_iter().map(Into::into).collect(),
                repositories: taken(&mut repositories).into_iter().map(Into::into).collect(),
                agreed: agreed.remove(&id).unwrap_or_default(),
                row_version,
                updated_by,
                updated_at: Timestamp::from_millis(updated_at),
            })
        })
        .collect()
}

/// How often each of these exports was changed; an id without an export is left out.
pub async fn row_versions(
    db: &Db,
    scope: Scope,
    ids: &[ExportId],
) -> Result<BTreeMap<ExportId, i64>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Uuid, i64)> = rows!(
        db,
        ["select id, row_version from exports where organization_id = $1 and id in " ids(2)],
        [scope, Json(ids)]
    )?;
    Ok(rows.into_iter().map(|(id, version)| (id.into(), version)).collect())
}

/// What the column says.
pub(super) fn settings(text: &str) -> Result<ExportSettings> {
    serde_json::from_str(text).map_err(|_| Error::Value { column: "exports.settings" })
}

#[derive(Clone, Copy)]
enum Member {
    Credential,
    Repository,
}

/// What the exports are about, in the order in which it was made.
async fn members(
    db: &Db,
    scope: Scope,
    ids: &[ExportId],
    member: Member,
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let rows: Vec<(Uuid, Uuid)> = match member {
        Member::Credential => rows!(
            db,
            ["select export_id, credential_id from export_credentials
              where organization_id = $1 and export_id in " ids(2) " order by 1, 2"],
            [scope, Json(ids)]
        ),
        Member::Repository => rows!(
            db,
            ["select export_id, repository_id from export_repositories
              where organization_id = $1 and export_id in " ids(2) " order by 1, 2"],
            [scope, Json(ids)]
        ),
    }?;
    let mut members: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (export, member) in rows {
        members.entry(export).or_default().push(member);
    }
    Ok(members)
}

/// The patterns to whose export somebody agreed.
async fn agreed(
    db: &Db,
    scope: Scope,
    ids: &[ExportId],
) -> Result<HashMap<Uuid, BTreeMap<CredentialId, String>>> {
    let rows: Vec<(Uuid, Uuid, String)> = rows!(
        db,
        ["select export_id, credential_id, agreed_pattern from export_credentials
          where organization_id = $1 and export_id in " ids(2) " and agreed_pattern <> ''"],
        [scope, Json(ids)]
    )?;
    let mut agreed: HashMap<Uuid, BTreeMap<CredentialId, String>> = HashMap::new();
    for (export, credential, pattern) in rows {
        agreed.entry(export).or_default().insert(credential.into(), pattern);
    }
    Ok(agreed)
}

/// The names of those of these exports that are there.
pub async fn named(db: &Db, scope: Scope, ids: &[ExportId]) -> Result<Vec<(ExportId, String)>> {
    Ok(stored(db, scope, ids).await?.into_iter().map(|export| (export.id, export.name)).collect())
}

/// The Git targets and clusters that take an export, by name.
pub async fn places(db: &Db, scope: Scope, export: ExportId) -> Result<Vec<ExportPlace>> {
    let rows: Vec<(String, Uuid, String)> = rows!(
        db,
        "select place_kind, id, name from (
           select 'git_target' as place_kind, t.id, t.name, t.name_key from git_target_exports m
           join git_targets t on t.organization_id = m.organization_id and t.id = m.target_id
           where m.organization_id = $1 and m.export_id = $2
           union all
           select 'cluster' as place_kind, c.id, c.name, c.name_key from cluster_exports m
           join clusters c on c.organization_id = m.organization_id and c.id = m.cluster_id
           where m.organization_id = $1 and m.export_id = $2
         ) as places
         order by name_key, id",
        [scope, export]
    )?;
    rows.into_iter()
        .map(|(kind, id, name)| Ok(ExportPlace { place: place(&kind, id)?, name }))
        .collect()
}

pub(super) fn consumer(code: &str) -> Result<Consumer> {
    Consumer::parse(code).ok_or(Error::Value { column: "exports.consumer" })
}

pub(super) fn carrier(code: &str) -> Result<DeliveryMethod> {
    DeliveryMethod::parse(code).ok_or(Error::Value { column: "exports.carrier" })
}

/// A place as the columns `place_kind` and `place_id` name it.
pub(crate) fn place(kind: &str, id: Uuid) -> Result<DeliveryTarget> {
    match kind {
        "git_target" => Ok(DeliveryTarget::GitTarget(id.into())),
        "cluster" => Ok(DeliveryTarget::Cluster(id.into())),
        _ => Err(Error::Value { column: "place_kind" }),
    }
}
