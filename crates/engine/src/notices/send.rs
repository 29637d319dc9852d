//! Sending a notice to the webhook.
//!
//! The document: `event` (`credential_expires`), `organization` (its name), `credential` (its id),
//! `name` (of the credential), `expires_at` (RFC 3339, UTC) and `days_left` (whole days, 0 on the
//! last one and after it). It holds no secret and no user name.

use connectors::Failure;
use domain::{NoticeId, Scope, Timestamp};
use serde_json::{Value, json};
use storage::notices::{Delivery, Letter};

use crate::{Engine, Error};

/// How sending ended.
pub(crate) enum Sent {
    /// The webhook took it, or there is none any more.
    Done,
    /// It did not.
    Failed(Failure),
}

impl Engine {
    /// Sends a notice to the webhook and notes whether it took it.
    pub(crate) async fn send_notice(&self, scope: Scope, id: NoticeId) -> Result<Sent, Error> {
        let Some(letter) = storage::notices::letter(&self.db, scope, id).await? else {
            return Ok(Sent::Done);
        };
        let outbound = self.registries.outbound();
        // What the operator allows may have changed since the address was typed.
        let Some(webhook) = outbound.webhook(&letter.webhook) else {
            if !letter.webhook.is_empty() {
                note(self, scope, id, Delivery::Failed).await?;
            }
            return Ok(Sent::Done);
        };
        match outbound.post(&webhook, &document(&letter, self.clock.now())).await {
            Ok(()) => {
                note(self, scope, id, Delivery::Taken).await?;
                Ok(Sent::Done)
            }
            Err(failure) => {
                note(self, scope, id, Delivery::Failed).await?;
                Ok(Sent::Failed(failure))
            }
        }
    }
}

fn document(letter: &Letter, now: Timestamp) -> Value {
    json!({
        "event": "credential_expires",
        "organization": letter.organization_name,
        "credential": letter.credential,
        "name": letter.credential_name,
        "expires_at": letter.expires_at.rfc3339(),
        "days_left": letter.expires_at.since(now).as_secs() / 86_400,
    })
}

async fn note(
    engine: &Engine,
    scope: Scope,
    id: NoticeId,
    delivery: Delivery,
) -> Result<(), Error> {
    let mut tx = engine.db.begin().await?;
    storage::notices::mark_delivered(&mut tx, scope, id, delivery).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
