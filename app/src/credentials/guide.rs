//! The guide beside a form: how to make the credential at its provider.

use domain::{Access, AuthMethod, CredentialKind, Guide, GuideStep, Principal, Provider, assumed};
use leptos::prelude::*;

use crate::ui::{copy::CopyButton, icon::Icon};

/// The names that a fixed rule gives, put into a guide's texts.
pub(super) struct Names {
    role: String,
    service_account: String,
    external_id: String,
}

impl Names {
    /// The names for `project` of the person's organization.
    pub fn of(principal: &Principal, project: &str) -> Self {
        Self {
            role: assumed::role_name(&principal.organization_name, project),
            service_account: assumed::service_account(principal.organization, project),
            external_id: assumed::external_id(principal.organization),
        }
    }

    fn put_into(&self, text: &str) -> String {
        text.replace(Guide::ROLE, &self.role)
            .replace(Guide::EXTERNAL_ID, &self.external_id)
            .replace(Guide::SERVICE_ACCOUNT, &self.service_account)
    }
}

/// Who is told what the person chose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum GuideAudience {
    /// The form with this name: what is chosen is stored with the credential.
    By(&'static str),
    /// Nobody: the guide shows one or the other.
    ByNobody,
}

/// The guides of every access, of which the chosen one is shown by style alone: choosing loads no page, and
/// nothing that was typed is lost.
pub(super) fn guide(
    (provider, shape): (Provider, AuthMethod),
    chosen: Access,
    names: &Names,
    asked: GuideAudience,
) -> AnyView {
    let (form, field) = match asked {
        GuideAudience::By(form) => (Some(form), "access"),
        GuideAudience::ByNobody => (None, "guide"),
    };
    let switch = Access::ALL.map(|one| {
        view! {
            <label>
                <input type="radio" name=field value=one.as_str() form=form checked=one == chosen/>
                <span>{provider.access_label(one)}</span>
            </label>
        }
    });
    let guides = Access::ALL.map(|one| {
        view! {
            <div class="guide-part" data-access=one.as_str()>
                {steps_of(provider, shape, one, names)}
            </div>
        }
    });
    let kept = (!shape.is_ambient()).then(|| {
        view! {
            <p class="muted kept">
                <Icon name="shield-check"/>
                "Stored in Vault. Never shown again."
            </p>
        }
    });
    view! {
        <aside class="card guide" aria-labelledby="guide-title">
            <h2 id="guide-title">
                <Icon name="book-open"/>
                "How to create it"
            </h2>
            <fieldset class="segments">
                <legend class="unseen">"What it is made for"</legend>
                {switch.into_iter().collect_view()}
            </fieldset>
            {guides.into_iter().collect_view()}
            {kept}
        </aside>
    }
    .into_any()
}

/// How to make a credential that may do this much.
pub(super) fn steps_of(
    provider: Provider,
    shape: AuthMethod,
    access: Access,
    names: &Names,
) -> AnyView {
    let guide = provider.guide(shape, access);
    let steps = guide.steps.iter().map(|step| step_of(step, names)).collect_view();
    let url = match provider.facts().kind {
        CredentialKind::Cluster => "API server address",
        CredentialKind::Registry | CredentialKind::Git => "Repository URL",
    };
    let note = (!guide.note.is_empty()).then(|| view! { <p class="muted">{guide.note}</p> });
    view! {
        <dl>
            <dt>"Grant"</dt>
            <dd>
                <code>{guide.grants}</code>
            </dd>
        </dl>
        <ol>{steps}</ol>
        {note}
        <dl>
            <dt>{url}</dt>
            <dd>
                <code>{provider.facts().url_example}</code>
            </dd>
        </dl>
    }
    .into_any()
}

fn step_of(step: &GuideStep, names: &Names) -> AnyView {
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
