//! The second step of the wizard: how the credential authenticates.

use domain::{Access, AuthMethod, Provider};
use leptos::prelude::*;

use super::choose::WizardStep;
use crate::ui::{
    badge::{Badge, Tone},
    icon::Icon,
};

/// Whether this step is worth a page: there are several ways, and the recommended one is not the
/// user name and token that everybody expects.
pub(super) fn asks(provider: Provider) -> bool {
    let shapes = provider.facts().shapes;
    shapes.len() > 1 && shapes.first().is_some_and(|first| *first != AuthMethod::Password)
}

/// The ways of `provider`, the recommended one first.
pub(super) fn choose_shape(step: &WizardStep, provider: Provider) -> AnyView {
    let cards = provider
        .facts()
        .shapes
        .iter()
        .enumerate()
        .map(|(index, shape)| {
            let badge =
                (index == 0).then(|| view! { <Badge tone=Tone::Good label="Recommended"/> });
            view! {
                <li>
                    <a
                        class="choice"
                        href=step.to(Some(provider), Some(*shape), Access::default())
                    >
                        <Icon name=icon_of(*shape)/>
                        <span>
                            <strong>{provider.shape_label(*shape)}</strong>
                            <small class="muted">{provider.shape_summary(*shape)}</small>
                            {badge}
                        </span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        {step.crumbs(None)}
        <div class="head">
            <div>
                <h1>"How do you want to authenticate?"</h1>
                <p class="muted">{provider.facts().label}</p>
            </div>
        </div>
        {step.steps(Some(provider), None)}
        <ul class="choices wide">{cards}</ul>
    }
    .into_any()
}

const fn icon_of(shape: AuthMethod) -> &'static str {
    if shape.is_ambient() { "shield-check" } else { "key-round" }
}
