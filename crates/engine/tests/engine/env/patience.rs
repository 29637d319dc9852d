//! Waiting by a clock that stands still.

use std::{pin::pin, time::Duration};

use engine::ManualClock;

/// Runs `work` to its end, and moves the clock on while it sleeps; answers the seconds that took.
pub async fn waiting<Done>(clock: &ManualClock, work: impl Future<Output = Done>) -> (Done, u64) {
    let (mut work, mut seconds) = (pin!(work), 0);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return (done, seconds),
            () = clock.slept_on_by(1) => {
                clock.advance(Duration::from_secs(1));
                seconds += 1;
            }
        }
    }
}
