//! Deleting a repository.

use domain::{Action, counted};
use leptos::prelude::*;

use super::path_of;
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    page::{Page, page},
};

/// `/charts/repositories/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageRepositories)?;
        let repository =
            request.services().repositories.get(&principal, request.id()?).await?.summary;
        let state = FormState::new("repository-delete", &request);
        let href = path_of(repository.id);
        let id = repository.id.to_string();
        let credential = repository.link.as_ref().map(|link| {
            view! { <p>"The credential " <strong>{link.name.clone()}</strong> " stays."</p> }
        });
        let body = view! {
            <p class="crumbs">
                <a href="/charts/repositories">"Repositories"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{repository.name.clone()}</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Delete {}?", repository.name)}</h1>
                <p>
                    {format!(
                        "{} leave the catalog. Nothing changes at the registry itself.",
                        counted(repository.charts, "chart", "charts"),
                    )}
                </p>
                {credential}
                <Form state action="/actions/repositories/delete" deletes=id.clone()>
                    {hidden("repository", id)}
                    <div class="actions">
                        <Submit class="button danger solid">"Delete"</Submit>
                        <a class="button quiet" href=href>"Cancel"</a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: format!("Delete {}", repository.name),
            section: Section::Repositories,
            body: body.into_any(),
        })
    })
}
