//! How many of each kind are in which state.

use std::collections::BTreeMap;

use domain::{
    CredentialId, Status, Timestamp,
    credentials::{CredentialState, Urgency},
    overview::{Counted, Health},
    repositories::RepositoryState,
};
use storage::{
    Db, Scope,
    overview::{self, FailingGroup},
};

use super::Found;
use crate::Error;

pub(super) async fn of(
    found: &Found,
    db: &Db,
    scope: Scope,
    now: Timestamp,
) -> Result<Vec<Health>, Error> {
    let stored = overview::repositories(db, scope).await?;
    let charts = stored.iter().map(|row| {
        let is_stale = row.state == RepositoryState::Failing.as_str();
        (if is_stale { Status::Stale } else { Status::Healthy }, row.charts)
    });
    let mut health = vec![
        Health::of(Counted::Repositories, repositories(&stored, &found.failing)),
        credentials(found, overview::credentials(db, scope).await?, now),
        Health::of(Counted::Charts, charts),
        Health::of(Counted::GitTargets, overview::targets(db, scope).await?),
    ];
    if let Some(clusters) = &found.clusters {
        health.push(Health::of(Counted::Clusters, clusters.iter().map(|row| (row.status, 1))));
    }
    Ok(health)
}

/// Those that fail are told by cause; of what is past the groups is only known that it fails.
fn repositories(stored: &[overview::InState], failing: &[FailingGroup]) -> Vec<(Status, u32)> {
    let mut states = Vec::new();
    for row in stored {
        let shown = match RepositoryState::parse(&row.state) {
            Some(RepositoryState::Failing) => {
                states.extend(failed(row.count, failing));
                continue;
            }
            Some(RepositoryState::Healthy) => Status::Healthy,
            Some(RepositoryState::Syncing) => Status::Syncing,
            Some(RepositoryState::New) | None => Status::NotSynced,
        };
        states.push((shown, row.count));
    }
    states
}

fn failed(mut left: u32, groups: &[FailingGroup]) -> Vec<(Status, u32)> {
    let mut states = Vec::new();
    for group in groups {
        let state = |was_synced| RepositoryState::Failing.status(Some(group.cause), was_synced);
        for (status, count) in
            [(state(true), group.count.saturating_sub(group.never)), (state(false), group.never)]
        {
            // One that is being synced again is not counted here.
            let count = count.min(left);
            left -= count;
            states.push((status, count));
        }
    }
    states.push((Status::Failing, left));
    states
}

/// Each in its worst state; who has none of these is healthy.
fn credentials(found: &Found, total: u32, now: Timestamp) -> Health {
    let mut worst = BTreeMap::<CredentialId, Status>::new();
    let mut holds = |id: CredentialId, status: Status| {
        let known = worst.entry(id).or_insert(status);
        *known = status.min(*known);
    };
    for row in &found.paused {
        holds(row.credential, Status::Paused);
    }
    for row in &found.expiring {
        match row.expiry.urgency(now) {
            Urgency::Expired => holds(row.credential, Status::Expired),
            Urgency::Pressing | Urgency::Soon => holds(row.credential, Status::Expiring),
            Urgency::Fine => {}
        }
    }
    for (id, _) in found.failing.iter().filter_map(|group| group.credential.as_ref()) {
        holds(*id, Status::Failing);
    }
    for row in &found.at_risk {
        let is_lost = row.state == CredentialState::Lost;
        let status = if is_lost { Status::Failing } else { Status::Syncing };
        holds(row.credential, status);
    }
    for row in &found.broken {
        holds(row.credential, Status::Failing);
    }
    let known = u32::try_from(worst.len()).unwrap_or(u32::MAX);
    let healthy = (Status::Healthy, total.saturating_sub(known));
    let states = worst.into_values().map(|status| (status, 1)).chain([healthy]);
    Health::of(Counted::Credentials, states)
}
