//! What exports are rendered from, gathered for all of them at once.

use std::collections::{BTreeSet, HashMap};

use domain::{
    CredentialId, RepositoryId,
    credentials::{AllowedAddresses, Route, SecretMaterial},
    exports::{
        CredentialFacts, ExportFacts, ExportFields, KnownChart, RepositoryFacts, Selects,
        VaultFacts, written,
    },
    repositories::{ChartPlace, foreign_origin},
};
use storage::{
    Scope,
    exports::{ChartRow, CredentialRow, RepositoryRow},
};

use crate::{Engine, Error, credentials::path};

/// The rows of everything that some exports are about.
pub(super) struct Sources {
    vault: VaultFacts,
    scope: Scope,
    credentials: HashMap<CredentialId, CredentialRow>,
    repositories: HashMap<RepositoryId, RepositoryRow>,
    addresses: HashMap<CredentialId, Vec<String>>,
    allowed: HashMap<CredentialId, Vec<(String, Route)>>,
    charts: HashMap<RepositoryId, Vec<ChartRow>>,
    archives: HashMap<RepositoryId, [String; 2]>,
}

/// The content of credentials, with the version that it is.
pub(super) type Materials = HashMap<CredentialId, (SecretMaterial, i64)>;

impl Sources {
    /// Reads them: one statement for each kind of row, however many exports there are.
    pub(super) async fn of(
        engine: &Engine,
        scope: Scope,
        exports: &[&ExportFields],
    ) -> Result<Self, Error> {
        let chosen: BTreeSet<_> =
            exports.iter().flat_map(|export| export.repositories.iter().copied()).collect();
        let chosen: Vec<_> = chosen.into_iter().collect();
        let repositories = storage::exports::repositories(&engine.db, scope, &chosen).await?;
        let named: BTreeSet<_> =
            exports.iter().flat_map(|export| export.credentials.iter().copied()).collect();
        let linked = repositories.iter().filter_map(|repository| repository.credential);
        let all: BTreeSet<_> = named.iter().copied().chain(linked).collect();
        let all: Vec<_> = all.into_iter().collect();
        let credentials = storage::exports::credentials(&engine.db, scope, &all).await?;
        let named: Vec<_> = named.into_iter().collect();
        let mut addresses: HashMap<CredentialId, Vec<String>> = HashMap::new();
        for (id, url) in storage::exports::addresses(&engine.db, scope, &named).await? {
            addresses.entry(id).or_default().push(url);
        }
        let mut allowed: HashMap<CredentialId, Vec<(String, Route)>> = HashMap::new();
        for (id, origin) in storage::exports::allowed(&engine.db, scope, &all).await? {
            allowed.entry(id).or_default().push(origin);
        }
        let asked: BTreeSet<_> = exports
            .iter()
            .flat_map(|export| export.settings.asked_charts().map(|asked| asked.name))
            .collect();
        let asked: Vec<_> = asked.into_iter().collect();
        let mut charts: HashMap<RepositoryId, Vec<ChartRow>> = HashMap::new();
        for row in storage::exports::charts(&engine.db, scope, &chosen, &asked).await? {
            charts.entry(row.repository).or_default().push(row);
        }
        let archives = storage::exports::archives(&engine.db, scope, &chosen).await?;
        let place = &engine.vault_place;
        Ok(Self {
            vault: VaultFacts { mount: place.mount.clone(), namespace: place.namespace.clone() },
            scope,
            credentials: credentials.into_iter().map(|row| (row.id, row)).collect(),
            repositories: repositories.into_iter().map(|row| (row.id, row)).collect(),
            addresses,
            allowed,
            charts,
            archives: archives.into_iter().collect(),
        })
    }

    /// The credentials of an export that are still there, by itself or through its repositories.
    pub(super) fn credentials(&self, export: &ExportFields) -> Vec<&CredentialRow> {
        let linked = self.repositories(export).filter_map(|repository| repository.credential);
        let ids: BTreeSet<_> = export.credentials.iter().copied().chain(linked).collect();
        ids.iter().filter_map(|id| self.credentials.get(id)).collect()
    }

    /// Those of them of which something is written: what may not leave is not read either.
    pub(super) fn written(&self, export: &ExportFields) -> Vec<&CredentialRow> {
        let written = written(export, &self.facts(export, &Materials::new()));
        let mut credentials = self.credentials(export);
        credentials.retain(|row| written.contains(&row.id));
        credentials
    }

    /// The repositories of an export that are still there.
    pub(super) fn repositories<'a>(
        &'a self,
        export: &'a ExportFields,
    ) -> impl Iterator<Item = &'a RepositoryRow> {
        export.repositories.iter().filter_map(|id| self.repositories.get(id))
    }

    /// What one export is rendered from; with the content of the credentials in `materials`, at the
    /// versions they have there.
    pub(super) fn facts(&self, export: &ExportFields, materials: &Materials) -> ExportFacts {
        let credentials = self
            .credentials(export)
            .into_iter()
            .map(|row| self.credential(export, row, materials.get(&row.id)))
            .collect();
        ExportFacts {
            credentials,
            repositories: self.repositories(export).map(|row| self.repository(row)).collect(),
            vault: self.vault.clone(),
        }
    }

    fn credential(
        &self,
        export: &ExportFields,
        row: &CredentialRow,
        material: Option<&(SecretMaterial, i64)>,
    ) -> CredentialFacts {
        let addresses = match export.consumer.facts().selects {
            Selects::Credentials => self.addresses.get(&row.id).cloned().unwrap_or_default(),
            // What such an export does not name does not belong into it.
            Selects::Repositories => {
                let of_it = |repository: &&RepositoryRow| repository.credential == Some(row.id);
                let mut urls: Vec<_> = self
                    .repositories(export)
                    .filter(of_it)
                    .map(|repository| repository.url.clone())
                    .collect();
                urls.sort_unstable();
                urls.dedup();
                urls
            }
        };
        CredentialFacts {
            id: row.id,
            name: row.name.clone(),
            provider: row.provider,
            shape: row.shape,
            username: row.username.clone(),
            parameters: row.parameters.clone(),
            purposes: row.purposes.clone(),
            pattern: row.pattern.clone(),
            pattern_kind: row.pattern_kind,
            path: path(self.scope, row.id).to_string(),
            vault_version: material.map_or(row.vault_version, |(_, version)| *version),
            addresses,
            is_shared: row.is_shared,
            allowed: AllowedAddresses::new(
                row.provider,
                self.allowed.get(&row.id).cloned().unwrap_or_default(),
            ),
            material: material.map(|(material, _)| material.clone()),
        }
    }

    fn repository(&self, row: &RepositoryRow) -> RepositoryFacts {
        let rows = self.charts.get(&row.id).map_or(&[][..], Vec::as_slice);
        let known = || {
            rows.iter().map(|chart| KnownChart {
                name: chart.name.clone(),
                place: ChartPlace::of(row.kind, &row.url, &chart.name, Some(&chart.archive)),
            })
        };
        let archives = self.archives.get(&row.id).into_iter().flatten();
        let mut archives: Vec<_> =
            archives.filter_map(|archive| foreign_origin(&row.url, archive)).collect();
        archives.dedup();
        RepositoryFacts {
            id: row.id,
            name: row.name.clone(),
            kind: row.kind,
            url: row.url.clone(),
            transport: row.transport,
            ca: row.ca.clone(),
            credential: row.credential,
            interval_seconds: row.interval_seconds,
            charts: known().collect(),
            only: known().zip(rows).find(|(_, row)| row.is_alone).map(|(chart, _)| chart),
            archives,
        }
    }
}
