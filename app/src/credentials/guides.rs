//! The guides of all providers on one page, each folded (F46).

use domain::{Access, AuthMethod, Provider};
use leptos::prelude::*;

use super::guide::{Names, steps_of};
use crate::ui::{
    frame::Section,
    icon::Icon,
    page::{Page, page},
    path,
};

/// `/credentials/guides`; `provider` opens one.
pub(crate) fn guides() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let names = Names::of(&principal, domain::assumed::SHARED);
        let open = Provider::parse(&request.query("provider"));
        let providers = Provider::ALL
            .into_iter()
            .map(|provider| of(provider, &names, open == Some(provider)))
            .collect_view();
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Guides"</h1>
                    <p class="muted">
                        "How to get a credential from each provider: what to grant, where to click, which commands."
                    </p>
                </div>
            </div>
            <div class="guides stack">{providers}</div>
        };
        Ok(Page {
            title: "Guides".to_owned(),
            section: Section::Credentials,
            body: body.into_any(),
        })
    })
}

fn of(provider: Provider, names: &Names, open: bool) -> AnyView {
    let facts = provider.facts();
    let ways = facts.shapes.iter().map(|shape| way(provider, *shape, names)).collect_view();
    view! {
        <details class="card guide-of" id=provider.as_str() open=open>
            <summary>
                <h2>{facts.label}</h2>
                <span class="muted">{facts.kind.label()}</span>
                <Icon name="chevron-down"/>
            </summary>
            {ways}
        </details>
    }
    .into_any()
}

/// One way to authenticate, for reading and for pushing.
fn way(provider: Provider, shape: AuthMethod, names: &Names) -> AnyView {
    let pairs = [("provider", provider.as_str()), ("shape", shape.as_str())];
    let field = format!("guide-{}-{}", provider.as_str(), shape.as_str());
    let switch = Access::ALL.map(|one| {
        let checked = one == Access::default();
        view! {
            <label>
                <input type="radio" name=field.clone() value=one.as_str() checked=checked/>
                <span>{provider.access_label(one)}</span>
            </label>
        }
    });
    let parts = Access::ALL.map(|one| {
        view! {
            <div class="guide-part" data-access=one.as_str()>
                {steps_of(provider, shape, one, names)}
            </div>
        }
    });
    view! {
        <section class="guide way">
            <h3>{provider.shape_label(shape)}</h3>
            <p class="muted">{provider.shape_summary(shape)}</p>
            <fieldset class="segments">
                <legend class="unseen">"What it is made for"</legend>
                {switch.into_iter().collect_view()}
            </fieldset>
            {parts.into_iter().collect_view()}
            <p>
                <a class="button quiet" href=path::with("/credentials/new", &pairs)>
                    "Add a credential like this"
                </a>
            </p>
        </section>
    }
    .into_any()
}
