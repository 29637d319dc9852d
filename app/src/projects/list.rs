//! The page Settings → Projects.

use domain::{
    Action, Field, Principal, counted,
    projects::{Project, Sharing},
};
use leptos::prelude::*;

use super::{PATH, badges, path_of, sharing_field::sharing_field};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    menu::RowMenu,
    page::{Page, Request, snapshot_page},
    table::{Column, Order, list as list_of},
};

/// `/settings/projects`
pub(crate) fn list() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let mut found = request.services().projects.list(&principal).await?;
        let order = Order::of(&request, PATH);
        order.sort(&mut found, "name", |row| row.name.to_lowercase());
        order.sort(&mut found, "credentials", |row| row.credentials.counted());
        order.sort(&mut found, "repositories", |row| row.repositories.counted());
        let may_manage = principal.role.includes(Action::ManageProjects);
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
            {table(&found, &order, manages)}
            {may_manage.then(|| add(&request, &principal))}
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

fn table(found: &[Project], order: &Order, manages: Manages) -> AnyView {
    let rows = found.iter().map(|project| row(project, manages)).collect_view();
    let columns = vec![
        order.head(Column::text("", "Name"), "name"),
        order.head(Column::number("Credentials").wider(), "credentials"),
        order.head(Column::number("Repositories").wider(), "repositories"),
        Column::menus(),
    ];
    list_of(&counted(found.len(), "project", "projects"), columns, rows.into_any())
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
            <th scope="row" data-label="Name" title=project.name.clone()>
                <div class="cell">
                    <a href=path_of(project.id)>{project.name.clone()}</a>
                    {badges(project)}
                </div>
            </th>
            <td class="number" data-label="Credentials">
                <a href=super::found("/credentials", project.id)>{project.credentials.to_string()}</a>
            </td>
            <td class="number" data-label="Repositories">
                <a href=super::found("/charts/repositories", project.id)>{project.repositories.to_string()}</a>
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
        <section class="card narrow" aria-labelledby="add-title">
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
