//! The first page.

mod attention;
mod health;

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    Action, Principal, Timestamp,
    overview::{OverviewPage, SyncHour},
    service::{Answer, Overview},
};
use storage::overview::{self, ClusterStanding, FailingGroup};

use crate::{Engine, Error, audit::reading, error::answer, gitops::ClusterAccess};

/// The most expiries that are read.
const EXPIRIES: u32 = 200;
const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

#[async_trait]
impl Overview for Engine {
    async fn overview(&self, principal: &Principal) -> Answer<OverviewPage> {
        look(self, principal).await.map_err(answer)
    }
}

/// What several parts of the page are made of.
struct Found {
    failing: Vec<FailingGroup>,
    paused: Vec<overview::PausedAt>,
    at_risk: Vec<overview::AtRisk>,
    expiring: Vec<domain::overview::ExpiringCredential>,
    broken: Vec<overview::BrokenAccount>,
    /// `None` while the operator left clusters off.
    clusters: Option<Vec<ClusterStanding>>,
}

async fn look(engine: &Engine, principal: &Principal) -> Result<OverviewPage, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the overview").await?;
    let (db, now) = (&engine.db, engine.clock.now());
    let until = now.plus(DAY * OverviewPage::DAYS);
    let found = Found {
        failing: overview::failing(db, scope).await?,
        paused: overview::paused(db, scope).await?,
        at_risk: overview::at_risk(db, scope).await?,
        expiring: overview::expiring(db, scope, until, EXPIRIES).await?,
        broken: overview::broken_accounts(db, scope).await?,
        clusters: match engine.clusters {
            ClusterAccess::On => Some(overview::clusters(db, scope).await?),
            ClusterAccess::Off => None,
        },
    };
    let targets = overview::waiting_targets(db, scope).await?;
    let (attention, more) = attention::lines(&found, targets, now);
    let recent = if principal.role.includes(Action::ReadAudit) {
        Some(storage::audit::recent(db, scope, OverviewPage::RECENT).await?)
    } else {
        None
    };
    let since = now.minus(HOUR * (OverviewPage::HOURS - 1));
    let stored = overview::hours(db, scope, since).await?;
    Ok(OverviewPage {
        begun: overview::begun(db, scope).await?,
        health: health::of(&found, db, scope, now).await?,
        attention,
        more,
        hours: every_hour(&stored, now),
        recent,
        expiring: found.expiring,
    })
}

/// The last 24 hours, the one that has begun included; an hour without syncs says so.
fn every_hour(stored: &[SyncHour], now: Timestamp) -> Vec<SyncHour> {
    let hour = i64::try_from(HOUR.as_millis()).unwrap_or(i64::MAX);
    let last = now.millis() / hour;
    let first = last - i64::from(OverviewPage::HOURS) + 1;
    (first..=last)
        .map(|n| {
            let at = Timestamp::from_millis(n * hour);
            let found = stored.iter().find(|line| line.at == at);
            found.copied().unwrap_or(SyncHour { at, syncs: 0, failures: 0 })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hour_of_a_day_has_its_line() {
        let at = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
        let stored = [SyncHour { at: at(100), syncs: 3, failures: 1 }];
        let hours = every_hour(&stored, at(101).plus(HOUR / 2));
        assert_eq!(hours.len(), 24);
        assert_eq!(hours.first().map(|line| line.at), Some(at(78)));
        assert_eq!(hours.last(), Some(&SyncHour { at: at(101), syncs: 0, failures: 0 }));
        assert_eq!(hours.get(22), stored.first());
    }
}
