//! The form that adds or changes a Git target.

use domain::{
    CredentialKind, Field, Principal, Provider, ServiceError,
    credentials::{CredentialChoice, CredentialQuery, PatternKind},
    gitops::{GitAccount, GitTargetForm, PushMode},
};
use leptos::prelude::*;

use super::{
    finding::{Offered, branches, entered, find, repository, unentered},
    values::carried,
};
use crate::{
    exports::taken,
    gitops::{PATH, git_accounts},
    repositories::network,
    ui::{
        form::{Form, FormState, Submit},
        input::{Input, hidden},
        page::Request,
        return_to::Leave,
    },
};

const FORM: &str = "target-save";

/// The form on the page `here`, filled with what was typed or `stored`.
pub(super) async fn form(
    request: &Request,
    principal: &Principal,
    stored: GitTargetForm,
    here: String,
) -> Result<AnyView, ServiceError> {
    let services = request.services();
    let newest = stored.row_version.parse().unwrap_or_default();
    let state = FormState::new(FORM, request).at(here.clone()).over(&stored, newest);
    let values = carried(request, &state, stored);
    let choices = services.credentials.of_kind(principal, CredentialKind::Git).await?;
    let connected = services.git_connections.list(principal).await?;
    let exports = services.exports.list(principal).await?;
    let found = find(request, principal, &values, &connected).await;
    let is_new = values.target.is_empty();
    let save = if is_new { "Create" } else { "Save" };
    let to = format!("{here}#edit");
    let (entered, unentered) = (entered(&connected, save, &to), unentered(request, save));
    let name = Input::new(&state, Field::Name, "Name")
        .value(&values.name)
        .hint("For example prod-cluster.")
        .required()
        .line();
    let credential = credential(&state, &values, &choices, &connected, &here);
    let repository = repository(request, &state, &values, &found, &connected, &to);
    let targets = services.git_targets.list(principal).await?;
    let generic = CredentialQuery {
        provider: Provider::GenericGit.as_str().to_owned(),
        ..CredentialQuery::default()
    };
    let generic = services.credentials.list(principal, generic).await?.rows;
    let has_pattern = generic.iter().any(|row| row.pattern_kind != PatternKind::None);
    let hindrance = services.git_connections.branches_hindrance(principal, values.clone()).await?;
    let offered = match hindrance {
        Some(why) => Offered::NotHere(why),
        None if has_pattern => Offered::Yes,
        None => Offered::of(&choices, &connected, &targets),
    };
    let branches = branches(&state, &values, &found, &offered, &to);
    let folder = Input::new(&state, Field::Folder, "Folder")
        .value(&values.folder)
        .placeholder("clusters/prod")
        .hint("Hawser writes below it and changes only its own files. Empty: the top of the repository.")
        .line();
    let mode = mode(&state, &values);
    let network = network(&state, &values.ca, &values.proxy);
    let exports = taken(&state, exports, &values.exports, "What is written there.", here);
    let cancel = is_new.then(|| view! { <a class="button quiet" href=PATH>"Cancel"</a> });
    Ok(view! {
        <section class="card" id="edit" aria-labelledby="edit-title">
            <h2 id="edit-title">{if is_new { "Where and what" } else { "Settings" }}</h2>
            <Form state=state.clone() action="/actions/gitops/targets/save">
                {entered}
                {unentered}
                {hidden("target", values.target)}
                {hidden("row_version", values.row_version)}
                {name}
                {credential}
                {repository}
                {branches}
                {folder}
                {mode}
                {network}
                {exports}
                <div class="actions">
                    <Submit>{save}</Submit>
                    {cancel}
                </div>
            </Form>
        </section>
    }
    .into_any())
}

fn credential(
    state: &FormState,
    values: &GitTargetForm,
    choices: &[CredentialChoice],
    connected: &[GitAccount],
    here: &str,
) -> AnyView {
    let connection =
        |choice: &CredentialChoice| connected.iter().find(|one| one.credential == choice.id);
    // Only who connected an account may write with it (R-GIT-06); what is bound already stays.
    let usable = |choice: &CredentialChoice| {
        connection(choice).is_none_or(|one| one.is_own)
            || choice.id.to_string() == values.credential
    };
    let option = |choice: &CredentialChoice, about: &str| {
        (choice.id.to_string(), format!("{} · {about}", choice.name))
    };
    let mut own = Vec::new();
    let mut other = Vec::new();
    for choice in choices.iter().filter(|choice| usable(choice)) {
        match connection(choice) {
            Some(one) => own.push(option(choice, &format!("{} at {}", one.account, one.host))),
            None => other.push(option(choice, choice.provider.facts().label)),
        }
    }
    let none = (String::new(), "Choose a credential".to_owned());
    let select = Input::new(state, Field::Credential, "Credential")
        .value(&values.credential)
        .hint("Needs write access. Accounts connected by others are not listed.")
        .required()
        .select(vec![
            ("", vec![none]),
            ("Connected accounts", own),
            ("Other Git credentials", other),
        ]);
    view! {
        <div class="with-button">
            {select}
            <Leave to="/credentials/new" here=here.to_owned() label="Add a Git credential…"/>
        </div>
        <p class="hint">
            <a href=git_accounts::PATH>"Connect an account"</a>
            " to choose its repositories from a list."
        </p>
    }
    .into_any()
}

fn mode(state: &FormState, values: &GitTargetForm) -> AnyView {
    let chosen = PushMode::parse(&values.mode).unwrap_or_default();
    state.compare(Field::Mode, "Mode", chosen.as_str(), |mode| label(PushMode::parse(mode)));
    let problem = state.problem(Field::Mode);
    let fine = problem.is_none();
    let way = |mode: PushMode, text: &'static str| {
        view! {
            <label class="radio">
                <input type="radio" name="mode" value=mode.as_str() checked=chosen == mode/>
                <span>
                    <strong>{label(Some(mode))}</strong>
                    <small class="muted">{text}</small>
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="field" id="field-mode" data-field="mode">
            <legend>"Mode"</legend>
            {way(
                PushMode::Direct,
                "Each change is committed to the branch at once, never forced.",
            )}
            {way(
                PushMode::PullRequest,
                "Each change waits on its own branch until someone merges it. Hawser opens the pull request at GitHub, GitLab, Gitea, Forgejo and Bitbucket; elsewhere you open it.",
            )}
            <p class="problem" data-problem hidden=fine>
                {problem}
            </p>
        </fieldset>
    }
    .into_any()
}

fn label(mode: Option<PushMode>) -> String {
    let label = match mode.unwrap_or_default() {
        PushMode::Direct => "Commit directly",
        PushMode::PullRequest => "Open a pull request",
    };
    label.to_owned()
}
