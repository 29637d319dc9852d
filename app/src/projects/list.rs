//! The page Settings → Projects.

use domain::{
    Action, Field, Principal, counted,
    projects::{Project, Sharing},
};
use leptos::prelude::*;

use super::{badges, path_of, sharing_field::sharing_field};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    menu::RowMenu,
    page::{Page, Request, page},
};

/// `/settings/projects`
pub(crate) fn list() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let found = request.services().projects.list(&principal).await?;
        let may_manage = principal.role.includes(Action::ManageOrganization);
        let manages = if may_manage { Manages::Yes } else { Manages::No };
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Projects"</h1>
                    <p class="muted">
                        "Every repository belongs to one. A credential belongs to one too, or an owner shares it, or all of its project, with every project."
                    </p>
                </div>
            </div>
            <div class="beside">
                <div class="stack">{table(&found, manages)}</div>
                <div class="stack">{may_manage.then(|| add(&request, &principal))}</div>
            </div>
        };
        Ok(Page { title: "Projects".to_owned(), section: Section::Projects, body: body.into_any() })
    })
}

/// Whether the person may change projects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manages {
    Yes,
    No,
}

fn table(found: &[Project], manages: Manages) -> AnyView {
    let rows = found.iter().map(|project| row(project, manages)).collect_view();
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count">{counted(total, "project", "projects")}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Credentials"</th>
                        <th scope="col">"Repositories"</th>
                        <th scope="col">
                            <span class="unseen">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(project: &Project, manages: Manages) -> AnyView {
    let href = path_of(project.id);
    let is_default = project.is_default;
    let menu = (manages == Manages::Yes).then(|| {
        view! {
            <RowMenu name=project.name.clone()>
                <a href=href.clone()>"View"</a>
                <a href=format!("{href}#rename")>"Rename"</a>
                {(!is_default)
                    .then(|| view! { <a class="danger" href=format!("{href}/delete")>"Delete"</a> })}
            </RowMenu>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label="Name">
                <a href=path_of(project.id)>{project.name.clone()}</a>
                " "
                {badges(project)}
            </th>
            <td data-label="Credentials">
                <a href=super::found("/credentials", project.id)>{project.credentials}</a>
            </td>
            <td data-label="Repositories">
                <a href=super::found("/charts/repositories", project.id)>{project.repositories}</a>
            </td>
            <td class="row-actions">{menu}</td>
        </tr>
    }
    .into_any()
}

fn add(request: &Request, principal: &Principal) -> AnyView {
    let state = FormState::new("project-add", request);
    let sharing = sharing_field(&state, principal, Sharing::Own);
    view! {
        <section class="card" aria-labelledby="add-title">
            <h2 id="add-title">"Add a project"</h2>
            <Form state=state.clone() action="/actions/projects/save">
                {Input::new(&state, Field::Name, "Name")
                    .hint("Unique in your organization, such as payments.")
                    .required()
                    .line()}
                {sharing}
                <div class="actions">
                    <Submit>"Add"</Submit>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
