//! The form that adds a repository.

use domain::{Action, Field, repositories::AddRepository};
use leptos::prelude::*;

use super::fields::{advanced, carried, credential, interval};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    page::{Page, page},
};

/// `/charts/repositories/new`
pub(crate) fn add() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        actor.may(Action::ManageRepositories)?;
        let values = carried(&request, AddRepository::default());
        let state = FormState::new("repository-add", &request);
        let typed = state.value(Field::Url, &values.url);
        let choices = request.services().credentials.choices(&actor, &typed).await?;
        let url = Input::new(&state, Field::Url, "URL")
            .value(&values.url)
            .placeholder("https://charts.example.com or oci://ghcr.io/acme/charts")
            .hint("Paste it in any usual shape, even a whole helm repo add command.")
            .required()
            .line();
        let name = Input::new(&state, Field::Name, "Name")
            .value(&values.name)
            .hint("Left empty, it is taken from the URL.")
            .line();
        let credential = credential(
            &state,
            &actor,
            &values.credential,
            None,
            choices,
            "Sent only to the host of this URL. Public repositories need none.".to_owned(),
            "/charts/repositories/new".to_owned(),
        );
        let interval = interval(&state, &values.interval);
        let advanced = advanced(&state, &values);
        let body = view! {
            <p class="crumbs"><a href="/charts/repositories">"Repositories"</a></p>
            <section class="card narrow">
                <h1>"Add a repository"</h1>
                <Form state action="/actions/repositories/add">
                    <button class="unseen" type="submit" tabindex="-1" aria-hidden="true">
                        "Add"
                    </button>
                    {url}
                    {name}
                    {credential}
                    {interval}
                    {advanced}
                    <div class="actions">
                        <Submit>"Add"</Submit>
                        <a class="button quiet" href="/charts/repositories">"Cancel"</a>
                    </div>
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
