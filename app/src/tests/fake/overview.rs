//! The first page: one of each that needs attention, or nothing at all.

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    Action, Cause, Principal, Status, audit,
    credentials::{Environment, Expiry, ExpirySource},
    overview::{
        Attention, Begun, Counted, ExpiringCredential, FailingRepositories, Health, Matter,
        OverviewPage, SyncHour, Waits,
    },
    service::{self, Answer},
};

use super::{Fake, NOW, ago, id};

fn lines() -> Vec<Attention> {
    let expiry = Expiry { at: ago(86_400), source: ExpirySource::Typed, since: ago(900_000) };
    let failing = FailingRepositories {
        cause: Cause::InvalidCredentials,
        credential: Some((id(), "ghcr-prod".into())),
        expired: None,
        count: 4,
        never: 0,
        first: id(),
        names: vec!["acme charts".into(), "b".into(), "c".into()],
        host: "ghcr.io".into(),
        environment: Environment::Production,
    };
    let named = |name: &str| name.to_owned();
    let matters = [
        Matter::Repositories(failing.clone()),
        Matter::Repositories(FailingRepositories {
            cause: Cause::DnsFailure,
            credential: None,
            ..failing.clone()
        }),
        Matter::Repositories(FailingRepositories {
            cause: Cause::WrongKind,
            count: 1,
            names: vec!["kind <b>".into()],
            ..failing
        }),
        Matter::Paused { credential: id(), name: named("paused"), host: named("quay.io") },
        Matter::Expired { credential: id(), name: named("old"), expiry },
        Matter::CandidateRefused { credential: id(), name: named("rotating") },
        Matter::SecretLost { credential: id(), name: named("lost") },
        Matter::GitAccount {
            credential: id(),
            name: named("octocat"),
            cause: Cause::ConnectionRevoked,
        },
        Matter::GitTarget {
            target: id(),
            name: named("prod-cluster"),
            credential: id(),
            waits: Waits::Mending(Cause::BranchProtected),
        },
        Matter::GitTarget {
            target: id(),
            name: named("staging"),
            credential: id(),
            waits: Waits::Merge,
        },
        Matter::Cluster {
            cluster: id(),
            name: named("prod-eu"),
            credential: id(),
            cause: Cause::ClusterConflict,
        },
        Matter::Drift { cluster: id(), name: named("prod-us"), objects: 2 },
    ];
    let line = |matter| Attention { status: Status::Failing, since: Some(ago(60)), matter };
    matters.into_iter().map(line).collect()
}

#[async_trait]
impl service::Overview for Fake {
    async fn overview(&self, principal: &Principal) -> Answer<OverviewPage> {
        self.answers()?;
        let hour = |back: u64| SyncHour {
            at: ago(back * 3_600),
            syncs: if self.is_empty { 0 } else { u32::try_from(back).unwrap() },
            failures: u32::from(back == 3 && !self.is_empty),
        };
        let recent = if principal.role.includes(Action::ReadAudit) {
            Some(service::Audit::list(self, principal, audit::AuditQuery::default()).await?.rows)
        } else {
            None
        };
        let expiry = Expiry {
            at: NOW.plus(Duration::from_hours(48)),
            source: ExpirySource::Typed,
            since: ago(900_000),
        };
        let expiring = ExpiringCredential { credential: id(), name: "ghcr-prod".into(), expiry };
        let health = [
            (Counted::Repositories, vec![(Status::Failing, 5), (Status::Healthy, 36)]),
            (Counted::Credentials, vec![(Status::Healthy, 28)]),
            (Counted::GitTargets, Vec::new()),
        ];
        Ok(OverviewPage {
            begun: Begun {
                credentials: !self.is_empty,
                repositories: !self.is_empty,
                ..Begun::default()
            },
            health: health.into_iter().map(|(kind, states)| Health::of(kind, states)).collect(),
            attention: if self.is_empty { Vec::new() } else { lines() },
            more: 0,
            expiring: if self.is_empty { Vec::new() } else { vec![expiring] },
            hours: (0..24).rev().map(hour).collect(),
            recent: if self.is_empty { recent.map(|_| Vec::new()) } else { recent },
        })
    }
}
