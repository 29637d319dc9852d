//! Server functions of notices: who is asking, call the service.

use domain::notices::WebhookForm;
use leptos::prelude::*;

use crate::{
    answer::{Answered, Redirect, Sent, answer},
    services::RequestContext,
};

/// Changes the address that notices are sent to.
#[server(prefix = "/actions", endpoint = "notices/webhook")]
pub(crate) async fn set_webhook(
    #[server(default)] from: String,
    #[server(default)] webhook: String,
) -> Answered {
    let sent = Sent::new("webhook", &from).with("webhook", &webhook);
    let notice = if webhook.trim().is_empty() {
        "Saved. Notices stay in Hawser."
    } else {
        "Saved. The next notice is sent there too."
    };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.notices.set_webhook(&actor, WebhookForm { webhook }).await
    };
    answer(sent, result.await, |()| Redirect::to("/settings/notices").flash(notice)).await
}
