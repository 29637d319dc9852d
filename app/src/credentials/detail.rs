//! One credential: its head, and the tabs below it. Only what the shown tab needs is read.

use domain::{
    Action, Cause, CredentialKind, Principal, PropagationId, ServiceError,
    credentials::{CandidateState, CredentialDetail, CredentialPart},
    propagation::Progress,
};
use leptos::prelude::*;

use super::{
    access::access,
    activity::activity,
    badges,
    candidate::{followed, reload},
    connected::connection,
    connection::test,
    impact::Impact,
    overview::overview,
    path_of,
    secret::secret,
    settings,
    usage::usage,
};
use crate::{
    propagation::live_progress,
    ui::{
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        page::{Page, Request, page, snapshot_page},
        tabs::{Offered, Tab, tabs},
    },
};

/// `/credentials/{id}`
pub(crate) fn detail() -> AnyView {
    // Vault is asked which versions it keeps, and no transaction waits for it.
    if Tab::asked() == Some(Tab::Versions) { page(load) } else { snapshot_page(load) }
}

async fn load(request: Request) -> Result<Page, ServiceError> {
    let principal = request.member()?;
    let offered = offered(&principal);
    let tab = Tab::of(&request, &offered);
    let credential =
        request.services().credentials.part(&principal, request.id()?, part(tab)).await?;
    let usage = usage(&request, &principal, &credential, tab).await?;
    let account = connection(&request, &principal, &credential).await?;
    let broken = account.as_ref().and_then(|one| one.broken);
    let progress = progress(&request, &principal).await?;
    let shown = match tab {
        Tab::Settings => settings::settings(&request, &principal, &credential).await?,
        Tab::Connection => test(&request, &credential),
        Tab::Versions => secret(&request, &principal, &credential, account.as_ref(), &usage),
        Tab::Access => access(&request, &principal, &credential),
        Tab::Activity => activity(&request, &principal, &credential).await?,
        _ => overview(&request, &principal, &credential, &usage).await?,
    };
    let is_under_way = is_under_way(&request, &credential, progress.as_ref());
    let update = progress.map(|progress| update(&request, &progress, usage.impact()));
    let body = view! {
            {head(&request, &credential, (broken, usage.is_used()), &principal)}
            {tabs(&path_of(credential.id), tab, &offered)}
            {update}
            {shown}
            <Live/>
    {is_under_way.then(under_way)}
        };
    Ok(Page {
        title: credential.name.clone(),
        section: Section::Credentials,
        body: body.into_any(),
    })
}

/// The tabs of this person; who may change nothing has nothing to set or test.
fn offered(principal: &Principal) -> Vec<Offered> {
    let may_change = principal.role.includes(Action::ManageCredentials);
    let all =
        [Tab::Overview, Tab::Settings, Tab::Connection, Tab::Versions, Tab::Access, Tab::Activity];
    let is_open = |tab: &Tab| may_change || !matches!(tab, Tab::Settings | Tab::Connection);
    all.into_iter().filter(is_open).map(|tab| Offered(tab, None)).collect()
}

/// What of the credential a tab shows.
const fn part(tab: Tab) -> CredentialPart {
    match tab {
        Tab::Versions => CredentialPart::Versions,
        Tab::Access => CredentialPart::Access,
        Tab::Activity => CredentialPart::Updates,
        Tab::Settings | Tab::Connection => CredentialPart::Links,
        _ => CredentialPart::Overview,
    }
}

/// Whether a test of a new secret or an update is on its way, which the page follows to its end.
fn is_under_way(
    request: &Request,
    credential: &CredentialDetail,
    progress: Option<&Progress>,
) -> bool {
    let candidate = credential.candidate.as_ref();
    let promoted = followed(request, credential).and_then(|version| version.propagation);
    candidate.is_some_and(|candidate| candidate.state == CandidateState::Testing)
        || progress.is_some_and(|one| one.finished_at.is_none())
        || promoted.is_some_and(|(_, counts)| counts.finished() < counts.total())
}

async fn progress(
    request: &Request,
    principal: &Principal,
) -> Result<Option<Progress>, ServiceError> {
    let Ok(id) = request.query("propagation").parse::<PropagationId>() else { return Ok(None) };
    match request.services().propagations.progress(principal, id).await {
        Ok(progress) => Ok(Some(progress)),
        Err(ServiceError::NotFound) => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn head(
    request: &Request,
    credential: &CredentialDetail,
    (broken, is_used): (Option<Cause>, bool),
    principal: &Principal,
) -> AnyView {
    let path = path_of(credential.id);
    let health = credential.health(broken, is_used);
    let actions = principal.role.includes(Action::ManageCredentials).then(|| {
        let change = (!credential.shape.is_connected()).then(|| {
            view! {
                <a class="button primary" href=Tab::Versions.at(&path)>
                    <Icon name="key-round"/>
                    {change(credential)}
                </a>
            }
        });
        view! {
            <div class="actions">
                {change}
                <a class="button danger" href=format!("{path}/delete")>
                    <Icon name="trash-2"/>
                    "Delete"
                </a>
            </div>
        }
    });
    view! {
        <div class="head">
            <div>
                <h1>{credential.name.clone()}</h1>
                <p class="tags" data-live="state">
                    {badges::health(health, request.now)}
                    {badges::environment(credential.environment)}
                    <span class="muted url">{identity(credential)}</span>
                </p>
            </div>
            {actions}
        </div>
    }
    .into_any()
}

/// What the credential is, in a line: provider, user name, project.
fn identity(credential: &CredentialDetail) -> String {
    let project = match credential.project.as_str() {
        "" => "shared",
        project => project,
    };
    let parts = [credential.provider.facts().label, &credential.username, project];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The words of the way to a new secret.
fn change(credential: &CredentialDetail) -> &'static str {
    match credential.provider.facts().kind {
        _ if credential.shape.is_ambient() => "Change login",
        CredentialKind::Cluster => "Change kubeconfig",
        CredentialKind::Registry | CredentialKind::Git => "Change secret",
    }
}

fn update(request: &Request, progress: &Progress, reach: &Impact) -> AnyView {
    let title = match (progress.finished_at, progress.counts.needs_attention) {
        (None, _) => "Updating",
        (Some(_), 0) => "Update finished",
        (Some(_), _) => "Update finished with failures",
    };
    view! {
        <section class="card" aria-labelledby="progress-title">
            <div class="card-head">
                <h2 id="progress-title" data-live="progress-title">
                    {title}
                </h2>
                {reload(request)}
            </div>
            {live_progress(progress)}
            {reach.left_out()}
        </section>
    }
    .into_any()
}
