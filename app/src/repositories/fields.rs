//! The fields that adding and changing a repository share.

use domain::{
    Action, Actor, Field,
    credentials::CredentialChoice,
    repositories::{AddRepository, INTERVALS, Link, RepositoryKind},
};
use leptos::prelude::*;

use super::fitting::Fitting;
use crate::ui::{form::FormState, input::Input, page::Request};

/// What stands in the fields: what travelled along in the query while somebody added a credential,
/// before `stored`.
pub(super) fn carried(request: &Request, stored: AddRepository) -> AddRepository {
    // A field that was emptied travels too, so that it is its presence that counts.
    let or = |name: &str, stored: String| request.sent_along(name).unwrap_or(stored);
    AddRepository {
        url: or("url", stored.url),
        name: or("name", stored.name),
        kind: or("kind", stored.kind),
        credential: or("credential", stored.credential),
        interval: or("interval", stored.interval),
        charts: or("charts", stored.charts),
    }
}

/// The drop-down of credentials, and the button that adds one without losing the form. `link` is
/// the stored one; its credential may be of a kind that nobody is offered.
pub(super) fn credential(
    state: &FormState,
    actor: &Actor,
    chosen: &str,
    link: Option<&Link>,
    choices: Vec<CredentialChoice>,
    hint: String,
    back: String,
) -> AnyView {
    let (fitting, rest): (Vec<_>, Vec<_>) =
        choices.into_iter().partition(|choice| choice.fits_host);
    let options = |choices: Vec<CredentialChoice>| -> Vec<(String, String)> {
        choices
            .into_iter()
            .map(|choice| {
                let label = format!("{} · {}", choice.name, choice.provider.facts().label);
                (choice.id.to_string(), label)
            })
            .collect()
    };
    let (fitting, mut rest) = (options(fitting), options(rest));
    // Without it among the options the browser would choose the first one, and say nothing.
    let chosen = state.value(Field::Credential, chosen);
    if !chosen.is_empty() && !fitting.iter().chain(&rest).any(|(value, _)| *value == chosen) {
        let name = link
            .filter(|link| link.credential.to_string() == chosen)
            .map_or_else(|| "Chosen before, not on this list".to_owned(), |link| link.name.clone());
        rest.push((chosen.clone(), name));
    }
    let select =
        Input::new(state, Field::Credential, "Credential").value(&chosen).hint(hint).select(vec![
            ("Fits the host", fitting),
            ("", vec![(String::new(), "None".to_owned())]),
            ("Other credentials", rest),
        ]);
    let add = actor.role.includes(Action::ManageCredentials).then(|| {
        view! {
            <button
                class="button quiet"
                type="submit"
                formmethod="get"
                formaction="/credentials/new"
                formnovalidate
                name="return"
                value=back
            >
                "Add a new credential…"
            </button>
        }
    });
    view! { <div class="with-button">{select}{add}<Fitting/></div> }.into_any()
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
        .hint("Hawser finds it out by asking the host.")
        .select(vec![(
            "",
            vec![
                (String::new(), "Find out".to_owned()),
                (RepositoryKind::Helm.as_str().to_owned(), "Helm HTTP (index.yaml)".to_owned()),
                (RepositoryKind::Oci.as_str().to_owned(), "OCI registry".to_owned()),
            ],
        )]);
    let charts = Input::new(state, Field::Charts, "Chart names")
        .value(&values.charts)
        .hint("Only for OCI registries that cannot list their charts: one per line or comma.")
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
