//! What people should know of a pattern they saved.

use domain::CredentialId;
use storage::Scope;

use super::indexes::current;
use crate::{Engine, Error};

/// As many sentences are told at once.
const SENTENCES: usize = 2;

/// A warning when the pattern of a credential that was just saved overlaps with another one's, or
/// matches more hosts than it names; `None` when there is nothing to say.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn conflict(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
) -> Result<Option<String>, Error> {
    let held = current(engine, scope).await?;
    // It is compared with every other pattern, which may be very many.
    let asked = tokio::task::spawn_blocking(move || held.ask(|index| index.conflicts(credential)));
    let conflicts = asked.await.map_err(Error::Matching)?;
    let told: Vec<_> = conflicts.iter().take(SENTENCES).map(ToString::to_string).collect();
    Ok((!told.is_empty()).then(|| told.join(" ")))
}
