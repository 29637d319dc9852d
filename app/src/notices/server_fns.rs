//! Server functions of notices: who is asking, call the service.

use domain::notices::WebhookForm;
use leptos::prelude::*;

use crate::answer::{Answered, Redirect, Sent, act};

/// Changes the address that notices are sent to.
#[server(prefix = "/actions", endpoint = "notices/webhook")]
pub(crate) async fn set_webhook(
    #[server(default)] from: String,
    #[server(flatten)] form: WebhookForm,
) -> Answered {
    let notice = if form.webhook.trim().is_empty() {
        "Saved. Notices stay in Hawser."
    } else {
        "Saved. The next notice is sent there too."
    };
    act(
        Sent::of("webhook", &from, &form),
        async move |services, principal| services.notices.set_webhook(&principal, form).await,
        |()| Redirect::to("/settings/notices").flash(notice),
    )
    .await
}
