//! The guide beside a form: how to make the credential at its provider.

use domain::{Access, Actor, Guide, Provider, Shape, Step, assumed};
use leptos::prelude::*;

use crate::ui::{copy::CopyButton, icon::Icon};

/// The names that a fixed rule gives, put into a guide's texts.
pub(super) struct Names {
    role: String,
    service_account: String,
    external_id: String,
}

impl Names {
    /// The names for `project` of the actor's organization.
    pub fn of(actor: &Actor, project: &str) -> Self {
        Self {
            role: assumed::role_name(&actor.organization_name, project),
            service_account: assumed::service_account(actor.organization, project),
            external_id: assumed::external_id(actor.organization),
        }
    }

    fn put_into(&self, text: &str) -> String {
        text.replace(Guide::ROLE, &self.role)
            .replace(Guide::EXTERNAL_ID, &self.external_id)
            .replace(Guide::SERVICE_ACCOUNT, &self.service_account)
    }
}

/// The guide; `to` is the address of this page for the other access.
pub(super) fn guide(
    provider: Provider,
    shape: Shape,
    access: Access,
    names: &Names,
    to: impl Fn(Access) -> String,
) -> AnyView {
    let facts = provider.facts();
    let guide = provider.guide(shape, access);
    let switch = Access::ALL.map(|one| {
        let current = (one == access).then_some("true");
        view! {
            <li>
                <a href=to(one) aria-current=current>
                    {provider.access_label(one)}
                </a>
            </li>
        }
    });
    let steps = guide.steps.iter().map(|step| step_of(step, names)).collect_view();
    let note = (!guide.note.is_empty()).then(|| view! { <p class="muted">{guide.note}</p> });
    let kept = (!shape.is_ambient()).then(|| {
        view! {
            <p class="muted kept">
                <Icon name="shield-check"/>
                "Kept in Vault. Hawser never shows a secret again, not even to you."
            </p>
        }
    });
    view! {
        <aside class="card guide" aria-labelledby="guide-title">
            <h2 id="guide-title">
                <Icon name="book-open"/>
                "How to get a credential"
            </h2>
            <nav aria-label="What it is made for">
                <ul class="segments">{switch.into_iter().collect_view()}</ul>
            </nav>
            <dl>
                <dt>"Grant"</dt>
                <dd>
                    <code>{guide.grants}</code>
                </dd>
            </dl>
            <ol>{steps}</ol>
            {note}
            <dl>
                <dt>"URL of a repository"</dt>
                <dd>
                    <code>{facts.url_example}</code>
                </dd>
            </dl>
            {kept}
        </aside>
    }
    .into_any()
}

fn step_of(step: &Step, names: &Names) -> AnyView {
    let link = step.link.map(|link| {
        view! {
            " "
            <a href=link.href target="_blank" rel="noopener noreferrer">
                {link.label}
                <span class="unseen">" (opens in a new tab)"</span>
            </a>
        }
    });
    let command = (!step.command.is_empty()).then(|| {
        let text = names.put_into(step.command);
        view! {
            <div class="command">
                <pre tabindex="0" role="group" aria-label="Command">
                    <code>{text.clone()}</code>
                </pre>
                <CopyButton text/>
            </div>
        }
    });
    view! { <li>{names.put_into(step.text)} {link} {command}</li> }.into_any()
}
