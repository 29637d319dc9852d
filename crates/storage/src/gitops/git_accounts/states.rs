//! The begins of web flows: hashes alone, each of which is used once.

use domain::{OrganizationId, Timestamp, UserId};

use crate::{Db, Result, Scope, Tx, exec};

/// A web flow that somebody began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The SHA-256 of the state that GitHub sends back.
    pub state_hash: [u8; 32],
    /// The SHA-256 of the key that the browser keeps.
    pub browser_hash: [u8; 32],
    /// Who began it.
    pub user: UserId,
}

/// Keeps the begin of a flow.
pub async fn begin(tx: &mut Tx, scope: Scope, state: &State, ends: Timestamp) -> Result<()> {
    exec!(
        tx,
        "insert into oauth_states (state_hash, browser_hash, organization_id, user_id, expires_at)
         values ($1, $2, $3, $4, $5)",
        [state.state_hash.as_slice(), state.browser_hash.as_slice(), scope, state.user, ends]
    )?;
    Ok(())
}

/// Uses a begin up, if this person began it in this browser and organization and it has not ended;
/// answers how many rows that was.
pub async fn take(db: &Db, scope: Scope, state: &State, now: Timestamp) -> Result<u64> {
    exec!(
        db.write(),
        "delete from oauth_states
         where state_hash = $1 and browser_hash = $2 and organization_id = $3 and user_id = $4 and expires_at > $5",
        [state.state_hash.as_slice(), state.browser_hash.as_slice(), scope, state.user, now]
    )
}

/// Forgets every flow that a person began, in whatever browser.
pub async fn delete_of_user(db: &Db, organization: OrganizationId, user: UserId) -> Result<()> {
    exec!(
        db.write(),
        "delete from oauth_states where organization_id = $1 and user_id = $2",
        [organization, user]
    )?;
    Ok(())
}

/// Forgets the flows of all organizations that nobody ended in time.
pub async fn forget_ended(tx: &mut Tx, now: Timestamp) -> Result<()> {
    exec!(tx, "delete from oauth_states where expires_at <= $1", [now])?;
    Ok(())
}
