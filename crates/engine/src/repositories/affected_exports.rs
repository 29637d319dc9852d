//! The exports that are written from what a sync found: which registry holds a chart that they name, and
//! how it speaks.

use std::collections::{BTreeMap, BTreeSet};

use domain::exports::{Consumer, ExportSettings};
use domain::{ClusterId, ExportId, GitTargetId, RepositoryId, Timestamp};
use storage::{
    Scope, Tx,
    gitops::{Affected, Touched},
    repositories::SyncOutcome,
};

use crate::{
    Error,
    destinations::{When, mark},
};

/// The places that have to be written again.
#[derive(Default)]
pub(super) struct Moved {
    places: BTreeMap<Scope, (BTreeSet<GitTargetId>, BTreeSet<ClusterId>)>,
}

impl Moved {
    /// Charts with these names came to a repository, or left it.
    pub(super) async fn charts(
        &mut self,
        tx: &mut Tx,
        scope: Scope,
        repository: RepositoryId,
        names: &BTreeSet<String>,
    ) -> Result<(), Error> {
        if names.is_empty() {
            return Ok(());
        }
        let names_one = |settings: &ExportSettings| {
            settings.asked_charts().any(|asked| names.contains(asked.name))
        };
        self.exports(tx, scope, repository, |_, settings| names_one(settings)).await
    }

    /// Writes down which registries speak TLS now, or do not any more.
    pub(super) async fn transports(
        &mut self,
        tx: &mut Tx,
        outcomes: &[&SyncOutcome],
    ) -> Result<(), Error> {
        let says = |consumer| matches!(consumer, Consumer::Flux | Consumer::ArgoCd);
        for outcome in outcomes {
            let Some(transport) = outcome.transport else { continue };
            let (scope, id) = (outcome.scope, outcome.repository);
            storage::repositories::set_transport(tx, scope, id, transport).await?;
            self.exports(tx, scope, id, |consumer, _| says(consumer)).await?;
        }
        Ok(())
    }

    async fn exports(
        &mut self,
        tx: &mut Tx,
        scope: Scope,
        repository: RepositoryId,
        is_about_it: impl Fn(Consumer, &ExportSettings) -> bool,
    ) -> Result<(), Error> {
        let exports = storage::exports::of_repository(tx, scope, repository).await?;
        let exports = exports.into_iter().filter(|(_, who, settings)| is_about_it(*who, settings));
        let exports: Vec<ExportId> = exports.map(|(id, ..)| id).collect();
        for export in exports {
            let affected = storage::gitops::affected(tx, scope, Touched::Export(export)).await?;
            let (targets, clusters) = self.places.entry(scope).or_default();
            targets.extend(affected.targets);
            clusters.extend(affected.clusters);
        }
        Ok(())
    }

    /// Whether nothing has to be written again.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Marks the places and queues their work, all of them in one order.
    pub(super) async fn mark(self, tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
        for (scope, (targets, clusters)) in self.places {
            let affected = Affected {
                targets: targets.into_iter().collect(),
                clusters: clusters.into_iter().collect(),
            };
            mark(tx, scope, affected, When::Settled, now).await?;
        }
        Ok(())
    }
}
