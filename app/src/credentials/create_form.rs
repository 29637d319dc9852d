//! The form that adds a credential, with the provider's guide beside it.

use domain::{Field, Provider, ProviderFacts};
use leptos::prelude::*;

use crate::ui::{
    form::{Form, FormState, Submit},
    icon::Icon,
    input::{Input, hidden},
    page::Request,
    path,
};

/// The second step: `provider` is chosen.
pub(super) fn create_form(request: &Request, provider: Provider, back: String) -> AnyView {
    let facts = provider.facts();
    let state = FormState::new("credential-create", request);
    let other = path::with("/credentials/new", &[("return", &back)]);
    let cancel = if back.is_empty() { "/credentials".to_owned() } else { back.clone() };
    view! {
        <p class="crumbs">
            <a href="/credentials">"Credentials"</a>
            <Icon name="chevron-right"/>
            <a href=other.clone()>"Add"</a>
        </p>
        <div class="head">
            <h1>"Add a credential"</h1>
        </div>
        <div class="beside">
            <section class="card">
                <Form state=state.clone() action="/actions/credentials/create">
                    {hidden("next", back)}
                    {provider_field(facts, other)}
                    {Input::new(&state, Field::Name, "Name")
                        .hint("Unique in your organization, such as ghcr-prod.")
                        .required()
                        .line()}
                    {Input::new(&state, Field::Username, "Username")
                        .value(facts.fixed_username)
                        .hint(username_hint(facts))
                        .line()}
                    {password(&state, provider, facts.password_hint)}
                    {Input::new(&state, Field::Description, "Description")
                        .hint("Optional: what it is for, who owns it.")
                        .lines("2")}
                    <div class="actions">
                        <Submit>"Create"</Submit>
                        <a class="button quiet" href=cancel>"Cancel"</a>
                    </div>
                </Form>
            </section>
            {guide(facts)}
        </div>
    }
    .into_any()
}

fn provider_field(facts: &'static ProviderFacts, other: String) -> AnyView {
    view! {
        <div class="field" id="field-provider" data-field="provider">
            <span class="label" id="credential-create-provider">"Provider type"</span>
            <p class="picked" aria-labelledby="credential-create-provider">
                <strong>{facts.kind.label()}" · "{facts.label}</strong>
                <a href=other>"Change"</a>
            </p>
            {hidden("provider", facts.code)}
            <p class="problem" data-problem hidden></p>
        </div>
    }
    .into_any()
}

fn username_hint(facts: &ProviderFacts) -> String {
    if facts.fixed_username.is_empty() {
        format!("{}.", facts.username_hint.trim_end_matches('.'))
    } else {
        format!("Always {} for this provider.", facts.fixed_username)
    }
}

/// The password: one line, or several where the provider hands out a key file, because browsers
/// drop line breaks from single lines.
pub(super) fn password(state: &FormState, provider: Provider, hint: &str) -> AnyView {
    let input = Input::new(state, Field::Password, "Password")
        .hint(format!("{}.", hint.trim_end_matches('.')))
        .autocomplete("new-password");
    match provider {
        Provider::GoogleArtifactRegistry => input.secret_lines("7"),
        _ => input.kind("password").line(),
    }
}

/// How to create the token at the provider.
pub(super) fn guide(facts: &'static ProviderFacts) -> AnyView {
    let steps = facts.steps.iter().map(|step| view! { <li>{*step}</li> }).collect_view();
    view! {
        <aside class="card guide" aria-labelledby="guide-title">
            <h2 id="guide-title">
                <Icon name="book-open"/>
                {format!("How to get one: {}", facts.label)}
            </h2>
            <ol>{steps}</ol>
            <dl>
                <dt>"Username"</dt>
                <dd>{facts.username_hint}</dd>
                <dt>"Password"</dt>
                <dd>{facts.password_hint}</dd>
                <dt>"URL"</dt>
                <dd>
                    <code>{facts.url_example}</code>
                </dd>
            </dl>
            <p class="muted">
                <Icon name="shield-check"/>
                "Kept in Vault. Hawser never shows a password again, not even to you."
            </p>
        </aside>
    }
    .into_any()
}
