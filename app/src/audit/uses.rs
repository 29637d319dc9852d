//! How secrets were read: a line for each credential, purpose and hour, opened on demand.

use domain::{
    audit::{AuditAction, SecretUse, SecretUses},
    counted,
};
use leptos::prelude::*;

use super::{
    PATH,
    named::{target, who},
};
use crate::ui::{icon::Icon, path};

/// The folded reads; nothing when there were none.
pub(super) fn uses(found: &[SecretUses]) -> AnyView {
    if found.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="stack" aria-labelledby="uses-title">
            <h2 id="uses-title">"Secrets that were read"</h2>
            <p class="muted">
                "By credential, purpose and hour. Reads that are alike in all count once a minute."
            </p>
            <div class="uses">{found.iter().map(folded).collect_view()}</div>
        </section>
    }
    .into_any()
}

fn folded(found: &SecretUses) -> AnyView {
    let purpose = found.purpose.map_or("Purpose not written down", |purpose| purpose.label());
    let hosts = hosts(&found.uses);
    let lines = found.uses.iter().map(line).collect_view();
    let all = found.credential.map(|credential| {
        let about = credential.to_string();
        let href =
            path::with(PATH, &[("action", AuditAction::SecretRead.as_str()), ("target", &about)]);
        view! {
            <p>
                {target(found.credential, &found.name)}
                " · "
                <a href=href>"All reads of this credential"</a>
            </p>
        }
    });
    view! {
        <details>
            <summary>
                <Icon name="chevron-right"/>
                <span>
                    <strong>{found.name.clone()}</strong>
                    {format!(" · {purpose}{hosts} · ")}
                    <span class="muted">
                        {counted(found.uses.len(), "reader", "readers")}
                        ", "
                        <time datetime=found.at.rfc3339() title=found.at.readable()>{found.at.readable()}</time>
                    </span>
                </span>
            </summary>
            <ul>{lines}</ul>
            {all}
        </details>
    }
    .into_any()
}

/// Where it was shown, as far as that fits on a line.
fn hosts(uses: &[SecretUse]) -> String {
    let mut hosts: Vec<_> =
        uses.iter().map(|one| one.host.as_str()).filter(|host| !host.is_empty()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    match hosts.as_slice() {
        [] => String::new(),
        [host] => format!(" at {host}"),
        more => format!(" at {}", counted(more.len(), "host", "hosts")),
    }
}

fn line(one: &SecretUse) -> AnyView {
    let host = if one.host.is_empty() { String::new() } else { format!(" at {}", one.host) };
    let times = match one.lines {
        1 => String::new(),
        many => format!(", {many} times"),
    };
    view! {
        <li>
            <time datetime=one.at.rfc3339() title=one.at.readable()>{one.at.readable()}</time>
            ": "
            {who(&one.actor, one.actor_id)}
            {format!("{host}, {}{times}", one.detail)}
        </li>
    }
    .into_any()
}
