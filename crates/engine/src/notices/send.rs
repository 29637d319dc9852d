//! Sending a notice to the webhook.
//!
//! The document has `event`, `organization` (its name) and `name` (of what it is about), and besides:
//!
//! * `credential_expires`: `credential` (its id), `expires_at` (RFC 3339, UTC) and `days_left` (whole
//!   days, 0 on the last one and after it);
//! * `git_target_fails`, `cluster_fails`, `git_connection_fails`, `repository_fails`: `id` (of an account
//!   that of its credential), `cause` (a code), `title` (the cause in words) and `since` (RFC 3339, UTC);
//! * `disk_nearly_full`: `name` (the machine), `used_percent` and `since` (RFC 3339, UTC);
//! * of `repository_fails`, which is about all that fail of one cause at one host, `id` and `name` of the
//!   one that failed first, `host`, and `repositories` (how many they are).
//!
//! It holds no secret and no user name.

use domain::{
    NoticeId, Timestamp,
    notices::{News, Notice},
};
use egress::Failure;
use serde_json::{Value, json};
use storage::{
    Scope,
    notices::{Delivery, disks, troubles},
};

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
        let Some(notice) = find(self, scope, id).await? else { return Ok(Sent::Done) };
        let Some(to) = storage::notices::address(&self.db, scope).await? else {
            return Ok(Sent::Done);
        };
        let outbound = self.registries.outbound();
        // What the operator allows may have changed since the address was typed.
        let Some(webhook) = outbound.webhook(&to.webhook) else {
            if !to.webhook.is_empty() {
                record_attempt(self, scope, &notice, Delivery::Failed).await?;
            }
            return Ok(Sent::Done);
        };
        match outbound
            .post(&webhook, &document(&notice, &to.organization_name, self.clock.now()))
            .await
        {
            Ok(()) => {
                record_attempt(self, scope, &notice, Delivery::Taken).await?;
                Ok(Sent::Done)
            }
            Err(failure) => {
                record_attempt(self, scope, &notice, Delivery::Failed).await?;
                Ok(Sent::Failed(failure))
            }
        }
    }
}

async fn find(engine: &Engine, scope: Scope, id: NoticeId) -> Result<Option<Notice>, Error> {
    if let Some(notice) = storage::notices::expiry(&engine.db, scope, id).await? {
        return Ok(Some(notice));
    }
    if let Some(notice) = troubles::get(&engine.db, scope, id).await? {
        return Ok(Some(notice));
    }
    Ok(disks::get(&engine.db, scope, id).await?)
}

fn document(notice: &Notice, organization: &str, now: Timestamp) -> Value {
    match &notice.news {
        News::Address { credential, origin, .. } => json!({
            "event": "address_to_decide",
            "organization": organization,
            "credential": credential,
            "name": notice.name,
            "origin": origin,
        }),
        &News::Expiry { credential, expires_at } => json!({
            "event": "credential_expires",
            "organization": organization,
            "credential": credential,
            "name": notice.name,
            "expires_at": expires_at.rfc3339(),
            "days_left": expires_at.since(now).as_secs() / 86_400,
        }),
        &News::Disk { used, began_at, .. } => json!({
            "event": "disk_nearly_full",
            "organization": organization,
            "name": notice.name,
            "used_percent": used,
            "since": began_at.rfc3339(),
        }),
        &News::Trouble { subject, cause, began_at, .. } => {
            let mut document = json!({
                "event": format!("{}_fails", subject.kind()),
                "organization": organization,
                "id": subject.id(),
                "name": notice.name,
                "cause": cause.as_str(),
                "title": cause.words(subject.asked()).title,
                "since": began_at.rfc3339(),
            });
            if let (Some(group), Some(fields)) = (&notice.group, document.as_object_mut()) {
                fields.insert("host".to_owned(), json!(group.host));
                fields.insert("repositories".to_owned(), json!(group.repositories));
            }
            document
        }
    }
}

async fn record_attempt(
    engine: &Engine,
    scope: Scope,
    notice: &Notice,
    delivery: Delivery,
) -> Result<(), Error> {
    let mut tx = engine.db.begin_work(scope).await?;
    storage::notices::mark_delivered(&mut tx, scope, notice, delivery).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
