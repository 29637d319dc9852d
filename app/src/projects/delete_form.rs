//! Deleting a project.

use domain::{Action, projects::Project};
use leptos::prelude::*;

use super::{PATH, asked};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    page::{Page, page},
};

/// `/settings/projects/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageProjects)?;
        let project = asked(&request, &principal).await?;
        let state = FormState::new("project-delete", &request);
        let body = view! {
            <section class="card narrow">
                <h1>{format!("Delete {}?", project.name)}</h1>
                {match hindrance(&project) {
                    Some(text) => kept(text),
                    None => confirm(state, &project),
                }}
            </section>
        };
        Ok(Page {
            title: format!("Delete {}", project.name),
            section: Section::Projects,
            body: body.into_any(),
        })
    })
}

/// Why it cannot be deleted now.
fn hindrance(project: &Project) -> Option<String> {
    if project.is_default {
        return Some(
            "The default project takes what is not put into another one. It stays.".to_owned(),
        );
    }
    let parts: Vec<String> = [
        (project.credentials, "credential", "credentials"),
        (project.repositories, "repository", "repositories"),
    ]
    .into_iter()
    .filter(|(count, ..)| !count.is_empty())
    .map(|(count, one, many)| count.words(one, many))
    .collect();
    (!parts.is_empty()).then(|| {
        format!(
            "It still holds {}. Move them to another project or delete them first.",
            parts.join(" and ")
        )
    })
}

fn kept(text: String) -> AnyView {
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <p>{text}</p>
        </div>
        <div class="actions">
            <a class="button" href=PATH>"Back to Projects"</a>
        </div>
    }
    .into_any()
}

fn confirm(state: FormState, project: &Project) -> AnyView {
    let id = project.id.to_string();
    view! {
        <p>"Nothing is in it, so nothing else changes."</p>
        <Form state action="/actions/projects/delete" deletes=id.clone()>
            {hidden("project", id)}
            <div class="actions">
                <Submit class="button danger solid">"Delete"</Submit>
                <a class="button quiet" href=PATH>"Cancel"</a>
            </div>
        </Form>
    }
    .into_any()
}
