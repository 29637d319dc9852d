//! What needs attention: one line for each cause.

use std::collections::BTreeSet;

use domain::{
    CredentialId, Status, Timestamp,
    credentials::{CredentialState, Environment},
    overview::{Attention, FailingRepositories, Matter, OverviewPage, Waits},
};
use storage::overview::{FailingGroup, WaitingTarget};

use super::Found;
use crate::notices::host_of;

/// The lines, the worst first, and how many more there are.
pub(super) fn lines(
    found: &Found,
    targets: Vec<WaitingTarget>,
    now: Timestamp,
) -> (Vec<Attention>, u32) {
    let failing: Vec<_> = found.failing.iter().map(|group| of_group(group, found, now)).collect();
    // What a line about repositories says already has no line of its own.
    let said: BTreeSet<CredentialId> = failing
        .iter()
        .filter(|line| matches!(line.status, Status::Paused | Status::Expired))
        .filter_map(|line| credential_of(&line.matter))
        .collect();
    let mut lines = failing;
    lines.extend(
        of_credentials(found, now)
            .filter(|line| credential_of(&line.matter).is_none_or(|id| !said.contains(&id))),
    );
    lines.extend(targets.into_iter().map(of_target));
    lines.extend(found.clusters.iter().flatten().filter_map(of_cluster));
    Attention::sort(&mut lines);
    let more = lines.len().saturating_sub(OverviewPage::MOST);
    lines.truncate(OverviewPage::MOST);
    (lines, u32::try_from(more).unwrap_or(u32::MAX))
}

fn credential_of(matter: &Matter) -> Option<CredentialId> {
    match matter {
        Matter::Repositories(found) => found.credential.as_ref().map(|(id, _)| *id),
        Matter::Paused { credential, .. } | Matter::Expired { credential, .. } => Some(*credential),
        _ => None,
    }
}

fn of_group(group: &FailingGroup, found: &Found, now: Timestamp) -> Attention {
    let first = group.rows.first();
    let expired = group.credential.as_ref().and_then(|(id, _)| {
        let of = found.expiring.iter().find(|row| row.credential == *id);
        of.map(|row| row.expiry).filter(|expiry| expiry.at <= now)
    });
    let mut matter = FailingRepositories {
        cause: group.cause,
        credential: group.credential.clone(),
        expired: None,
        count: group.count,
        never: group.never,
        first: first.map_or_else(domain::RepositoryId::new, |row| row.id),
        names: group.rows.iter().map(|row| row.name.clone()).collect(),
        host: first.map(|row| host_of(&row.origin)).unwrap_or_default(),
        environment: environment_of(group),
    };
    if matter.is_of_credential() {
        matter.expired = expired;
    }
    Attention {
        status: matter.status(),
        since: group.rows.iter().map(|row| row.since).min(),
        matter: Matter::Repositories(matter),
    }
}

fn environment_of(group: &FailingGroup) -> Environment {
    let all = || group.rows.iter().map(|row| row.environment);
    all()
        .find(|environment| *environment == Environment::Production)
        .or_else(|| all().find(|environment| *environment != Environment::Unset))
        .unwrap_or_default()
}

fn of_credentials(found: &Found, now: Timestamp) -> impl Iterator<Item = Attention> {
    let paused = found.paused.iter().map(|row| Attention {
        status: Status::Paused,
        since: Some(row.since),
        matter: Matter::Paused {
            credential: row.credential,
            name: row.name.clone(),
            host: host_of(&row.origin),
        },
    });
    let expired = found.expiring.iter().filter(move |row| row.expiry.at <= now);
    let expired = expired.map(|row| Attention {
        status: Status::Expired,
        since: Some(row.expiry.at),
        matter: Matter::Expired {
            credential: row.credential,
            name: row.name.clone(),
            expiry: row.expiry,
        },
    });
    let at_risk = found.at_risk.iter().filter_map(|row| {
        let (credential, name) = (row.credential, row.name.clone());
        let matter = match row.state {
            CredentialState::Lost => Matter::SecretLost { credential, name },
            CredentialState::Rotating if !row.is_testing => {
                Matter::CandidateRefused { credential, name }
            }
            _ => return None,
        };
        Some(Attention { status: Status::Failing, since: None, matter })
    });
    let broken = found.broken.iter().map(|row| Attention {
        status: Status::Failing,
        since: Some(row.since),
        matter: Matter::GitAccount {
            credential: row.credential,
            name: row.name.clone(),
            cause: row.cause,
        },
    });
    paused.chain(expired).chain(at_risk).chain(broken)
}

fn of_target(row: WaitingTarget) -> Attention {
    let status = match row.waits {
        Waits::Mending(cause) if cause.may_pass() => Status::Stale,
        Waits::Mending(_) => Status::Failing,
        Waits::Merge | Waits::Push => Status::OutOfSync,
    };
    Attention {
        status,
        since: row.since,
        matter: Matter::GitTarget {
            target: row.id,
            name: row.name,
            credential: row.credential,
            waits: row.waits,
        },
    }
}

fn of_cluster(row: &storage::overview::ClusterStanding) -> Option<Attention> {
    let (cluster, name, credential) = (row.id, row.name.clone(), row.credential);
    let (status, matter) = match (row.status, row.cause) {
        (Status::Failing, Some(cause)) => {
            let status = if cause.may_pass() { Status::Stale } else { Status::Failing };
            (status, Matter::Cluster { cluster, name, credential, cause })
        }
        (Status::OutOfSync, _) => {
            (Status::OutOfSync, Matter::Drift { cluster, name, objects: row.drifted })
        }
        _ => return None,
    };
    Some(Attention { status, since: row.since, matter })
}
