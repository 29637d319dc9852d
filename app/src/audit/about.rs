//! What happened to one thing, for its page: its changes, and the uses of its secret.

use domain::{
    Action, Principal, ServiceError, Timestamp,
    audit::{AuditAction, AuditEvent, AuditTarget},
};
use leptos::prelude::*;

use super::{PATH, named::who};
use crate::ui::{moment::Moment, page::Request, path};

/// The last events about one thing.
pub(crate) struct About {
    target: AuditTarget,
    changes: Vec<AuditEvent>,
    uses: Vec<AuditEvent>,
}

/// What happened to `target`; `None` for those who may not read the log.
pub(crate) async fn about(
    request: &Request,
    principal: &Principal,
    target: AuditTarget,
) -> Result<Option<About>, ServiceError> {
    if !principal.role.includes(Action::ReadAudit) {
        return Ok(None);
    }
    let events = request.services().audit.about(principal, target).await?;
    let is_use = |event: &AuditEvent| event.action == AuditAction::SecretRead;
    let (uses, changes) = events.into_iter().partition(is_use);
    Ok(Some(About { target, changes, uses }))
}

impl About {
    /// The changes, with the way to the rest.
    pub fn changes(&self, now: Timestamp) -> AnyView {
        let rows = self.changes.iter().map(|event| change(event, now)).collect_view();
        let list = if self.changes.is_empty() {
            view! { <p class="muted">"Nothing was changed yet."</p> }.into_any()
        } else {
            view! { <ul class="lines">{rows}</ul> }.into_any()
        };
        let all = path::with(PATH, &[("target", &self.target.to_string())]);
        view! {
            <section class="card" aria-labelledby="changes-title">
                <div class="card-head">
                    <h2 id="changes-title">"Changes"</h2>
                    <a href=all>"Audit log"</a>
                </div>
                <div data-live="changes">{list}</div>
            </section>
        }
        .into_any()
    }

    /// At most so many of the last uses of the secret, with the way to `more` of them.
    pub fn uses(&self, most: usize, more: Option<String>, now: Timestamp) -> AnyView {
        let rows = self.uses.iter().take(most).map(|event| used(event, now)).collect_view();
        let list = if self.uses.is_empty() {
            view! { <p class="muted">"It was not used lately."</p> }.into_any()
        } else {
            view! { <ul class="lines">{rows}</ul> }.into_any()
        };
        let about = self.target.to_string();
        let read = AuditAction::SecretRead.as_str();
        let all = more.map_or_else(
            || (path::with(PATH, &[("action", read), ("target", &about)]), "Audit log"),
            |more| (more, "Activity"),
        );
        view! {
            <section class="card" aria-labelledby="secret-uses-title">
                <div class="card-head">
                    <h2 id="secret-uses-title">"Recent uses"</h2>
                    <a href=all.0>{all.1}</a>
                </div>
                <div data-live="secret-uses">{list}</div>
            </section>
        }
        .into_any()
    }
}

fn change(event: &AuditEvent, now: Timestamp) -> AnyView {
    let detail = (!event.detail.is_empty()).then(|| format!(" · {}", event.detail));
    view! {
        <li class="line">
            <div>
                <p>{event.action.label()}</p>
                <p class="muted">{who(&event.actor, event.actor_id)} {detail}</p>
            </div>
            <span class="muted"><Moment at=event.at now/></span>
        </li>
    }
    .into_any()
}

fn used(event: &AuditEvent, now: Timestamp) -> AnyView {
    let purpose = event.purpose.map_or("Use", |purpose| purpose.label());
    let host = match event.host.as_str() {
        "" => String::new(),
        host => format!(" at {host}"),
    };
    view! {
        <li class="line">
            <div>
                <p>{format!("{purpose}{host}")}</p>
                <p class="muted">{who(&event.actor, event.actor_id)}</p>
            </div>
            <span class="muted"><Moment at=event.at now/></span>
        </li>
    }
    .into_any()
}
