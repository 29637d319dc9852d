//! The fields that adding and changing a repository share.

use domain::{
    Action, CredentialId, Field, Principal, ServiceError, counted,
    credentials::{CredentialChoice, Environment},
    projects::Project,
    repositories::{AddRepository, INTERVALS, Link, RepositoryKind, RepositoryUrl},
};
use leptos::prelude::*;

use super::environment::clash_warning;
use crate::{
    sent::refilled,
    ui::{
        compatible::Fitting,
        enter::{enter_searches, enter_sends},
        form::FormState,
        input::Input,
        page::Request,
        return_to::{Leave, elsewhere},
    },
};

/// What stands in the fields: what travelled along in the query while somebody added a credential,
/// before `stored`.
pub(super) fn carried(request: &Request, stored: &AddRepository) -> AddRepository {
    // A field that was emptied travels too, so that it is its presence that counts.
    let values = refilled(stored, |name| request.sent_along(name), |_| None);
    // What a person agreed to is never carried along.
    AddRepository { allow: String::new(), ..values }
}

/// What the drop-down of credentials offers.
pub(super) struct OfferedCredentials {
    /// Those that fit, or whose names hold what is searched for.
    pub choices: Vec<CredentialChoice>,
    /// What is searched for; empty for nothing.
    pub search: String,
}

impl OfferedCredentials {
    /// What the form at this page offers for a URL, with the chosen one.
    pub async fn of(
        request: &Request,
        principal: &Principal,
        url: &str,
        chosen: Option<CredentialId>,
    ) -> Result<Self, ServiceError> {
        let search = request.query("search");
        let service = &request.services().credentials;
        let choices = service.choices(principal, url, chosen, &search).await?;
        Ok(Self { choices, search })
    }

    /// Whether there may be more than it offers, so that one searches.
    const fn is_searched(&self) -> bool {
        self.choices.len() >= CredentialChoice::MOST || !self.search.is_empty()
    }
}

/// What Enter presses in a form that offers credentials.
pub(super) fn entered(offered: &OfferedCredentials, verb: &'static str, here: &str) -> AnyView {
    if offered.is_searched() {
        enter_searches(verb, elsewhere(here), None)
    } else {
        enter_sends(verb)
    }
}

/// The field that searches the credentials beside the drop-down of those that fit.
fn search(offered: &OfferedCredentials, here: &str) -> Option<AnyView> {
    offered.is_searched().then(|| {
        let found = match (offered.search.trim(), offered.choices.len()) {
            ("", _) => "There are more credentials than the list holds.".to_owned(),
            (_, 0) => "No credential has this in its name.".to_owned(),
            (_, count) if count >= CredentialChoice::MOST => {
                format!("The list holds the first {count} that have this in their names.")
            }
            (_, count) => format!("{} below.", counted(count, "credential", "credentials")),
        };
        view! {
            <div class="field" data-finds>
                <label for="credential-search">"Search credentials"</label>
                <div class="joined">
                    <input
                        id="credential-search"
                        type="search"
                        name="search"
                        value=offered.search.clone()
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="credential-search-hint"
                    />
                    <button class="button" type="submit" formaction=elsewhere(here) formnovalidate>
                        "Search"
                    </button>
                </div>
                <p class="hint" id="credential-search-hint" role="status" data-found-here>{found}</p>
            </div>
        }
        .into_any()
    })
}

/// The choice that leaves it to the URL which credential is used.
pub(super) const AUTOMATIC: &str = "automatic";

/// The drop-down of credentials, and the button that adds one without losing the form. `link` is
/// the stored one; its credential may be of a kind that nobody is offered.
pub(super) fn credential(
    state: &FormState,
    principal: &Principal,
    values: &AddRepository,
    link: Option<&Link>,
    offered: OfferedCredentials,
    hint: String,
    back: String,
) -> AnyView {
    let search = search(&offered, &back);
    let choices = offered.choices;
    // Without it among the options the browser would choose the first one, and say nothing.
    let chosen = state.value(Field::Credential, &values.credential);
    let environment =
        choices.iter().find(|choice| choice.id.to_string() == chosen).map(|it| it.environment);
    let clash = clash(state, values, environment);
    let (fitting, rest): (Vec<_>, Vec<_>) =
        choices.into_iter().partition(|choice| choice.fits_host);
    let options = |choices: Vec<CredentialChoice>| -> Vec<(String, String)> {
        choices.into_iter().map(|choice| (choice.id.to_string(), label(&choice))).collect()
    };
    let (fitting, mut rest) = (options(fitting), options(rest));
    let known = |chosen: &str| chosen.is_empty() || chosen == AUTOMATIC;
    if !known(&chosen) && !fitting.iter().chain(&rest).any(|(value, _)| *value == chosen) {
        let name = link.filter(|link| link.credential.to_string() == chosen).map_or_else(
            || "Selected before, not in this list".to_owned(),
            |link| link.name.clone(),
        );
        rest.push((chosen.clone(), name));
    }
    let select =
        Input::new(state, Field::Credential, "Credential").value(&chosen).hint(hint).select(vec![
            ("Fits the host", fitting),
            (
                "",
                vec![
                    (String::new(), "None".to_owned()),
                    (AUTOMATIC.to_owned(), "Automatic: the one that matches the URL".to_owned()),
                ],
            ),
            ("Other credentials", rest),
        ]);
    let add = principal.role.includes(Action::ManageCredentials).then(|| {
        view! {
            <Leave to="/credentials/new" here=back label="Add a new credential…"/>
        }
    });
    view! { <div class="with-button">{search}{select}{clash}{add}<Fitting/></div> }.into_any()
}

/// The button that sends the form. Where the chosen credential may not go to the typed address yet, it
/// says so to those who may allow that.
pub(super) fn submit(
    state: &FormState,
    principal: &Principal,
    values: &AddRepository,
    choices: &[CredentialChoice],
    verb: &'static str,
) -> AnyView {
    let chosen = state.value(Field::Credential, &values.credential);
    let is_new = |choice: &&CredentialChoice| choice.id.to_string() == chosen && !choice.is_allowed;
    let url = RepositoryUrl::parse(&state.value(Field::Url, &values.url)).ok();
    let authority = url
        .filter(|_| {
            principal.role.includes(Action::AllowOrigins) && choices.iter().any(|it| is_new(&it))
        })
        .map(|url| url.authority().to_owned());
    let label = match &authority {
        Some(authority) => format!("{verb} and allow {authority}"),
        None => verb.to_owned(),
    };
    let name = authority.is_some().then_some("allow");
    view! {
        <span data-fits="save">
            <button class="button primary" type="submit" name=name value=authority>
                <span class="spinner" aria-hidden="true"></span>
                {label}
            </button>
        </span>
    }
    .into_any()
}

/// Name, provider and, where it is said, project and environment.
fn label(choice: &CredentialChoice) -> String {
    let mut label = format!("{} · {}", choice.name, choice.provider.facts().label);
    match choice.project.as_deref() {
        Some("default") => {}
        Some(project) => label = format!("{label} · only in {project}"),
        None => label.push_str(" · shared"),
    }
    match choice.environment {
        Environment::Unset => label,
        environment => format!("{label} · {}", environment.label()),
    }
}

fn clash(
    state: &FormState,
    values: &AddRepository,
    credential: Option<Environment>,
) -> Option<AnyView> {
    let typed = state.value(Field::Environment, &values.environment);
    let credential = credential?;
    Environment::parse(&typed)?.clashes_with(credential).then(|| clash_warning(credential))
}

/// Where the repository belongs: its project, if there is a choice, and its environment.
pub(super) fn belongs(
    state: &FormState,
    values: &AddRepository,
    projects: Vec<Project>,
) -> AnyView {
    let default = projects.iter().find(|project| project.is_default);
    let default = default.map(|project| project.id.to_string()).unwrap_or_default();
    let project = (projects.len() > 1).then(|| {
        let options = projects
            .into_iter()
            .map(|project| (project.id.to_string(), project.name))
            .collect::<Vec<_>>();
        Input::new(state, Field::Project, "Project")
            .value(if values.project.is_empty() { &default } else { &values.project })
            .hint("Credentials of this project, and shared ones, can open the repository.")
            .select(vec![("", options)])
    });
    let environments = Environment::ALL
        .into_iter()
        .map(|environment| (environment.as_str().to_owned(), environment.label().to_owned()))
        .collect();
    let environment = Input::new(state, Field::Environment, "Environment")
        .value(&values.environment)
        .hint("Hawser warns when production uses a credential made for development or staging.")
        .select(vec![("", environments)]);
    view! {
        {project}
        {environment}
    }
    .into_any()
}

/// How often Hawser looks for new charts.
pub(super) fn interval(state: &FormState, chosen: &str) -> AnyView {
    let options = INTERVALS
        .iter()
        .map(|(seconds, label)| (seconds.to_string(), (*label).to_owned()))
        .collect();
    Input::new(state, Field::Interval, "Sync every")
        .value(if chosen.is_empty() { "3600" } else { chosen })
        .select(vec![("", options)])
}

/// Kind and chart names, which most people never need; open when one of them needs attention.
pub(super) fn advanced(state: &FormState, values: &AddRepository) -> AnyView {
    let open = !values.charts.is_empty()
        || state.problem(Field::Charts).is_some()
        || state.problem(Field::Kind).is_some();
    let kind = Input::new(state, Field::Kind, "Kind")
        .value(&values.kind)
        .hint("Detected by asking the host.")
        .select(vec![(
            "",
            vec![
                (String::new(), "Detect".to_owned()),
                (RepositoryKind::Helm.as_str().to_owned(), "Helm HTTP (index.yaml)".to_owned()),
                (RepositoryKind::Oci.as_str().to_owned(), "OCI registry".to_owned()),
            ],
        )]);
    let charts = Input::new(state, Field::Charts, "Chart names")
        .value(&values.charts)
        .hint("Only for OCI registries that cannot list their charts. One per line, or separated by commas.")
        .lines("3");
    view! {
        <details class="more" open=open>
            <summary>"Kind and chart names"</summary>
            {kind}
            {charts}
        </details>
    }
    .into_any()
}

/// The certificate authorities of the host and the proxy to it; open when there are any.
pub(crate) fn network(state: &FormState, ca: &str, proxy: &str) -> AnyView {
    let open = [(Field::Ca, ca), (Field::Proxy, proxy)].into_iter().any(|(field, stored)| {
        !state.value(field, stored).is_empty() || state.problem(field).is_some()
    });
    let authorities = Input::new(state, Field::Ca, "Certificate authorities")
        .value(ca)
        .placeholder("-----BEGIN CERTIFICATE-----")
        .hint("PEM, for a certificate signed by a private CA. Empty: the CAs of the system.")
        .lines("5");
    let proxy = Input::new(state, Field::Proxy, "Proxy")
        .value(proxy)
        .hint("Name of a proxy that the operator set up. Empty: none.")
        .line();
    view! {
        <details class="more" open=open>
            <summary>"Certificates and proxy"</summary>
            {authorities}
            {proxy}
        </details>
    }
    .into_any()
}
