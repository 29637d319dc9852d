//! One credential: what it is doing, its forms, links and versions.

use domain::{
    Action, AuthMethod, CredentialKind, Principal, PropagationId, ServiceError,
    credentials::{CandidateState, CredentialDetail, CredentialHealth},
    propagation::Progress,
};
use leptos::prelude::*;

use super::{
    addresses::addresses,
    badges, best_practices,
    candidate::{candidate, followed, reload},
    connected::{connected, connection},
    facts::facts,
    guide::{GuideAudience, Names, guide},
    impact::Impact,
    links::links,
    path_of,
    paused::paused,
    place_form::place_form,
    update_form::{shape_of, update_form},
    usage::{opened, opens},
    uses::uses,
    versions::versions,
};
use crate::{
    connection_tests::test_credential_form,
    propagation::live_progress,
    ui::{
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        page::{Page, Request, snapshot_page},
    },
};

/// `/credentials/{id}`
pub(crate) fn detail() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let services = request.services();
        let credential = services.credentials.get(&principal, request.id()?).await?;
        let progress = progress(&request, &principal).await?;
        let may_change = principal.role.includes(Action::ManageCredentials);
        let (reach, used, is_used) = used(&request, &principal, &credential).await?;
        let connection = connection(&request, &principal, &credential).await?;
        let broken = connection.as_ref().and_then(|one| one.broken);
        let is_connected = credential.shape.is_connected();
        let projects =
            if may_change { services.projects.list(&principal).await? } else { Vec::new() };
        let now = request.now;
        let testing = credential
            .candidate
            .as_ref()
            .is_some_and(|candidate| candidate.state == CandidateState::Testing);
        let promoted = followed(&request, &credential).and_then(|version| version.propagation);
        let on_its_way = progress.as_ref().is_some_and(|one| one.finished_at.is_none())
            || promoted.is_some_and(|(_, counts)| counts.finished() < counts.total());
        let body = view! {
            {head(&request, &credential, credential.health(broken, is_used), &principal)}
            {paused(&credential, &principal, now)}
            {progress.map(|progress| update(&request, &progress, &reach))}
            <div data-live="candidate">{candidate(&request, &credential, &principal, now)}</div>
            <div class="beside">
                <div class="stack">
                    {may_change
                        .then(|| {
                            if is_connected {
                                connected(&credential, connection.as_ref())
                            } else {
                                update_form(&request, &credential, &reach)
                            }
                        })}
                    {used}
                    {addresses(&request, &credential, &principal)}
                    {may_change.then(|| tests(&request, &credential))}
                    {may_change
                        .then(|| place_form(&request, &principal, &credential, &projects))}
                    {versions(&credential, &principal, now)}
                </div>
                <div class="stack">
                    {facts(&credential, now)}
                    {best_practices::of(&credential, now)}
                    {(may_change && !is_connected)
                        .then(|| beside(&request, &principal, &credential))}
                </div>
            </div>
            {(testing || on_its_way).then(|| view! { <Live/> {under_way()} })}
        };
        Ok(Page {
            title: credential.name.clone(),
            section: Section::Credentials,
            body: body.into_any(),
        })
    })
}

/// The repositories and exports of a registry's credential, or what any other one opens.
async fn used(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
) -> Result<(Impact, AnyView, bool), ServiceError> {
    let kind = credential.provider.facts().kind;
    if kind != CredentialKind::Registry {
        let opens = opens(request, principal, (credential.id, kind)).await?;
        let reach = Impact::by_opening(credential, &opens);
        return Ok((reach, opened(credential, &opens), !opens.is_empty()));
    }
    let found = request.services().exports.uses(principal, credential.id).await?;
    let used = view! {
        {links(request, credential)}
        {uses(credential, &found)}
    };
    Ok((Impact::by_exports(credential, &found), used.into_any(), !found.is_empty()))
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
    health: CredentialHealth,
    principal: &Principal,
) -> AnyView {
    let delete = principal.role.includes(Action::ManageCredentials).then(|| {
        view! {
            <a class="button danger" href=format!("{}/delete", path_of(credential.id))>
                <Icon name="trash-2"/>
                "Delete"
            </a>
        }
    });
    view! {
        <div class="head">
            <div>
                <h1>{credential.name.clone()}</h1>
                <p class="tags" data-live="state">
                    {badges::health(health, request.now)}
                    {badges::environment(credential.environment)}
                    <span class="muted">{credential.provider.facts().label}</span>
                </p>
            </div>
            {delete}
        </div>
    }
    .into_any()
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

/// Nothing where there is nobody to ask.
fn tests(request: &Request, credential: &CredentialDetail) -> Option<AnyView> {
    let provider = credential.provider;
    let of_token = provider.tells_of_tokens() && credential.shape == AuthMethod::Password;
    let told = match (credential.links.is_empty(), of_token) {
        (false, _) => "Asks every linked repository with the stored secret.".to_owned(),
        (true, true) => {
            format!(
                "Asks {} what the stored token may do and when it ends.",
                provider.facts().label
            )
        }
        (true, false) => return None,
    };
    Some(
        view! {
            <section class="card" aria-labelledby="tests-title">
                <h2 id="tests-title">"Connection test"</h2>
                <p class="muted">{told}</p>
                {test_credential_form(request, credential.id)}
            </section>
        }
        .into_any(),
    )
}

fn beside(request: &Request, principal: &Principal, credential: &CredentialDetail) -> AnyView {
    let shape = shape_of(request, credential);
    let project = match credential.project.as_str() {
        "" => domain::assumed::SHARED,
        project => project,
    };
    let names = Names::of(principal, project);
    let access = credential.access.unwrap_or_default();
    guide((credential.provider, shape), access, &names, GuideAudience::ByNobody)
}
