//! One Git target: its state above the tabs, what it takes and where it stands, its files, its form.

use domain::{
    Action, Principal, ServiceError, Timestamp,
    audit::AuditTarget,
    counted,
    gitops::{DestinationState, GitTargetDetail, GitTargetForm, PushMode},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{SYNC, form::form, path_of, short};
use crate::{
    audit::about,
    gitops::state::{banner, taken_exports, waits},
    ui::{
        badge::StatusBadge,
        form::ActionButton,
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        moment::moment_or,
        page::{Page, Request, page},
        tabs::{Offered, Tab, tabs},
    },
};

/// `/gitops/targets/{id}`
pub(crate) fn detail() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let target = request.services().git_targets.get(&principal, request.id()?).await?;
        let manages = principal.role.includes(Action::ManageExports);
        let (summary, now) = (&target.summary, request.now);
        let href = path_of(summary.id);
        let offered = offered(&target, &principal);
        let tab = Tab::of(&request, &offered);
        let here = tab.at(&href);
        let shown = match tab {
            Tab::Files => files(&target),
            Tab::Settings if target.may_change => {
                form(&request, &principal, stored(&target), here.clone()).await?
            }
            Tab::Settings => theirs(&target),
            Tab::Activity => activity(&request, &principal, &target).await?,
            _ => overview(&target, now),
        };
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
                        {manages.then(|| buttons(&target, &href, here))}
                    </div>
                    <div data-live="banner" class="stack">
                        {banner(summary.cause, &target.detail, place, summary.credential, &target.exports, principal.role)}
                        {waiting(&target)}
                        {first(&target, &href)}
                    </div>
                    {tabs(&href, tab, &offered)}
                    {shown}
                    <Live/>
        {(summary.state == DestinationState::Pushing).then(under_way)}
                };
        Ok(Page {
            title: summary.name.clone(),
            section: Section::GitTargets,
            body: body.into_any(),
        })
    })
}

fn offered(target: &GitTargetDetail, principal: &Principal) -> Vec<Offered> {
    let may = |action| principal.role.includes(action);
    let all = [
        (true, Tab::Overview, None),
        (true, Tab::Files, Some(target.files.len())),
        (may(Action::ManageExports), Tab::Settings, None),
        (may(Action::ReadAudit), Tab::Activity, None),
    ];
    let open = all.into_iter().filter(|(is_open, ..)| *is_open);
    open.map(|(_, tab, count)| Offered(tab, count)).collect()
}

fn overview(target: &GitTargetDetail, now: Timestamp) -> AnyView {
    let summary = &target.summary;
    let files = counted(target.files.len(), "file", "files");
    view! {
        <dl class="figures answers" data-live="answers">
            <div>
                <dt>"Last push"</dt>
                <dd>{moment_or(summary.pushed_at, now, "Never")}</dd>
                <dd class="muted">{commit(target)}</dd>
            </div>
            <div>
                <dt>"Branch"</dt>
                <dd><code>{summary.branch.clone()}</code></dd>
                <dd class="muted">{mode(target.mode)}</dd>
            </div>
            <div>
                <dt>"Files"</dt>
                <dd>
                    <a href=Tab::Files.at(&path_of(summary.id))>{files}</a>
                </dd>
                <dd class="muted">{folder(target)}</dd>
            </div>
        </dl>
        <div class="beside">
            <div class="stack">{taken_exports(&target.exports)}</div>
            <div class="stack">{facts(target)}</div>
        </div>
    }
    .into_any()
}

async fn activity(
    request: &Request,
    principal: &Principal,
    target: &GitTargetDetail,
) -> Result<AnyView, ServiceError> {
    let about = about(request, principal, AuditTarget::GitTarget(target.summary.id)).await?;
    let changes = about.map(|about| about.changes(request.now));
    Ok(view! { <div class="stack narrow">{changes}</div> }.into_any())
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

/// `here` is the tab that a sync comes back to.
fn buttons(target: &GitTargetDetail, href: &str, here: String) -> AnyView {
    view! {
        <div class="actions">
            <ActionButton
                action="/actions/gitops/targets/push"
                from=here
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
                    "Nothing was pushed here yet. Review the "
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
                    "Pushed to the branch " <code>{target.work_branch.clone()}</code>
                    ". Hawser cannot open pull requests at this server: open the one to "
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

fn commit(target: &GitTargetDetail) -> AnyView {
    match (target.summary.last_commit.as_str(), target.commit_url.as_str()) {
        ("", _) => "No commit yet".into_any(),
        (commit, "") => view! { <code title=commit.to_owned()>{short(commit)}</code> }.into_any(),
        (commit, url) => view! {
            <a href=url.to_owned() rel="noreferrer">
                <code>{short(commit)}</code>
            </a>
        }
        .into_any(),
    }
}

const fn mode(mode: PushMode) -> &'static str {
    match mode {
        PushMode::Direct => "Commits directly",
        PushMode::PullRequest => "Opens pull requests",
    }
}

fn folder(target: &GitTargetDetail) -> AnyView {
    match target.summary.folder.as_str() {
        "" => "Top of the repository".into_any(),
        folder => view! { <code>{folder.to_owned()}</code> }.into_any(),
    }
}

fn facts(target: &GitTargetDetail) -> AnyView {
    let summary = &target.summary;
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
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"Repository"</dt>
                <dd class="url">{summary.url.clone()}</dd>
                {pull_request}
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

/// So many paths are listed; the repository has all of them.
const SHOWN: usize = 200;

fn files(target: &GitTargetDetail) -> AnyView {
    let list = |paths: &[String]| {
        let shown = paths.iter().take(SHOWN);
        let rows = shown.map(|path| view! { <li><code>{path.clone()}</code></li> });
        let left = paths.len().saturating_sub(SHOWN);
        let left = (left > 0).then(|| view! { <p class="muted">{format!("and {left} more")}</p> });
        view! {
            <ul class="paths">{rows.collect_view()}</ul>
            {left}
        }
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
