//! Announcing that the disk of a data folder is nearly full: once for each organization, on however many
//! machines it is so.

use std::time::Duration;

use domain::{
    NoticeId, Timestamp,
    audit::{AuditAction, AuditActor},
    notices::DiskRoom,
};
use storage::{
    Scope, jobs,
    notices::disks::{self, Disk},
};

use crate::{Engine, Error, audit};

/// A machine that did not look for so long is gone, and its disk with it.
const GONE: Duration = Duration::from_mins(15);
/// What did not change is stored again after so long, so that a machine at rest is not taken for gone.
const REFRESH: Duration = Duration::from_mins(5);

impl Engine {
    /// Takes in how full the disk of a machine's data folder is, in percent: announces that one is
    /// nearly full, says in the notices how full, and ends them when there is room on all machines.
    ///
    /// # Errors
    /// When the database fails; then the next look makes up for it.
    pub async fn disk_is_used(&self, machine: &str, used: u8) -> Result<(), Error> {
        let now = self.clock.now();
        let mut disks = disks::seen(&self.db, now.minus(GONE)).await?;
        let before = disks.iter().position(|disk| disk.machine == machine);
        let before = before.map(|place| disks.swap_remove(place));
        let disk = looked_at(machine, used, before.as_ref(), now);
        let is_known = before.is_some_and(|before| {
            (before.used, before.nearly_full_since) == (disk.used, disk.nearly_full_since)
                && before.seen_at.plus(REFRESH) > now
        });
        if !is_known {
            disks::store(&self.db, &disk).await?;
        }
        disks.push(disk);
        match longest(&disks) {
            Some((disk, since)) => announce(self, disk, since, now).await,
            None => end(self, now).await,
        }
    }
}

fn looked_at(machine: &str, used: u8, before: Option<&Disk>, now: Timestamp) -> Disk {
    let since = before.and_then(|before| before.nearly_full_since);
    let room = since.map_or(DiskRoom::Enough, |_| DiskRoom::Little).at(used);
    let nearly_full_since = match room {
        DiskRoom::Enough => None,
        DiskRoom::Little => since.or(Some(now)),
    };
    Disk { machine: machine.to_owned(), used, nearly_full_since, seen_at: now }
}

/// The disk that has been nearly full longest, and since when.
fn longest(disks: &[Disk]) -> Option<(&Disk, Timestamp)> {
    let full = disks.iter().filter_map(|disk| Some((disk, disk.nearly_full_since?)));
    full.min_by(|one, other| (one.1, &one.0.machine).cmp(&(other.1, &other.0.machine)))
}

async fn announce(
    engine: &Engine,
    disk: &Disk,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    if disks::any_open(&engine.db).await? {
        for organization in disks::follow(&engine.db, disk).await? {
            engine.changes.tell(organization);
        }
    }
    for scope in disks::untold(&engine.db).await? {
        make(engine, scope, disk, (since, now)).await?;
    }
    Ok(())
}

async fn end(engine: &Engine, now: Timestamp) -> Result<(), Error> {
    if disks::any_open(&engine.db).await? {
        for organization in disks::end(&engine.db, now).await? {
            engine.changes.tell(organization);
        }
    }
    Ok(())
}

/// Makes the notice of an organization and queues its way to the webhook.
async fn make(
    engine: &Engine,
    scope: Scope,
    disk: &Disk,
    (since, now): (Timestamp, Timestamp),
) -> Result<(), Error> {
    let id = NoticeId::new();
    let has_webhook = !storage::notices::webhook(&engine.db, scope).await?.is_empty();
    let mut tx = engine.db.begin_work(scope).await?;
    if disks::begin(&mut tx, scope, id, disk, (since, now)).await? == 0 {
        return Ok(());
    }
    if has_webhook {
        jobs::queue(&mut tx, scope, jobs::Kind::Notice, id.uuid(), "disk", now, now).await?;
    }
    let told = (disk.machine.as_str(), format!("disk {} % full", disk.used));
    audit::record(&mut tx, AuditActor::Hawser, scope, now, AuditAction::NoticeMade, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(())
}
