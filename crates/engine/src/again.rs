//! Beginning work again that another transaction was in the way of.

use std::time::Duration;

use crate::{Error, error::chain};

const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(50);

/// Runs a transaction, and begins it again when the database gave it up for another one: then nothing of
/// it was done.
pub(crate) async fn again<T, F>(work: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut tried = 1;
    loop {
        match work().await {
            Err(Error::Storage(error)) if error.is_conflict() && tried < TRIES => {
                tracing::debug!(tried, error = %chain(&error), "retried a transaction that met another one");
                tokio::time::sleep(PAUSE * 2_u32.saturating_pow(tried)).await;
                tried += 1;
            }
            result => return result,
        }
    }
}
