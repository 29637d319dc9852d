//! The form that adds a credential, with the guide beside it: the last step of the wizard.

use domain::{
    Access, AuthMethod, CredentialKind, Field, Principal, Provider, ProviderFacts,
    credentials::{Parameters, Placement, Remarks},
    projects::Project,
    registry_place,
};
use leptos::prelude::*;
use url::form_urlencoded::parse;

use super::{
    auth_method_fields::{StoredFields, shape_fields},
    choose::WizardStep,
    choose_auth_method::asks,
    draft::Draft,
    guide::{GuideAudience, Names, guide},
    placement_fields::PlacementContext,
    remark_fields::remark_fields,
    return_to::Asker,
    test_fields::test_fields,
};
use crate::{
    connection_tests::{results, test_button},
    ui::{
        badge::{Badge, Tone},
        form::{Form, FormState, Submit},
        icon::Icon,
        input::{Input, hidden},
        page::Request,
        return_to::NEXT,
    },
};

const FORM: &str = "credential-create";

/// The form for a provider and an auth method.
pub(super) fn create_form(
    request: &Request,
    principal: &Principal,
    projects: &[Project],
    step: &WizardStep,
    (provider, shape): (Provider, AuthMethod),
) -> AnyView {
    let state = FormState::new(FORM, request);
    // A Git target is written to, unless the person chose otherwise.
    let pushes = provider.facts().kind == CredentialKind::Git
        || Asker::of(&step.back) == Some(Asker::GitTarget);
    let access = match request.sent_along("access") {
        None if pushes => Access::Push,
        chosen => Access::parse(&chosen.unwrap_or_default()).unwrap_or_default(),
    };
    let cancel = if step.back.is_empty() { "/credentials".to_owned() } else { step.back.clone() };
    let names = Names::of(principal, &project_name(&state, projects));
    let place = PlacementContext {
        state: &state,
        principal,
        provider,
        projects,
        stored: &Placement::default(),
    };
    let placement = placement(&place);
    let fields = fields(&state, provider, shape, &step.back);
    let chosen_access =
        Access::parse(&state.value(Field::Access, access.as_str())).unwrap_or_default();
    let results = results(request, FORM);
    let test_url = test_url(&state, provider, &step.back);
    let test_fields = test_fields(&state, provider, &step.back);
    let chosen = view! {
        {provider_field(provider.facts(), step.to(None, None, access))}
        {shape_choice(step, provider, shape, access)}
    };
    let next = hidden(NEXT, step.back.clone());
    view! {
        {step.crumbs(Some(provider))}
        <div class="head">
            <h1>"Add a credential"</h1>
        </div>
        {step.steps(Some(provider), Some(shape))}
        <div class="beside">
            <section class="card">
                <Form state=state.clone() action="/actions/credentials/create">
                    {next}
                    {hidden("provider", provider.as_str())}
                    {hidden("shape", shape.as_str())}
                    <Draft key=format!("new-credential-{}", provider.as_str())/>
                    {chosen}
                    {fields}
                    {placement}
                    {test_url}
                    {test_fields}
                    <div class="actions">
                        <Submit>"Create"</Submit>
                        {test_button(FORM)}
                        <a class="button quiet" href=cancel>"Cancel"</a>
                    </div>
                    {results}
                </Form>
            </section>
            {guide((provider, shape), chosen_access, &names, GuideAudience::By(FORM))}
        </div>
    }
    .into_any()
}

fn fields(state: &FormState, provider: Provider, shape: AuthMethod, back: &str) -> AnyView {
    let facts = provider.facts();
    // What the address of the repository tells is filled in already.
    let url = carried_url(back);
    let (account, region) = registry_place(&url)
        .filter(|_| provider == Provider::AmazonEcr)
        .map(|(account, region)| (account.to_owned(), region.to_owned()))
        .unwrap_or_default();
    let parameters = Parameters { account, region, ..Parameters::default() };
    let username = if shape == AuthMethod::Password { facts.fixed_username } else { "" };
    let stored = StoredFields { username, parameters: &parameters, secret_hint: "" };
    let name = match facts.kind {
        CredentialKind::Registry => "For example ghcr-prod.",
        CredentialKind::Git => "For example gitops-push.",
        CredentialKind::Cluster => "For example cluster-prod.",
    };
    view! {
        {Input::new(state, Field::Name, "Name")
            .hint(name)
            .required()
            .line()}
        {shape_fields(state, provider, shape, &stored)}
        {remark_fields(state, &Remarks::default())}
    }
    .into_any()
}

fn placement(place: &PlacementContext<'_>) -> AnyView {
    view! {
        <details class="more" open=place.is_open()>
            <summary>"Matching and expiry"</summary>
            <div class="more-fields">{place.fields()}</div>
        </details>
    }
    .into_any()
}

/// The address that a test asks; it is not stored.
pub(super) fn test_url(state: &FormState, provider: Provider, back: &str) -> AnyView {
    // A kubeconfig names its server itself.
    if provider.facts().kind == CredentialKind::Cluster {
        return ().into_any();
    }
    Input::new(state, Field::Url, "Repository URL to test with")
        .value(&carried_url(back))
        .placeholder(provider.facts().url_example)
        .hint("Only for the test, and not stored.")
        .line()
}

/// The URL of the repository form that somebody came from.
fn carried_url(back: &str) -> String {
    let query = back.split_once('?').map_or("", |(_, query)| query);
    parse(query.as_bytes())
        .find(|(name, _)| name == "url")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn project_name(state: &FormState, projects: &[Project]) -> String {
    let chosen = state.value(Field::Project, "");
    if chosen == domain::assumed::SHARED {
        return chosen;
    }
    projects
        .iter()
        .find(|project| project.id.to_string() == chosen)
        .or_else(|| projects.iter().find(|project| project.is_default))
        .map(|project| project.name.clone())
        .unwrap_or_default()
}

fn provider_field(facts: &'static ProviderFacts, other: String) -> AnyView {
    view! {
        <div class="field" id="field-provider" data-field="provider">
            <span class="label" id="credential-create-provider">"Provider type"</span>
            <p class="picked" aria-labelledby="credential-create-provider">
                <strong>{facts.kind.label()}" · "{facts.label}</strong>
                <a href=other>"Change"</a>
            </p>
            <p class="problem" data-problem hidden></p>
        </div>
    }
    .into_any()
}

/// The way to authenticate that was chosen, with the others at one click.
fn shape_choice(
    step: &WizardStep,
    provider: Provider,
    shape: AuthMethod,
    access: Access,
) -> AnyView {
    let others =
        other_shapes(provider, shape, |other| step.to(Some(provider), Some(other), access));
    let is_recommended = asks(provider) && provider.facts().shapes.first() == Some(&shape);
    let badge = is_recommended.then(|| view! { <Badge tone=Tone::Good label="Recommended"/> });
    view! {
        <div class="field" id="field-shape" data-field="shape">
            <span class="label" id="credential-create-shape">"Sign-in method"</span>
            <p class="picked" aria-labelledby="credential-create-shape">
                <strong>{provider.shape_label(shape)}</strong>
                {badge}
            </p>
            <p class="problem" data-problem hidden></p>
            <p class="hint">{provider.shape_summary(shape)}</p>
            {others}
        </div>
    }
    .into_any()
}

/// Links to the other ways of the provider; nothing when there is only one.
pub(super) fn other_shapes(
    provider: Provider,
    shape: AuthMethod,
    to: impl Fn(AuthMethod) -> String,
) -> AnyView {
    let others: Vec<_> =
        provider.facts().shapes.iter().copied().filter(|other| *other != shape).collect();
    if others.is_empty() {
        return ().into_any();
    }
    let links = others
        .into_iter()
        .map(|other| {
            view! {
                <li>
                    <a href=to(other)>{provider.shape_label(other)}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="ways">
            <summary>
                "Use another method"
                <Icon name="chevron-down"/>
            </summary>
            <ul>{links}</ul>
        </details>
    }
    .into_any()
}
