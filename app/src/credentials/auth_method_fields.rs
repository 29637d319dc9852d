//! The fields of a form that follow from how a credential authenticates.

use domain::{
    AuthMethod, Field, Need, Provider, ProviderFacts, ShapeField, Typed, credentials::Parameters,
};
use leptos::prelude::*;

use super::{advising::Advising, input_warnings, key_file::KeyFile};
use crate::ui::{form::FormState, input::Input};

/// What stands in the fields before anybody types.
pub(super) struct StoredFields<'a> {
    pub username: &'a str,
    pub parameters: &'a Parameters,
    /// The hint of the secret; empty takes the one of auth method or provider.
    pub secret_hint: &'static str,
}

/// Every field of `shape`, with the advice about what is typed into them.
pub(super) fn shape_fields(
    state: &FormState,
    provider: Provider,
    shape: AuthMethod,
    stored: &StoredFields<'_>,
) -> AnyView {
    let fields = shape
        .facts()
        .fields
        .iter()
        .map(|field| shape_field(state, provider.facts(), field, stored))
        .collect_view();
    let ambient = shape.is_ambient().then(|| {
        view! {
            <p class="hint">
                "There is no secret to type: this server's own identity is used, once its operator has turned that on."
            </p>
        }
    });
    view! {
        {fields}
        {ambient}
        {input_warnings::left(state, provider, shape)}
        {(!shape.is_ambient()).then(|| view! { <Advising provider shape/> })}
    }
    .into_any()
}

fn shape_field(
    state: &FormState,
    facts: &ProviderFacts,
    field: &ShapeField,
    stored: &StoredFields<'_>,
) -> AnyView {
    let value = if field.field == Field::Username {
        stored.username
    } else {
        stored.parameters.get(field.field)
    };
    let input = Input::new(state, field.field, field.label).value(value).hint(hint(
        facts,
        field,
        stored.secret_hint,
    ));
    let input = if field.need == Need::Required { input.required() } else { input };
    match field.typed {
        Typed::Line => input.line(),
        Typed::Lines => input.lines("4"),
        Typed::Secret => input.kind("password").autocomplete("new-password").line(),
        Typed::SecretFile => {
            let area = input.autocomplete("new-password").secret_lines("7");
            view! { <div class="with-file">{area}<KeyFile/></div> }.into_any()
        }
    }
}

fn hint(facts: &ProviderFacts, field: &ShapeField, secret_hint: &'static str) -> String {
    if field.field == Field::Password && !secret_hint.is_empty() {
        return secret_hint.to_owned();
    }
    match (field.hint, field.field) {
        ("", Field::Username) if !facts.fixed_username.is_empty() => {
            format!("Always {} for this provider.", facts.fixed_username)
        }
        ("", Field::Username) => sentence(facts.username_hint),
        ("", Field::Password) => sentence(facts.password_hint),
        (hint, _) => hint.to_owned(),
    }
}

/// With a full stop, but for an example at the end, which people copy with whatever follows it.
fn sentence(hint: &str) -> String {
    if hint.is_empty() || hint.contains(", such as ") {
        return hint.to_owned();
    }
    format!("{}.", hint.trim_end_matches('.'))
}
