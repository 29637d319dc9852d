//! Finding a repository and its branches: the server asks, so that it works without JavaScript.

use domain::{
    CredentialId, Field, Principal, Provider, ServiceError,
    credentials::CredentialChoice,
    gitops::{Branches, GitAccount, GitTargetForm, GitTargetSummary, HostedRepository},
};
use leptos::prelude::*;

use super::{
    found::{listed, results, trouble},
    values::{LOOK, PICK},
};
use crate::ui::{
    compatible::Fitting,
    enter::{enter_searches, enter_sends},
    form::FormState,
    icon::Icon,
    input::Input,
    page::Request,
    return_to::elsewhere,
    rules::WEB_URL,
};

/// Why another credential has no list.
const NOT_CONNECTED: &str = "Only connected accounts list their repositories. Choose one as the credential, or type the address.";

/// When the branches can be asked for: a stored secret goes nowhere new before somebody saves it there.
const LOOKED_UP: &str = "With a connected account, or a credential that is used at this host already or was made for it. With any other one, type the branch.";

/// Why the button is off.
const NOT_OFFERED: &str = "Off: none of your Git credentials is used at a host yet or made for one, and a stored secret goes nowhere new before somebody saves it there. Type the branch.";

const NO_CREDENTIAL: &str = "Choose a credential first.";

const NO_URL: &str = "Fill in the repository URL first.";

/// What the button that Enter presses sends as [`LOOK`].
const ENTER: &str = "enter";

/// Whether a look can come to anything.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Offered {
    Yes,
    /// No credential may be sent anywhere yet.
    No,
    /// Not with the credential at the URL, for this reason.
    NotHere(String),
}

impl Offered {
    /// A connected account lists its own branches, a provider serves its own host, and what a Git target
    /// uses is known there; patterns may match anything.
    pub fn of(
        choices: &[CredentialChoice],
        connections: &[GitAccount],
        targets: &[GitTargetSummary],
    ) -> Self {
        let may_be_asked = |choice: &CredentialChoice| {
            choice.provider != Provider::GenericGit
                || connections.iter().any(|one| one.credential == choice.id)
                || targets.iter().any(|one| one.credential == choice.id)
        };
        // Without any credential, the look says that one is needed first.
        let may_be = choices.is_empty() || choices.iter().any(may_be_asked);
        if may_be { Self::Yes } else { Self::No }
    }

    fn hint(&self) -> String {
        match self {
            Self::Yes => LOOKED_UP.to_owned(),
            Self::No => NOT_OFFERED.to_owned(),
            Self::NotHere(why) => format!("Off. {why}"),
        }
    }
}

/// What was looked up for the form on this page.
#[derive(Default)]
pub(super) struct LookupResult {
    /// The repositories of the connected account, if they were asked for.
    repositories: Option<Result<Vec<HostedRepository>, ServiceError>>,
    /// The branches of the repository, if they were asked for.
    branches: Option<Result<Branches, ServiceError>>,
}

impl LookupResult {
    fn of_repositories(found: Result<Vec<HostedRepository>, ServiceError>) -> Self {
        Self { repositories: Some(found), branches: None }
    }

    fn of_branches(found: Result<Branches, ServiceError>) -> Self {
        Self { repositories: None, branches: Some(found) }
    }
}

/// What the pressed button asks for.
enum Wanted {
    Nothing,
    Repositories,
    Branches,
}

fn wanted(request: &Request) -> Wanted {
    match request.query(LOOK).as_str() {
        _ if request.sent_along(PICK).is_some() => Wanted::Branches,
        "branches" => Wanted::Branches,
        "repositories" => Wanted::Repositories,
        ENTER if !request.query("search").trim().is_empty() => Wanted::Repositories,
        _ => Wanted::Nothing,
    }
}

/// Looks up what the pressed button asks for, or says what that takes.
pub(super) async fn find(
    request: &Request,
    principal: &Principal,
    values: &GitTargetForm,
    connections: &[GitAccount],
) -> LookupResult {
    let service = &request.services().git_connections;
    let credential = values.credential.parse::<CredentialId>();
    let credential = credential.map_err(|_| Field::Credential.problem(NO_CREDENTIAL).into());
    let is_connected = |id| connections.iter().any(|one| one.credential == id);
    match (wanted(request), credential) {
        (Wanted::Nothing, _) => LookupResult::default(),
        (Wanted::Repositories, Err(problem)) => LookupResult::of_repositories(Err(problem)),
        (Wanted::Repositories, Ok(id)) if !is_connected(id) => {
            LookupResult::of_repositories(Err(Field::Credential.problem(NOT_CONNECTED).into()))
        }
        (Wanted::Repositories, Ok(id)) => LookupResult::of_repositories(
            service.repositories(principal, id, &request.query("search")).await,
        ),
        (Wanted::Branches, Err(problem)) => LookupResult::of_branches(Err(problem)),
        (Wanted::Branches, Ok(_)) if values.url.trim().is_empty() => {
            LookupResult::of_branches(Err(Field::Url.problem(NO_URL).into()))
        }
        (Wanted::Branches, Ok(_)) => {
            LookupResult::of_branches(service.branches(principal, values.clone()).await)
        }
    }
}

/// What Enter presses where the account can be searched.
pub(super) fn entered(connections: &[GitAccount], save: &'static str, to: &str) -> AnyView {
    if connections.is_empty() {
        enter_sends(save)
    } else {
        enter_searches(save, elsewhere(to), Some((LOOK, ENTER)))
    }
}

/// What to press, for whoever pressed Enter without the script and without a search.
pub(super) fn unentered(request: &Request, save: &'static str) -> Option<AnyView> {
    let entered = request.query(LOOK) == ENTER && request.sent_along(PICK).is_none();
    (entered && matches!(wanted(request), Wanted::Nothing)).then(|| {
        let words = format!("Nothing is saved yet. Press {save} when the form is complete, or Search for a list of repositories.");
        view! {
            <p class="notice info" role="status">
                {words}
            </p>
        }
        .into_any()
    })
}

/// The field of the repository with the list to choose from.
pub(super) fn repository(
    request: &Request,
    state: &FormState,
    values: &GitTargetForm,
    found: &LookupResult,
    connections: &[GitAccount],
    to: &str,
) -> AnyView {
    let suggestions = match &found.repositories {
        Some(Ok(found)) => {
            found.iter().map(|one| (one.url.clone(), one.full_name.clone())).collect()
        }
        _ => Vec::new(),
    };
    let url = Input::new(state, Field::Url, "Repository URL")
        .value(&values.url)
        .kind("url")
        .ruled(WEB_URL)
        .placeholder("https://github.com/acme/gitops")
        .hint("HTTPS clone URL.")
        .suggestions(suggestions)
        .required()
        .line();
    let results = found.repositories.as_ref().map(|found| results(found, to));
    let search = (!connections.is_empty()).then(|| {
        view! {
            <div class="search-line">
                <label class="field">
                    <span class="label">"Search the connected account"</span>
                    <input
                        type="search"
                        name="search"
                        value=request.query("search")
                        autocomplete="off"
                    />
                </label>
                {look("repositories", "Search", to, &Offered::Yes)}
            </div>
        }
    });
    view! {
        {url}
        {search}
        {results}
    }
    .into_any()
}

/// Branch, and the branch that a new one starts from.
pub(super) fn branches(
    state: &FormState,
    values: &GitTargetForm,
    found: &LookupResult,
    offered: &Offered,
    to: &str,
) -> AnyView {
    let (names, default, told) = match &found.branches {
        Some(Ok(found)) => (found.names.clone(), found.default.clone(), Some(listed(found))),
        Some(Err(problem)) => (Vec::new(), String::new(), Some(trouble(problem))),
        None => (Vec::new(), String::new(), None),
    };
    let suggestions: Vec<_> = names
        .into_iter()
        .map(|name| {
            let about = if name == default { "default" } else { "" };
            (name, about.to_owned())
        })
        .collect();
    let branch = if values.branch.is_empty() { &default } else { &values.branch };
    let branch = Input::new(state, Field::Branch, "Branch")
        .value(branch)
        .placeholder("main")
        .hint("A new name creates the branch. With pull requests it must exist.")
        .suggestions(suggestions.clone())
        .required()
        .line();
    let base = Input::new(state, Field::Base, "Base branch")
        .value(&values.base)
        .hint("Where a new branch starts. Empty: the default branch.")
        .suggestions(suggestions)
        .line();
    view! {
        {branch}
        <div class="field" data-fits="branches">
            <div class="actions">{look("branches", "Look up the branches", to, offered)}</div>
            <p class="hint" id="look-hint" role="status">{offered.hint()}</p>
        </div>
        <Fitting/>
        {told}
        {base}
    }
    .into_any()
}

fn look(what: &'static str, label: &'static str, to: &str, offered: &Offered) -> AnyView {
    view! {
        <button
            class="button"
            type="submit"
            disabled=*offered != Offered::Yes
            aria-describedby="look-hint"
            formaction=elsewhere(to)
            formnovalidate
            name=LOOK
            value=what
        >
            <Icon name="search"/>
            {label}
        </button>
    }
    .into_any()
}
