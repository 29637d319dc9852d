//! What exports are rendered from: a statement for each kind of row, however much is in them.

use domain::{
    Access, AuthMethod, CredentialId, Provider, Purpose, RepositoryId,
    credentials::{Parameters, PatternKind, Route},
    repositories::{RepositoryKind, Transport},
};
use uuid::Uuid;

use crate::{
    Db, Error, Json, Result, Scope,
    credentials::{access, parameters, pattern_kind, provider, purposes, shape},
    repositories::transport,
    rows,
};

/// A credential at its committed version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct CredentialRow {
    pub id: CredentialId,
    pub name: String,
    pub provider: Provider,
    pub shape: AuthMethod,
    pub username: String,
    pub parameters: Parameters,
    pub purposes: Vec<Purpose>,
    pub pattern: String,
    pub pattern_kind: PatternKind,
    pub vault_version: i64,
    /// Whether every project may use it: by itself, or because its project is shared.
    pub is_shared: bool,
    /// What it may do; `None` while nobody said.
    pub access: Option<Access>,
}

/// A repository with the credential of its link, if that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct RepositoryRow {
    pub id: RepositoryId,
    pub name: String,
    pub kind: RepositoryKind,
    pub url: String,
    pub transport: Transport,
    pub ca: String,
    pub credential: Option<CredentialId>,
    pub interval_seconds: u32,
}

#[derive(sqlx::FromRow)]
struct Found {
    id: Uuid,
    name: String,
    provider: String,
    shape: String,
    username: String,
    parameters: String,
    purposes: String,
    pattern: String,
    pattern_kind: String,
    vault_version: i64,
    access: String,
    is_shared: bool,
}

/// The credentials with these ids at the version that counts, by name. Those that were deleted or
/// never stored are left out; one whose secret is lost is not, so that nothing that uses it is taken
/// away for that.
pub async fn credentials(
    db: &Db,
    scope: Scope,
    ids: &[CredentialId],
) -> Result<Vec<CredentialRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Found> = rows!(
        db,
        ["select id, name, provider, shape, username, parameters, purposes, pattern, pattern_kind, vault_version,
            access, not exists (
              select 1 from projects p where p.organization_id = credentials.organization_id
                and p.id = credentials.project_id and not p.is_shared) as is_shared
          from credentials where organization_id = $1 and id in " ids(2) " and deleted_at is null
            and vault_version > 0
          order by name_key, id"],
        [scope, Json(ids)]
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(CredentialRow {
                id: row.id.into(),
                name: row.name,
                provider: provider(&row.provider)?,
                shape: shape(&row.shape)?,
                username: row.username,
                parameters: parameters(&row.parameters)?,
                purposes: purposes(&row.purposes)?,
                pattern: row.pattern,
                pattern_kind: pattern_kind(&row.pattern_kind)?,
                vault_version: row.vault_version,
                is_shared: row.is_shared,
                access: access(&row.access),
            })
        })
        .collect()
}

type Linked = (Uuid, String, String, String, bool, String, i64, Option<Uuid>);

/// The repositories with these ids, by name; deleted ones are left out.
pub async fn repositories(
    db: &Db,
    scope: Scope,
    ids: &[RepositoryId],
) -> Result<Vec<RepositoryRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Linked> = rows!(
        db,
        ["select r.id, r.name, r.kind, r.url, r.speaks_plain, r.ca, cast(r.interval_seconds as bigint), l.credential_id
          from repositories r
          left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
            and l.state = 'active'
            and l.origin = r.origin and not exists (select 1 from credentials c
              join projects p on p.organization_id = c.organization_id and p.id = c.project_id and not p.is_shared
              where c.organization_id = l.organization_id and c.id = l.credential_id and c.project_id <> r.project_id)
          where r.organization_id = $1 and r.id in " ids(2) " and r.deleted_at is null
          order by r.name_key, r.id"],
        [scope, Json(ids)]
    )?;
    rows.into_iter()
        .map(|(id, name, kind, url, speaks_plain, ca, interval, credential)| {
            Ok(RepositoryRow {
                id: id.into(),
                name,
                kind: RepositoryKind::parse(&kind)
                    .ok_or(Error::Value { column: "repositories.kind" })?,
                url,
                transport: transport(speaks_plain),
                ca,
                credential: credential.map(Into::into),
                interval_seconds: u32::try_from(interval)
                    .map_err(|_| Error::Value { column: "repositories.interval_seconds" })?,
            })
        })
        .collect()
}

/// A chart that the catalog knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct ChartRow {
    pub repository: RepositoryId,
    pub name: String,
    /// Where its newest version lies.
    pub archive: String,
    /// Whether the last sync found no other chart in the repository.
    pub is_alone: bool,
}

/// Which of these charts the catalog knows in which of these repositories; of OCI repositories with one
/// chart, that one in any case, because only it tells whether the URL is this chart itself.
pub async fn charts(
    db: &Db,
    scope: Scope,
    repositories: &[RepositoryId],
    names: &[&str],
) -> Result<Vec<ChartRow>> {
    if repositories.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, String, bool)> = rows!(
        db,
        ["select c.repository_id, c.name, v.url, r.kind = 'oci' and r.charts = 1 from charts c
          join repositories r on r.organization_id = c.organization_id and r.id = c.repository_id
          cross join chart_versions v
          where v.organization_id = c.organization_id and v.chart_id = c.id and v.position = 0
            and c.organization_id = $1 and c.repository_id in " ids(2) "
            and ((r.kind = 'oci' and r.charts = 1) or c.name in " texts(3) ")
          order by c.repository_id, c.name"],
        [scope, Json(repositories), Json(names)]
    )?;
    let row = |(repository, name, archive, is_alone): (Uuid, String, String, bool)| ChartRow {
        repository: repository.into(),
        name,
        archive,
        is_alone,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Archives of Helm repositories that do not lie below the URL of their repository: of each, the first
/// and the last in the order of text among the newest versions.
pub async fn archives(
    db: &Db,
    scope: Scope,
    repositories: &[RepositoryId],
) -> Result<Vec<(RepositoryId, [String; 2])>> {
    if repositories.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, String)> = rows!(
        db,
        ["select r.id, min(v.url), max(v.url) from repositories r
          join charts c on c.organization_id = r.organization_id and c.repository_id = r.id
          cross join chart_versions v
          where v.organization_id = c.organization_id and v.chart_id = c.id and v.position = 0
            and r.organization_id = $1 and r.id in " ids(2) " and r.kind = 'helm'
            and substr(v.url, 1, length(r.url)) <> r.url
          group by r.id"],
        [scope, Json(repositories)]
    )?;
    Ok(rows.into_iter().map(|(id, first, last)| (id.into(), [first, last])).collect())
}

/// Where the logins of credentials may go: each origin that people allowed, with the route.
pub async fn allowed(
    db: &Db,
    scope: Scope,
    credentials: &[CredentialId],
) -> Result<Vec<(CredentialId, (String, Route))>> {
    if credentials.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, String, String)> = rows!(
        db,
        ["select credential_id, origin, ca, proxy from allowed_addresses
          where organization_id = $1 and credential_id in " ids(2)],
        [scope, Json(credentials)]
    )?;
    let row = |(id, origin, ca, proxy): (Uuid, String, String, String)| {
        (id.into(), (origin, Route { ca, proxy }))
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The addresses of the repositories that credentials open, in order.
pub async fn addresses(
    db: &Db,
    scope: Scope,
    credentials: &[CredentialId],
) -> Result<Vec<(CredentialId, String)>> {
    if credentials.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String)> = rows!(
        db,
        ["select distinct l.credential_id, r.url from links l
          join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
          where l.organization_id = $1 and l.credential_id in " ids(2) " and r.deleted_at is null
            and l.state = 'active'
            and l.origin = r.origin and not exists (select 1 from credentials c
              join projects p on p.organization_id = c.organization_id and p.id = c.project_id and not p.is_shared
              where c.organization_id = l.organization_id and c.id = l.credential_id and c.project_id <> r.project_id)"],
        [scope, Json(credentials)]
    )?;
    let mut rows: Vec<_> = rows.into_iter().map(|(id, url)| (id.into(), url)).collect();
    // Databases sort text in ways of their own; what is rendered must not depend on that.
    rows.sort_unstable_by(|a: &(CredentialId, String), b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    Ok(rows)
}
