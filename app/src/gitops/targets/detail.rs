//! One Git target: state, facts, files, its form.

use domain::{
    Action, Timestamp,
    gitops::{DestinationState, GitTargetDetail, GitTargetForm, PushMode},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{SYNC, form::form, path_of, short};
use crate::{
    gitops::state::{banner, waits},
    ui::{
        badge::StatusBadge,
        form::ActionButton,
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        moment::moment_or,
        page::{Page, page},
    },
};

/// `/gitops/targets/{id}`
pub(crate) fn detail() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let target = request.services().git_targets.get(&principal, request.id()?).await?;
        let manages = principal.role.includes(Action::ManageExports);
        let href = path_of(target.summary.id);
        let edit = if manages && target.may_change {
            Some(form(&request, &principal, stored(&target), href.clone()).await?)
        } else {
            None
        };
        let theirs = (manages && !target.may_change).then(|| theirs(&target));
        let (summary, now) = (&target.summary, request.now);
        let place = DeliveryTarget::GitTarget(summary.id);
        let body = view! {
            <div class="head">
                <div>
                    <h1>{summary.name.clone()}</h1>
                    <p class="tags" data-live="state">
                        <StatusBadge status=summary.status()/>
                        {waits(summary)}
                        <span class="muted url">{summary.url.clone()}</span>
                    </p>
                </div>
                {manages.then(|| buttons(&target, &href))}
            </div>
            <div data-live="banner" class="stack">
                {banner(summary.cause, &target.detail, place, summary.credential, &target.exports, principal.role)}
                {waiting(&target)}
                {first(&target, &href)}
            </div>
            <div class="beside">
                <div class="stack">
                    {edit}
                    {theirs}
                    {files(&target)}
                </div>
                <div class="stack">{facts(&target, now)}</div>
            </div>
            {(summary.state == DestinationState::Pushing).then(|| view! { <Live/> {under_way()} })}
        };
        Ok(Page {
            title: summary.name.clone(),
            section: Section::GitTargets,
            body: body.into_any(),
        })
    })
}

pub(super) fn stored(target: &GitTargetDetail) -> GitTargetForm {
    GitTargetForm {
        target: target.summary.id.to_string(),
        row_version: target.row_version.to_string(),
        name: target.summary.name.clone(),
        credential: target.summary.credential.to_string(),
        url: target.summary.url.clone().into(),
        branch: target.summary.branch.clone(),
        base: target.base.clone(),
        folder: target.summary.folder.clone(),
        mode: target.mode.as_str().to_owned(),
        ca: target.ca.clone(),
        proxy: target.proxy.clone().into(),
        exports: target.exports.iter().map(|(id, _)| id.to_string()).collect(),
    }
}

fn buttons(target: &GitTargetDetail, href: &str) -> AnyView {
    view! {
        <div class="actions">
            <ActionButton
                action="/actions/gitops/targets/push"
                from=href.to_owned()
                class="button primary"
                values=vec![("target", target.summary.id.to_string())]
            >
                <Icon name="refresh-cw"/>
                {SYNC}
            </ActionButton>
            <a class="button" href=format!("{href}/preview")>
                <Icon name="eye"/>
                "Preview"
            </a>
            <a class="button danger" href=format!("{href}/delete")>
                <Icon name="trash-2"/>
                "Delete"
            </a>
        </div>
    }
    .into_any()
}

/// What comes next for a target that nothing was pushed to.
fn first(target: &GitTargetDetail, href: &str) -> Option<AnyView> {
    (target.summary.state == DestinationState::New).then(|| {
        view! {
            <div class="notice info">
                <Icon name="info"/>
                <p>
                    "Nothing was pushed here yet, and no update comes here until it is. Look at the "
                    <a href=format!("{href}/preview")>"preview"</a>
                    ", then press Sync now. From then on Hawser pushes by itself."
                </p>
            </div>
        }
        .into_any()
    })
}

/// Where changes wait that nobody opened a pull request for: the host is none whose way is known.
fn waiting(target: &GitTargetDetail) -> Option<AnyView> {
    let is_open = !target.pull_request_url.is_empty();
    let waits = target.summary.is_waiting && target.summary.state == DestinationState::InStep;
    (waits && !is_open).then(|| {
        view! {
            <div class="notice info">
                <Icon name="info"/>
                <p>
                    "Hawser pushed to the branch " <code>{target.work_branch.clone()}</code>
                    ", but does not know how pull requests are opened at this server. Open the request to "
                    <code>{target.summary.branch.clone()}</code> " yourself."
                </p>
            </div>
        }
        .into_any()
    })
}

fn theirs(target: &GitTargetDetail) -> AnyView {
    view! {
        <section class="card">
            <p class="muted">
                {format!(
                    "{} connected the account that pushes, so only they may change this target.",
                    target.bound_by,
                )}
            </p>
        </section>
    }
    .into_any()
}

fn facts(target: &GitTargetDetail, now: Timestamp) -> AnyView {
    let summary = &target.summary;
    let commit = match (summary.last_commit.as_str(), target.commit_url.as_str()) {
        ("", _) => view! { <span class="muted">"None"</span> }.into_any(),
        (commit, "") => view! { <code title=commit.to_owned()>{short(commit)}</code> }.into_any(),
        (commit, url) => view! {
            <a href=url.to_owned() rel="noreferrer">
                <code>{short(commit)}</code>
            </a>
        }
        .into_any(),
    };
    let pull_request = (!target.pull_request_url.is_empty()).then(|| {
        let url = target.pull_request_url.clone();
        let href = url.clone();
        view! {
            <dt>"Pull request"</dt>
            <dd>
                <a class="url" href=href rel="noreferrer">
                    {url}
                </a>
            </dd>
        }
    });
    let mode = match target.mode {
        PushMode::Direct => "Commits directly",
        PushMode::PullRequest => "Opens pull requests",
    };
    let exports = target
        .exports
        .iter()
        .map(|(id, name)| {
            view! {
                <li>
                    <a href=crate::exports::path_of(*id)>{name.clone()}</a>
                </li>
            }
        })
        .collect_view();
    let folder = match summary.folder.as_str() {
        "" => "Top of the repository".into_any(),
        folder => view! { <code>{folder.to_owned()}</code> }.into_any(),
    };
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"Last commit"</dt>
                <dd>{commit} " " {moment_or(summary.pushed_at, now, "")}</dd>
                {pull_request}
                <dt>"Branch"</dt>
                <dd>
                    <code>{summary.branch.clone()}</code>
                </dd>
                <dt>"Folder"</dt>
                <dd>{folder}</dd>
                <dt>"Mode"</dt>
                <dd>{mode}</dd>
                <dt>"Exports"</dt>
                <dd>
                    <ul class="plain">{exports}</ul>
                </dd>
                <dt>"Credential"</dt>
                <dd>
                    <a href=crate::credentials::path_of(
                        summary.credential,
                    )>{target.credential_name.clone()}</a>
                </dd>
                <dt>"Added by"</dt>
                <dd>{target.bound_by.clone()}</dd>
            </dl>
        </section>
    }
    .into_any()
}

fn files(target: &GitTargetDetail) -> AnyView {
    let list = |paths: &[String]| {
        let rows = paths.iter().map(|path| view! { <li><code>{path.clone()}</code></li> });
        view! { <ul class="paths">{rows.collect_view()}</ul> }
    };
    let written = if target.files.is_empty() {
        view! { <p class="muted">"None yet."</p> }.into_any()
    } else {
        list(&target.files).into_any()
    };
    let branch = target.summary.branch.as_str();
    let unmerged = (!target.is_merged).then(|| {
        view! {
            <p class="muted">
                "On the branch " <code>{target.work_branch.clone()}</code> "; nobody merged them to "
                <code>{branch.to_owned()}</code> " yet."
            </p>
        }
    });
    let leaving = (!target.leaving.is_empty()).then(|| {
        view! {
            <p class="muted">
                "Taken away from " <code>{branch.to_owned()}</code> " once somebody merges:"
            </p>
            {list(&target.leaving)}
        }
    });
    view! {
        <section class="card" aria-labelledby="files-title">
            <h2 id="files-title">"Managed files"</h2>
            <div data-live="files" class="stack">{unmerged} {written} {leaving}</div>
        </section>
    }
    .into_any()
}
