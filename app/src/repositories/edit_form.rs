//! The form that changes a repository.

use domain::{
    Action, CredentialId, Field, Principal,
    projects::Project,
    repositories::{AddRepository, LinkState, RepositoryDetail},
};
use leptos::prelude::*;

use super::{
    fields::{
        AUTOMATIC, OfferedCredentials, advanced, belongs, carried, credential, entered, interval,
        network, submit,
    },
    path_of,
};
use crate::{
    connection_tests::{results, test_button},
    ui::{
        form::{Form, FormState},
        input::{Input, hidden},
        page::Request,
        tabs::Tab,
    },
};

const FORM: &str = "repository-edit";

/// The stored values as a form holds them. A suspended credential is not chosen: that is what the
/// person has to do to confirm the new address.
pub(super) fn stored(repository: &RepositoryDetail) -> AddRepository {
    let link = repository.summary.link.as_ref();
    AddRepository {
        url: repository.summary.url.clone().into(),
        name: repository.summary.name.clone(),
        kind: repository.summary.kind.as_str().to_owned(),
        credential: if repository.is_automatic {
            AUTOMATIC.to_owned()
        } else {
            link.filter(|link| link.state == LinkState::Active)
                .map(|link| link.credential.to_string())
                .unwrap_or_default()
        },
        interval: repository.interval.to_string(),
        charts: repository.chart_names.join("\n"),
        project: repository.summary.project.to_string(),
        environment: repository.summary.environment.as_str().to_owned(),
        ca: repository.ca.clone(),
        proxy: repository.proxy.clone().into(),
        allow: String::new(),
    }
}

/// The URL in the form, for which the credentials are sorted.
pub(super) fn typed_url(request: &Request, repository: &RepositoryDetail) -> String {
    let url = carried(request, &stored(repository)).url;
    FormState::new(FORM, request).value(Field::Url, &url)
}

/// The credential that is chosen in the form, or that a suspended link names.
pub(super) fn chosen(request: &Request, repository: &RepositoryDetail) -> Option<CredentialId> {
    let stored = carried(request, &stored(repository)).credential;
    let chosen = FormState::new(FORM, request).value(Field::Credential, &stored).parse().ok();
    chosen.or_else(|| repository.summary.link.as_ref().map(|link| link.credential))
}

/// The form; an address that is not allowed for the credential suspends it.
pub(super) fn edit_form(
    request: &Request,
    principal: &Principal,
    repository: &RepositoryDetail,
    offered: OfferedCredentials,
    projects: Vec<Project>,
) -> AnyView {
    let state = FormState::new(FORM, request).over(&stored(repository), repository.row_version);
    let values = carried(request, &stored(repository));
    let is_kept =
        !repository.carried_by.is_empty() && !principal.role.includes(Action::ManageExports);
    let hint = match &repository.summary.link {
        _ if is_kept => format!(
            "Its value goes to clusters with {}, so only people who manage exports can select another one.",
            repository.carried_by.join(", ")
        ),
        _ if repository.is_automatic => {
            "Matched by URL, again after every change of a credential.".to_owned()
        }
        Some(link) if link.state == LinkState::Suspended => format!(
            "Suspended: this is not an allowed address of {}. Select it again once it is.",
            link.name
        ),
        _ => "Sent only to the host of this URL.".to_owned(),
    };
    let id = repository.summary.id;
    let link = repository.summary.link.as_ref();
    let here = Tab::Settings.at(&path_of(id));
    let submit = submit(&state, principal, &values, &offered.choices, "Save");
    let entered = entered(&offered, "Save", &here);
    let credential = credential(&state, principal, &values, link, offered, hint, here);
    let url = Input::new(&state, Field::Url, "URL")
        .value(&values.url)
        .hint("Changing the host suspends the credential unless it may go there.")
        .required()
        .line();
    let name = Input::new(&state, Field::Name, "Name").value(&values.name).required().line();
    let interval = interval(&state, &values.interval);
    let belongs = belongs(&state, &values, projects);
    let advanced = advanced(&state, &values);
    let network = network(&state, &values.ca, &values.proxy);
    let results = results(request, FORM);
    let row_version = state.row_version(request, repository.row_version);
    view! {
        <section class="card" id="edit" aria-labelledby="edit-title">
            <h2 id="edit-title">"Settings"</h2>
            <Form state action="/actions/repositories/edit">
                {entered}
                {hidden("repository", id.to_string())}
                {hidden("row_version", row_version)}
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
                </div>
                {results}
            </Form>
        </section>
    }
    .into_any()
}
