//! Renaming a project.

use domain::{Action, Field};
use leptos::prelude::*;

use super::{PATH, asked};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    input::{Input, hidden},
    page::{Page, page},
};

/// `/settings/projects/{id}`
pub(crate) fn rename() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        actor.may(Action::ManageOrganization)?;
        let project = asked(&request, &actor).await?;
        let state = FormState::new("project-rename", &request);
        let name = Input::new(&state, Field::Name, "Name")
            .value(&project.name)
            .hint("AWS roles that Hawser assumes carry this name: rename those too.")
            .required()
            .line();
        let id = project.id.to_string();
        let body = view! {
            <p class="crumbs"><a href=PATH>"Projects"</a></p>
            <section class="card narrow">
                <h1>{format!("Rename {}", project.name)}</h1>
                <Form state action="/actions/projects/save">
                    {hidden("project", id)}
                    {name}
                    <div class="actions">
                        <Submit>"Save"</Submit>
                        <a class="button quiet" href=PATH>"Cancel"</a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: format!("Rename {}", project.name),
            section: Section::Projects,
            body: body.into_any(),
        })
    })
}
