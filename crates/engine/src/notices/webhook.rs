//! The webhook of an organization.

use domain::{Action, Field, Principal, audit::AuditAction, notices::WebhookForm};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

/// Its address is for those who may change it: whoever knows it may post there.
pub(super) async fn get(engine: &Engine, principal: &Principal) -> Result<String, Error> {
    let grant = allowed(engine, principal, Action::ManageWebhook, "see the webhook").await?;
    let scope = Scope::of(&grant);
    Ok(storage::notices::webhook(&engine.db, scope).await?)
}

pub(super) async fn set(
    engine: &Engine,
    principal: &Principal,
    form: &WebhookForm,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::ManageWebhook, "set the webhook").await?;
    let scope = Scope::of(&grant);
    let (address, detail) = match form.webhook.trim() {
        "" => (String::new(), "none".to_owned()),
        text => {
            let webhook = engine.registries.outbound().webhook(text).ok_or_else(|| {
                Field::Webhook.problem("Type a public https:// address without a user name. The operator of this Hawser can allow another one with HAWSER_OUTBOUND_ALLOW.")
            })?;
            (webhook.as_str().to_owned(), webhook.origin())
        }
    };
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    storage::notices::set_webhook(&mut tx, scope, &address).await?;
    audit::record(&mut tx, person(principal), scope, now, AuditAction::WebhookSet, ("", detail))
        .await?;
    Ok(tx.commit().await?)
}
