//! One credential: facts, change, links, history.

use domain::{
    Action, PropagationId, ServiceError, Timestamp,
    credentials::{CredentialDetail, LinkedRepository, Propagation},
};
use leptos::prelude::*;

use super::{create_form::guide, list::state, path_of, update_form::update_form};
use crate::{
    propagation::LiveProgress,
    ui::{
        badge::{Badge, Tone},
        cause::CauseLine,
        frame::Section,
        icon::Icon,
        moment::{Moment, moment_or},
        page::{Page, page},
        table::counted,
    },
};

/// `/credentials/{id}`
pub(crate) fn detail() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        let services = request.services();
        let credential = services.credentials.get(&actor, request.id()?).await?;
        let progress = match request.query("propagation").parse::<PropagationId>() {
            Ok(id) => match services.propagations.progress(&actor, id).await {
                Ok(progress) => Some(progress),
                Err(ServiceError::NotFound) => None,
                Err(problem) => return Err(problem),
            },
            Err(_) => None,
        };
        let may_change = actor.role.includes(Action::ManageCredentials);
        let now = request.now;
        let href = path_of(credential.id);
        let form = may_change.then(|| update_form(&request, &credential));
        let failing = credential.links.iter().filter(|link| link.cause.is_some()).count();
        let failing = u32::try_from(failing).unwrap_or(u32::MAX);
        let body = view! {
            <p class="crumbs"><a href="/credentials">"Credentials"</a></p>
            <div class="head">
                <div>
                    <h1>{credential.name.clone()}</h1>
                    <p class="tags">
                        {state(credential.state, failing)}
                        <span class="muted">{credential.provider.facts().label}</span>
                    </p>
                </div>
                {may_change
                    .then(|| {
                        view! {
                            <a class="button danger" href=format!("{href}/delete")>
                                <Icon name="trash-2"/>
                                "Delete"
                            </a>
                        }
                    })}
            </div>
            {progress
                .map(|progress| {
                    view! {
                        <section class="card" aria-labelledby="progress-title">
                            <div class="card-head">
                                <h2 id="progress-title">"Update of the linked repositories"</h2>
                                <a class="button quiet" href=request.here.clone()>
                                    <Icon name="refresh-cw"/>
                                    "Reload"
                                </a>
                            </div>
                            <LiveProgress initial=progress/>
                        </section>
                    }
                })}
            <div class="beside">
                <div class="stack">{form} {links(&credential)} {history(&credential, now)}</div>
                <div class="stack">
                    {facts(&credential, now)}
                    {may_change.then(|| guide(credential.provider.facts()))}
                </div>
            </div>
        };
        Ok(Page {
            title: credential.name.clone(),
            section: Section::Credentials,
            body: body.into_any(),
        })
    })
}

fn facts(credential: &CredentialDetail, now: Timestamp) -> AnyView {
    let facts = credential.provider.facts();
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"Facts"</h2>
            <dl class="facts">
                <dt>"Type"</dt>
                <dd>{facts.kind.label()}</dd>
                <dt>"Username"</dt>
                <dd>
                    {if credential.username.is_empty() {
                        view! { <span class="muted">"None"</span> }.into_any()
                    } else {
                        view! { <code>{credential.username.clone()}</code> }.into_any()
                    }}
                </dd>
                <dt>"Password"</dt>
                <dd>{format!("Kept in Vault, version {}", credential.vault_version)}</dd>
                <dt>"Created"</dt>
                <dd>
                    <Moment at=credential.created_at now/>
                    {format!(" by {}", credential.created_by)}
                </dd>
                <dt>"Changed"</dt>
                <dd><Moment at=credential.updated_at now/></dd>
                <dt>"Last used"</dt>
                <dd>{moment_or(credential.last_used_at, now, "Never")}</dd>
            </dl>
        </section>
    }
    .into_any()
}

fn links(credential: &CredentialDetail) -> AnyView {
    let id = credential.id;
    let rows = credential
        .links
        .iter()
        .map(|LinkedRepository { id: repository, name, url, cause }| {
            let (tone, label) = if cause.is_some() {
                (Tone::Bad, "Failing")
            } else {
                (Tone::Good, "No problem known")
            };
            let cause = cause.map(|cause| {
                view! { <CauseLine cause repository=*repository credential=Some(id)/> }
            });
            view! {
                <li class="line">
                    <div>
                        <a href=format!("/charts/repositories/{repository}")>{name.clone()}</a>
                        <p class="muted url">{url.clone()}</p>
                        {cause}
                    </div>
                    <Badge tone label/>
                </li>
            }
        })
        .collect_view();
    let list = if credential.links.is_empty() {
        view! {
            <p class="muted">
                "None yet. "
                <a href=format!("/charts/repositories/new?credential={id}")>"Add a repository"</a>
                " that uses it."
            </p>
        }
        .into_any()
    } else {
        view! { <ul class="lines">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="links-title">
            <h2 id="links-title">"Linked repositories"</h2>
            {list}
        </section>
    }
    .into_any()
}

fn history(credential: &CredentialDetail, now: Timestamp) -> AnyView {
    let rows = credential.history.iter().map(|update| past(credential, update, now)).collect_view();
    let list = if credential.history.is_empty() {
        view! { <p class="muted">"No update was delivered yet."</p> }.into_any()
    } else {
        view! { <ul class="lines">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="history-title">
            <h2 id="history-title">"Updates"</h2>
            {list}
        </section>
    }
    .into_any()
}

fn past(credential: &CredentialDetail, update: &Propagation, now: Timestamp) -> AnyView {
    let href = format!("{}?propagation={}", path_of(credential.id), update.id);
    let (counts, total) = (update.counts, update.counts.total());
    let (tone, label) = if update.finished_at.is_none() {
        (Tone::Busy, format!("{} of {total} done", counts.finished()))
    } else if counts.needs_attention > 0 {
        let need = if counts.needs_attention == 1 { "needs" } else { "need" };
        (Tone::Bad, format!("{} of {total} {need} attention", counts.needs_attention))
    } else if counts.superseded > 0 {
        (Tone::Quiet, format!("{} healthy, {} superseded", counts.healthy, counts.superseded))
    } else {
        (Tone::Good, format!("{} healthy", counted(counts.healthy, "repository", "repositories")))
    };
    view! {
        <li class="line">
            <div>
                <a href=href>{format!("Version {}", update.vault_version)}</a>
                <p class="muted">
                    <Moment at=update.started_at now/>
                    {format!(" by {}", update.started_by)}
                </p>
            </div>
            <Badge tone label/>
        </li>
    }
    .into_any()
}
