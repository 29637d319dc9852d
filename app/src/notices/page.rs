//! The page Settings → Notices.

use domain::{
    Action, CredentialId, Field, Timestamp, counted,
    credentials::readable_origin,
    notices::{News, Notice, Subject},
};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, Tone},
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    live::Live,
    moment::Moment,
    page::{Page, Request, page},
    path,
    table::{Column, Empty, list as table},
};

/// What the webhook is sent, as examples.
const PAYLOAD: &str = r#"{
  "event": "credential_expires",
  "organization": "Acme",
  "credential": "0190b0a0-0000-7000-8000-000000000001",
  "name": "ghcr-production",
  "expires_at": "2027-01-31T00:00:00Z",
  "days_left": 7
}
{
  "event": "git_target_fails",
  "organization": "Acme",
  "id": "0190b0a0-0000-7000-8000-000000000002",
  "name": "prod-cluster",
  "cause": "branch_protected",
  "title": "Branch is protected",
  "since": "2027-01-24T08:15:00Z"
}
{
  "event": "repository_fails",
  "organization": "Acme",
  "id": "0190b0a0-0000-7000-8000-000000000003",
  "name": "payments",
  "host": "ghcr.io",
  "repositories": 8,
  "cause": "invalid_credentials",
  "title": "401 Unauthorized: invalid credentials",
  "since": "2027-01-24T08:15:00Z"
}
{
  "event": "disk_nearly_full",
  "organization": "Acme",
  "name": "hawser-0",
  "used_percent": 80,
  "since": "2027-01-24T08:15:00Z"
}"#;

/// `/settings/notices`
pub(crate) fn notices() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let service = &request.services().notices;
        let (found, open) = (service.list(&principal).await?, service.open(&principal).await?);
        let webhook = if principal.role.includes(Action::ManageWebhook) {
            let stored = service.webhook(&principal).await?;
            Some(webhook(&request, &stored))
        } else {
            None
        };
        let open = (open > 0).then(|| {
            let text = counted(open, "notice", "notices");
            view! { <p><Badge tone=Tone::Warn label=format!("{text} open")/></p> }
        });
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Notices"</h1>
                    <p class="muted">"What expires, and what has begun to fail."</p>
                    {open}
                </div>
            </div>
            {list(&found, request.now)}
            <p class="muted">
                "Hawser announces an expiry 30, 14 and 7 days and 1 day ahead; for tokens that live shorter, closer to their end. It announces when a repository, a Git target, a cluster or a connected account begins to fail: repositories that fail of one cause at one host are one notice. So is a disk with Hawser's data that is 80 % full."
            </p>
            {webhook}
            <Live/>
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
                text="They come when a credential with a known expiry is about to expire, which is read from the provider or typed on its page, and when a repository, a Git target, a cluster or a connected account begins to fail."
            >
                <a class="button" href="/credentials">"Go to Credentials"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = found.iter().map(|notice| row(notice, now)).collect_view();
    let columns = vec![
        Column::text("c-time", "State"),
        Column::text("", "Notice"),
        Column::text("c-time", "Noticed"),
        Column::text("c-medium", "Webhook"),
    ];
    table(&counted(found.len(), "notice", "notices"), columns, rows.into_any())
}

/// Whether somebody still has to look.
fn is_open(notice: &Notice) -> bool {
    match &notice.news {
        News::Address { .. } | News::Expiry { .. } => true,
        News::Disk { ended_at, .. } | News::Trouble { ended_at, .. } => ended_at.is_none(),
    }
}

fn row(notice: &Notice, now: Timestamp) -> AnyView {
    let (tone, label) = match notice.delivered {
        None => (Tone::Quiet, "Not sent"),
        Some(true) => (Tone::Good, "Sent"),
        Some(false) => (Tone::Bad, "Not accepted"),
    };
    let state = if is_open(notice) {
        view! { <Badge tone=Tone::Warn label="Open"/> }
    } else {
        view! { <Badge tone=Tone::Quiet label="Over"/> }
    };
    let about = match &notice.news {
        News::Address { credential, origin, by } => address(notice, *credential, origin, by),
        &News::Expiry { credential, expires_at } => {
            let words = if expires_at <= now { " expired " } else { " expires " };
            view! {
                <a href=crate::credentials::path_of(credential)>{notice.name.clone()}</a>
                {words}
                <Moment at=expires_at now/>
            }
            .into_any()
        }
        &News::Disk { used, began_at, ended_at } => {
            let over = ended_at.map(|at| view! { ". There is room again since " <Moment at now/> });
            let full = match ended_at {
                None => format!(" is {used} % full"),
                Some(_) => format!(" was {used} % full"),
            };
            view! {
                "The disk with Hawser's data on "
                {notice.name.clone()}
                {full}
                ", nearly full since "
                <Moment at=began_at now/>
                {over}
                {ended_at.is_none().then_some(". When it is full, nothing can be saved: whoever runs Hawser makes room.")}
            }
            .into_any()
        }
        &News::Trouble { subject, cause, began_at, ended_at } => {
            let over = ended_at.map(|at| view! { ". Over since " <Moment at now/> });
            view! {
                {about(notice, subject, ended_at)}
                " since "
                <Moment at=began_at now/>
                ": "
                {cause.words(subject.asked()).title}
                {over}
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <td data-label="State">{state}</td>
            <th scope="row" data-label="Notice"><span class="told-of">{about}</span></th>
            <td data-label="Noticed">
                <Moment at=notice.at now/>
            </td>
            <td class="later" data-label="Webhook">
                <Badge tone label/>
            </td>
        </tr>
    }
    .into_any()
}

/// What fails, or failed: linked while it may be there.
fn about(notice: &Notice, subject: Subject, ended_at: Option<Timestamp>) -> AnyView {
    let named = |href: String, text: String| match ended_at {
        None => view! { <a href=href>{text}</a> }.into_any(),
        Some(_) => text.into_any(),
    };
    match &notice.group {
        Some(group) if group.repositories > 1 => {
            let href = path::with("/charts/repositories", &[("search", &group.host)]);
            let text = counted(group.repositories, "repository", "repositories");
            let at = (!group.host.is_empty()).then(|| format!(" at {}", group.host));
            view! { {named(href, text)} {at} " fail" }.into_any()
        }
        group => {
            let at = group.as_ref().filter(|group| !group.host.is_empty());
            let at = at.map(|group| format!(" at {}", group.host));
            view! {
                {subject.label()}
                " "
                {named(subject.path(), notice.name.clone())}
                {at}
                " fails"
            }
            .into_any()
        }
    }
}

/// What somebody has to decide about an address of a credential.
fn address(notice: &Notice, credential: CredentialId, origin: &str, by: &str) -> AnyView {
    let href = format!("{}#addresses", crate::credentials::access_path(credential));
    let origin = readable_origin(origin);
    let told = if by.is_empty() {
        format!(" may log in at {origin}: a link of before the upgrade. Confirm or withdraw it.")
    } else {
        format!(" is asked for at {origin} by {by}. Allow or dismiss it.")
    };
    view! {
        <a href=href>{notice.name.clone()}</a>
        {told}
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
        <section class="card narrow" aria-labelledby="webhook-title">
            <h2 id="webhook-title">"Webhook"</h2>
            <Form state action="/actions/notices/webhook">
                {address}
                <div class="actions">
                    <Submit>"Save"</Submit>
                </div>
            </Form>
            <p class="muted">
                "Sent as JSON by POST, and retried until accepted. It names credentials, never their secrets. Events: credential_expires, repository_fails, git_target_fails, cluster_fails, git_connection_fails and disk_nearly_full."
            </p>
            <pre>{PAYLOAD}</pre>
        </section>
    }
    .into_any()
}
