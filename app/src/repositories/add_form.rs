//! The form that adds a repository.

use domain::{Action, Field, repositories::AddRepository};
use leptos::prelude::*;

use super::fields::{
    OfferedCredentials, advanced, belongs, carried, credential, entered, interval, network, submit,
};
use crate::{
    answer::redirect,
    connection_tests::{results, test_button},
    ui::{
        form::{Form, FormState},
        frame::Section,
        input::{Input, hidden},
        page::{Page, page},
        path,
        return_to::{NEXT, back, begun},
    },
};

const FORM: &str = "repository-add";
const NEW: &str = "/charts/repositories/new";

/// `/charts/repositories/new`
pub(crate) fn add() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageRepositories)?;
        if let Some(next) = begun(&request) {
            redirect(&path::with(NEW, &[(NEXT, &next)]));
        }
        let next = back(&request);
        let values = carried(&request, &AddRepository::default());
        let state = FormState::new(FORM, &request);
        let typed = state.value(Field::Url, &values.url);
        let chosen = state.value(Field::Credential, &values.credential).parse().ok();
        let offered = OfferedCredentials::of(&request, &principal, &typed, chosen).await?;
        let projects = request.services().projects.list(&principal).await?;
        let url = Input::new(&state, Field::Url, "URL")
            .value(&values.url)
            .placeholder("https://charts.example.com or oci://ghcr.io/acme/charts")
            .hint("Paste a URL or a helm repo add command.")
            .required()
            .line();
        let name = Input::new(&state, Field::Name, "Name")
            .value(&values.name)
            .hint("Left empty, it is taken from the URL.")
            .line();
        let submit = submit(&state, &principal, &values, &offered.choices, "Add");
        let entered = entered(&offered, "Add", NEW);
        let credential = credential(
            &state,
            &principal,
            &values,
            None,
            offered,
            "Sent only to the host of this URL. Public repositories need none.".to_owned(),
            NEW.to_owned(),
        );
        let interval = interval(&state, &values.interval);
        let belongs = belongs(&state, &values, projects);
        let advanced = advanced(&state, &values);
        let network = network(&state, &values.ca, &values.proxy);
        let results = results(&request, FORM);
        let away = if next.is_empty() { "/charts/repositories".to_owned() } else { next.clone() };
        let body = view! {
            <section class="card narrow">
                <h1>"Add a repository"</h1>
                <Form state action="/actions/repositories/add">
                    {entered}
                    {hidden(NEXT, next)}
                    {url}
                    {name}
                    {belongs}
                    {credential}
                    {interval}
                    {advanced}
                    {network}
                    <div class="actions">
                        {submit}
                        {test_button(FORM)}
                        <a class="button quiet" href=away>
                            "Cancel"
                        </a>
                    </div>
                    {results}
                </Form>
            </section>
        };
        Ok(Page {
            title: "Add a repository".to_owned(),
            section: Section::Repositories,
            body: body.into_any(),
        })
    })
}
