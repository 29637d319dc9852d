//! The page Settings → Notices.

use domain::{Action, Field, Timestamp, credentials::Notice};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, Tone},
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    moment::Moment,
    page::{Page, Request, page},
    table::{Empty, counted},
};

/// What the webhook is sent, as an example.
const PAYLOAD: &str = r#"{
  "event": "credential_expires",
  "organization": "Acme",
  "credential": "0190b0a0-0000-7000-8000-000000000001",
  "name": "ghcr-production",
  "expires_at": "2027-01-31T00:00:00Z",
  "days_left": 7
}"#;

/// `/settings/notices`
pub(crate) fn notices() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        let service = &request.services().notices;
        let (found, open) = (service.list(&actor).await?, service.open(&actor).await?);
        let webhook = if actor.role.includes(Action::ManageOrganization) {
            let stored = service.webhook(&actor).await?;
            Some(webhook(&request, &stored))
        } else {
            None
        };
        let open = (open > 0).then(|| {
            let text = counted(open, "credential has", "credentials have");
            view! { <p><Badge tone=Tone::Warn label=format!("{text} to be renewed")/></p> }
        });
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Notices"</h1>
                    <p class="muted">
                        "Before a credential expires, Hawser says so 30, 14 and 7 days and 1 day ahead; for tokens that live shorter, closer to their end."
                    </p>
                    {open}
                </div>
            </div>
            <div class="beside">
                <div class="stack">{list(&found, request.now)}</div>
                <div class="stack">{webhook}</div>
            </div>
        };
        Ok(Page { title: "Notices".to_owned(), section: Section::Notices, body: body.into_any() })
    })
}

fn list(found: &[Notice], now: Timestamp) -> AnyView {
    if found.is_empty() {
        return view! {
            <Empty
                icon="bell"
                title="No notices yet"
                text="They come when a credential with a known expiry is about to expire. The expiry is read from the provider, or typed on the page of the credential."
            >
                <a class="button" href="/credentials">"Go to Credentials"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = found.iter().map(|notice| row(notice, now)).collect_view();
    view! {
        <section class="card" aria-labelledby="notices-title">
            <h2 id="notices-title">"Newest notices"</h2>
            <ul class="lines">{rows}</ul>
        </section>
    }
    .into_any()
}

fn row(notice: &Notice, now: Timestamp) -> AnyView {
    let (tone, label) = match notice.delivered {
        None => (Tone::Quiet, "In Hawser only"),
        Some(true) => (Tone::Good, "Sent to the webhook"),
        Some(false) => (Tone::Bad, "The webhook did not take it"),
    };
    let words = if notice.expires_at <= now { " expired " } else { " expires " };
    view! {
        <li class="line">
            <div>
                <p class="notice-line">
                    <a href=format!("/credentials/{}", notice.credential)>{notice.name.clone()}</a>
                    {words}
                    <Moment at=notice.expires_at now/>
                </p>
                <p class="muted">
                    "Noticed "
                    <Moment at=notice.at now/>
                </p>
            </div>
            <Badge tone label/>
        </li>
    }
    .into_any()
}

fn webhook(request: &Request, stored: &str) -> AnyView {
    let state = FormState::new("webhook", request);
    let address = Input::new(&state, Field::Webhook, "Webhook")
        .value(stored)
        .kind("url")
        .placeholder("https://hooks.example.com/hawser")
        .hint("A public https:// address without a user name. Left empty, notices stay in Hawser.")
        .line();
    view! {
        <section class="card" aria-labelledby="webhook-title">
            <h2 id="webhook-title">"Tell another system"</h2>
            <Form state action="/actions/notices/webhook">
                {address}
                <div class="actions">
                    <Submit>"Save"</Submit>
                </div>
            </Form>
            <p class="muted">
                "Every notice is sent as a POST with a document like this one, and tried again while the address refuses it. It names credentials, never their secrets."
            </p>
            <pre>{PAYLOAD}</pre>
        </section>
    }
    .into_any()
}
