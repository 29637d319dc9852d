//! What people did last.

use domain::{Timestamp, audit::AuditEvent};
use leptos::prelude::*;

use crate::{
    audit::{target, who},
    ui::moment::Moment,
};

pub(super) fn section(events: &[AuditEvent], now: Timestamp) -> AnyView {
    let lines = events.iter().map(|event| line(event, now)).collect_view();
    let body = if events.is_empty() {
        view! { <p class="muted">"Nothing was changed yet."</p> }.into_any()
    } else {
        view! { <ul class="lines">{lines}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="recent-title">
            <div class="card-head">
                <h2 id="recent-title">"Recent changes"</h2>
                <a href="/audit">"Audit log"</a>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn line(event: &AuditEvent, now: Timestamp) -> AnyView {
    let named = (!event.target.is_empty()).then(|| {
        view! { ": " {target(event.target_id, &event.target)} }
    });
    view! {
        <li>
            <p>
                {event.action.label()}
                {named}
                <small class="muted">{who(&event.actor, event.actor_id)}</small>
            </p>
            <span class="muted"><Moment at=event.at now/></span>
        </li>
    }
    .into_any()
}
