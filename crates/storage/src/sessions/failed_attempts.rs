//! Failed passwords and tokens, counted for all replicas. A budget empties by the clock, so that one
//! column holds it: when nothing of it is left.

use std::time::Duration;

use domain::Timestamp;

use crate::{Db, Result, Tx, exec, rows};

/// How a budget fills and empties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filling {
    /// How long one failure counts.
    pub counts_for: Duration,
    /// The most failures that are counted.
    pub most: u32,
}

impl Filling {
    /// How many failures count at `now` of a budget that is empty at `clear_at`.
    #[must_use]
    pub fn failures(self, clear_at: Timestamp, now: Timestamp) -> u32 {
        let left = clear_at.since(now).as_millis();
        let failures = left.div_ceil(self.counts_for.as_millis().max(1));
        u32::try_from(failures).unwrap_or(u32::MAX).min(self.most)
    }
}

/// When the budgets of these two subjects are empty; of one that is empty already nothing is told.
pub async fn failed(
    db: &Db,
    subjects: [&[u8]; 2],
    now: Timestamp,
) -> Result<Vec<(Vec<u8>, Timestamp)>> {
    let [one, two] = subjects;
    let rows: Vec<(Vec<u8>, i64)> = rows!(
        db,
        "select subject, clear_at from failed_attempts where subject in ($1, $2) and clear_at > $3",
        [one, two, now]
    )?;
    Ok(rows.into_iter().map(|(subject, at)| (subject, Timestamp::from_millis(at))).collect())
}

/// Counts one failure.
pub async fn count_failure(
    tx: &mut Tx,
    subject: &[u8],
    filling: Filling,
    now: Timestamp,
) -> Result<()> {
    let (one, most) = (filling.counts_for, filling.counts_for * filling.most);
    exec!(
        tx,
        "insert into failed_attempts (subject, clear_at) values ($1, $2)
         on conflict (subject) do update set clear_at = case
           when failed_attempts.clear_at > $3 then $4
           when failed_attempts.clear_at > $5 then failed_attempts.clear_at + $6
           else $2 end",
        [
            subject,
            now.plus(one).millis(),
            now.plus(most.saturating_sub(one)).millis(),
            now.plus(most).millis(),
            now,
            i64::try_from(one.as_millis()).unwrap_or(i64::MAX),
        ]
    )?;
    Ok(())
}

/// Forgets the budgets that are empty.
pub async fn forget_failures(db: &Db, now: Timestamp) -> Result<()> {
    exec!(db.write(), "delete from failed_attempts where clear_at <= $1", [now])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::tests::{on_postgresql, on_sqlite};

    const FILLING: Filling = Filling { counts_for: Duration::from_mins(1), most: 3 };

    async fn counted(db: &Db, subject: &[u8], now: Timestamp) -> u32 {
        let found = failed(db, [subject, b"another"], now).await.unwrap();
        found.first().map_or(0, |(_, clear_at)| FILLING.failures(*clear_at, now))
    }

    async fn fail(db: &Db, subject: &[u8], now: Timestamp) {
        let mut tx = db.begin().await.unwrap();
        count_failure(&mut tx, subject, FILLING, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn a_budget_fills_and_empties(db: &Db) {
        let start = Timestamp::from_millis(1_000_000);
        let after = |seconds| start.plus(Duration::from_secs(seconds));
        assert_eq!(counted(db, b"one", start).await, 0);
        for expected in [1, 2, 3, 3, 3] {
            fail(db, b"one", start).await;
            assert_eq!(counted(db, b"one", start).await, expected);
        }
        assert_eq!(counted(db, b"two", start).await, 0, "each has its own");
        for (seconds, expected) in [(59, 3), (60, 2), (119, 2), (120, 1), (179, 1), (180, 0)] {
            assert_eq!(counted(db, b"one", after(seconds)).await, expected, "{seconds} s");
        }
        fail(db, b"one", after(150)).await;
        assert_eq!(counted(db, b"one", after(150)).await, 2, "what is left counts on");
        fail(db, b"one", after(1_000)).await;
        assert_eq!(counted(db, b"one", after(1_000)).await, 1, "an empty one begins anew");
        forget_failures(db, after(1_059)).await.unwrap();
        assert_eq!(counted(db, b"one", after(1_000)).await, 1);
        forget_failures(db, after(1_060)).await.unwrap();
        assert_eq!(counted(db, b"one", after(1_000)).await, 0);
    }

    #[tokio::test]
    async fn r_brute_01_a_budget_fills_and_empties_on_sqlite() {
        a_budget_fills_and_empties(&on_sqlite().await.1).await;
    }

    #[tokio::test]
    async fn r_brute_01_a_budget_fills_and_empties_on_postgresql() {
        a_budget_fills_and_empties(&on_postgresql().await).await;
    }
}
