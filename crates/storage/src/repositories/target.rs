//! What a sync needs to know.

use domain::{
    CredentialId, ProjectId, RepositoryId,
    repositories::{LinkState, RepositoryKind, Transport},
};

use super::{transport::transport, write::link_state};
use crate::{Db, Error, Result, Scope, row};

/// The credential of a repository, as far as SQL knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedCredential {
    /// The credential.
    pub credential: CredentialId,
    /// Whether it may be sent to the repository's origin.
    pub state: LinkState,
    /// Its committed version.
    pub vault_version: i64,
    /// Its epoch.
    pub epoch: i64,
    /// Its name.
    pub name: String,
    /// How often in a row the host refused it.
    pub refusals: u32,
    /// Whether it is not used at this host any more.
    pub is_paused: bool,
}

/// A repository as a sync sees it. Results are written only while `epoch` is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct SyncTarget {
    pub id: RepositoryId,
    pub name: String,
    pub kind: RepositoryKind,
    pub url: String,
    pub origin: String,
    pub project: ProjectId,
    /// The URL chooses the credential.
    pub is_automatic: bool,
    pub ca: String,
    pub proxy: String,
    pub chart_names: Vec<String>,
    /// Seconds; 0 for only by hand.
    pub interval: u32,
    pub epoch: i64,
    pub failures: u32,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub digest: Option<String>,
    pub transport: Transport,
    pub login: Option<LinkedCredential>,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    kind: String,
    url: String,
    origin: String,
    project_id: uuid::Uuid,
    is_automatic: bool,
    ca: String,
    proxy: String,
    chart_names: String,
    interval_seconds: i64,
    epoch: i64,
    failures: i64,
    etag: Option<String>,
    last_modified: Option<String>,
    digest: Option<String>,
    speaks_plain: bool,
    credential_id: Option<uuid::Uuid>,
    credential_project: Option<uuid::Uuid>,
    link_state: Option<String>,
    link_origin: Option<String>,
    vault_version: Option<i64>,
    credential_epoch: Option<i64>,
    credential_name: Option<String>,
    refusals: Option<i64>,
    paused_at: Option<i64>,
}

/// What a sync of this repository needs to know; `None` when the repository is gone.
pub async fn target(db: &Db, scope: Scope, id: RepositoryId) -> Result<Option<SyncTarget>> {
    let row: Option<Row> = row!(
        db,
        "select r.name, r.kind, r.url, r.origin, r.project_id, r.is_automatic, r.ca, r.proxy, r.chart_names,
           r.interval_seconds, r.epoch, r.failures, r.etag, r.last_modified, r.digest, r.speaks_plain, l.credential_id, p.id as credential_project,
           l.state as link_state, l.origin as link_origin, c.vault_version, c.epoch as credential_epoch,
           c.name as credential_name, f.count as refusals, f.paused_at
         from repositories r
         left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
         left join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
         left join projects p on p.organization_id = c.organization_id and p.id = c.project_id and not p.is_shared
         left join refusals f on f.organization_id = l.organization_id and f.credential_id = l.credential_id
           and f.origin = l.origin
         where r.organization_id = $1 and r.id = $2 and r.deleted_at is null",
        [scope, id]
    )?;
    row.map(|row| row.into_target(id)).transpose()
}

impl Row {
    fn into_target(self, id: RepositoryId) -> Result<SyncTarget> {
        // A link for another origin than the repository's, or of another project's credential, is as good as
        // suspended, whatever its state says.
        let for_this_origin = self.link_origin.as_deref() == Some(self.origin.as_str());
        let within_reach = self.credential_project.is_none_or(|own| own == self.project_id);
        let login = self.credential_id.map(|credential| LinkedCredential {
            credential: credential.into(),
            state: if for_this_origin && within_reach {
                link_state(self.link_state.as_deref())
            } else {
                LinkState::Suspended
            },
            vault_version: self.vault_version.unwrap_or_default(),
            epoch: self.credential_epoch.unwrap_or_default(),
            name: self.credential_name.unwrap_or_default(),
            refusals: self.refusals.and_then(|n| u32::try_from(n).ok()).unwrap_or_default(),
            is_paused: self.paused_at.is_some(),
        });
        Ok(SyncTarget {
            id,
            name: self.name,
            kind: RepositoryKind::parse(&self.kind).ok_or(Error::Value { column: "kind" })?,
            url: self.url,
            origin: self.origin,
            project: self.project_id.into(),
            is_automatic: self.is_automatic,
            ca: self.ca,
            proxy: self.proxy,
            chart_names: self.chart_names.lines().map(str::to_owned).collect(),
            interval: u32::try_from(self.interval_seconds)
                .map_err(|_| Error::Value { column: "interval_seconds" })?,
            epoch: self.epoch,
            failures: u32::try_from(self.failures)
                .map_err(|_| Error::Value { column: "failures" })?,
            etag: self.etag,
            last_modified: self.last_modified,
            digest: self.digest,
            transport: transport(self.speaks_plain),
            login,
        })
    }
}
