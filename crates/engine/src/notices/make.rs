//! Making notices: one for each threshold that an expiry passes, and for each trouble that begins.

use std::time::Duration;

use domain::{
    NoticeId, Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget},
    credentials::Expiry,
};
use storage::{
    jobs,
    notices::{Expiring, NewNotice},
};

use super::{repositories, troubles::announce};
use crate::{Engine, Error, audit};

/// The thresholds of [`Expiry::thresholds`] by the days of a long lifetime: what tells one notice
/// of an expiry from the next.
const NAMES: [i64; 4] = [30, 14, 7, 1];
/// No notice is due earlier.
const EARLIEST: Duration = Duration::from_hours(30 * 24);

impl Engine {
    /// Makes the notices that are due; answers how many. Of several that were missed, such as
    /// while Hawser was away, only the last is made.
    ///
    /// # Errors
    /// When the database fails; then they are made the next time.
    pub async fn make_notices(&self) -> Result<u32, Error> {
        let now = self.clock.now();
        // What is wrong with the one is no reason to keep quiet about the other.
        let troubles = announce(self, now).await;
        let failing = repositories::announce(self, now).await;
        let mut made = 0;
        let last = NAMES.last().copied().unwrap_or_default();
        for expiring in storage::notices::expiring(&self.db, now.plus(EARLIEST), last).await? {
            if let Some(threshold) = due(&expiring.expiry, expiring.announced, now)
                && make(self, &expiring, threshold, now).await?
            {
                made += 1;
                self.changes.tell(expiring.scope.organization());
            }
        }
        made += troubles? + failing?;
        if made > 0 {
            self.changes.tell_workers();
        }
        Ok(made)
    }
}

/// The threshold whose notice is due, unless it or a smaller one was announced.
fn due(expiry: &Expiry, announced: Option<i64>, now: Timestamp) -> Option<i64> {
    let name = NAMES.get(expiry.passed(now)?).copied()?;
    announced.is_none_or(|announced| name < announced).then_some(name)
}

/// Makes a notice and queues its way to the webhook; `false` when another replica was quicker.
async fn make(
    engine: &Engine,
    expiring: &Expiring,
    threshold: i64,
    now: Timestamp,
) -> Result<bool, Error> {
    let scope = expiring.scope;
    let id = NoticeId::new();
    let new = NewNotice {
        id,
        credential: expiring.credential,
        expires_at: expiring.expiry.at,
        threshold,
        at: now,
    };
    let has_webhook = !storage::notices::webhook(&engine.db, scope).await?.is_empty();
    let mut tx = engine.db.begin_work(scope).await?;
    if storage::notices::insert(&mut tx, scope, &new).await? == 0 {
        return Ok(false);
    }
    if has_webhook {
        jobs::queue(&mut tx, scope, jobs::Kind::Notice, id.uuid(), "expiry", now, now).await?;
    }
    let target = AuditTarget::Credential(expiring.credential);
    let told = (target, expiring.name.as_str(), expiring.expiry.readable(now));
    audit::record(&mut tx, AuditActor::Hawser, scope, now, AuditAction::NoticeMade, told).await?;
    tx.commit().await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use domain::credentials::ExpirySource;

    use super::*;

    #[test]
    fn each_threshold_is_due_once_and_missed_ones_never() {
        let day = Duration::from_hours(24);
        let since = Timestamp::from_millis(0);
        let expiry = Expiry { at: since.plus(day * 365), source: ExpirySource::Typed, since };
        let left = |days: u32| expiry.at.minus(day * days);
        assert_eq!(due(&expiry, None, left(31)), None);
        assert_eq!(due(&expiry, None, left(30)), Some(30));
        assert_eq!(due(&expiry, Some(30), left(20)), None);
        assert_eq!(due(&expiry, Some(30), left(6)), Some(7), "that of 14 days was missed");
        assert_eq!(due(&expiry, Some(1), left(0)), None);
        assert_eq!(due(&expiry, None, expiry.at.plus(day)), Some(1));
    }
}
