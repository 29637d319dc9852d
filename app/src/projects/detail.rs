//! One project: the credentials and repositories that belong to it, and its name.

use domain::{
    Action, Field, Principal, Timestamp, Total,
    credentials::{CredentialQuery, CredentialSummary},
    projects::Project,
    repositories::{RepositoryQuery, RepositorySummary},
};
use leptos::prelude::*;

use super::{asked, badges, found, path_of, sharing_field::sharing_field};
use crate::ui::{
    badge::StatusBadge,
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::{Input, hidden},
    live::Live,
    page::{Page, Request, snapshot_page},
};

/// So many of each are shown; the rest is a link away.
const SHOWN: usize = 20;

/// `/settings/projects/{id}`
pub(crate) fn detail() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let project = asked(&request, &principal).await?;
        let services = request.services();
        let in_project = Some(project.id);
        let credentials = CredentialQuery { project: in_project, ..CredentialQuery::default() };
        let credentials = services.credentials.list(&principal, credentials).await?;
        let repositories = RepositoryQuery { project: in_project, ..RepositoryQuery::default() };
        let repositories = services.repositories.list(&principal, repositories).await?;
        let may_manage = principal.role.includes(Action::ManageProjects);
        let delete = (may_manage && !project.is_default).then(|| {
            view! {
                <a class="button danger" href=format!("{}/delete", path_of(project.id))>
                    <Icon name="trash-2"/>
                    "Delete"
                </a>
            }
        });
        let body = view! {
            <div class="head">
                <div>
                    <h1>{project.name.clone()}</h1>
                    <p class="tags">
                        {badges(&project)}
                        <span class="muted">
                            {credentials.total.words("credential", "credentials")} " · "
                            {repositories.total.words("repository", "repositories")}
                        </span>
                    </p>
                </div>
                {delete}
            </div>
            <div class="beside">
                <div class="stack">
                    {repositories_of(&project, &repositories.rows, repositories.total)}
                    {credentials_of(&project, &credentials.rows, credentials.total, request.now)}
                </div>
                <div class="stack">{may_manage.then(|| settings(&request, &principal, &project))}</div>
            </div>
            <Live/>
        };
        Ok(Page { title: project.name.clone(), section: Section::Projects, body: body.into_any() })
    })
}

fn repositories_of(project: &Project, rows: &[RepositorySummary], total: Total) -> AnyView {
    let lines = rows
        .iter()
        .take(SHOWN)
        .map(|row| {
            let href = crate::repositories::path_of(row.id);
            view! {
                <li class="line">
                    <div>
                        <a href=href>{row.name.clone()}</a>
                        <p class="muted url">{row.url.clone()}</p>
                    </div>
                    <StatusBadge status=row.status()/>
                </li>
            }
        })
        .collect_view();
    let all = all(found("/charts/repositories", project.id), total);
    card("Repositories", "No repository belongs to it yet.", lines.into_any(), all, total)
}

fn credentials_of(
    project: &Project,
    rows: &[CredentialSummary],
    total: Total,
    now: Timestamp,
) -> AnyView {
    let lines = rows
        .iter()
        .take(SHOWN)
        .map(|row| {
            let href = crate::credentials::path_of(row.id);
            view! {
                <li class="line">
                    <div>
                        <a href=href>{row.name.clone()}</a>
                        <p class="muted">{row.provider.facts().label}</p>
                    </div>
                    <StatusBadge status=row.health().status(now)/>
                </li>
            }
        })
        .collect_view();
    let all = all(found("/credentials", project.id), total);
    let none = "No credential belongs to it alone. Shared ones may be used in it too.";
    card("Credentials", none, lines.into_any(), all, total)
}

fn all(href: String, total: Total) -> AnyView {
    let label = format!("Show all {total}");
    (!total.is_empty()).then(|| view! { <a class="button quiet" href=href>{label}</a> }).into_any()
}

fn card(
    title: &'static str,
    none: &'static str,
    lines: AnyView,
    all: AnyView,
    total: Total,
) -> AnyView {
    let live = title.to_lowercase();
    let id = format!("{live}-title");
    let labelled = id.clone();
    let none = total.is_empty().then(|| view! { <p class="muted">{none}</p> });
    view! {
        <section class="card" aria-labelledby=labelled>
            <div class="card-head">
                <h2 id=id>{title}</h2>
                {all}
            </div>
            <div data-live=live>{none} <ul class="lines">{lines}</ul></div>
        </section>
    }
    .into_any()
}

fn settings(request: &Request, principal: &Principal, project: &Project) -> AnyView {
    let state = FormState::new("project-rename", request);
    let name = Input::new(&state, Field::Name, "Name")
        .value(&project.name)
        .hint("AWS roles that Hawser assumes carry this name: rename those too.")
        .required()
        .line();
    let sharing = sharing_field(&state, principal, project.sharing);
    let id = project.id.to_string();
    view! {
        <section class="card" id="rename" aria-labelledby="rename-title">
            <h2 id="rename-title">"Name and sharing"</h2>
            <Form state action="/actions/projects/save">
                {hidden("project", id)}
                {name}
                {sharing}
                <div class="actions">
                    <Submit>"Save"</Submit>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
