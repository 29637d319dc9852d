//! One repository: state, settings, last runs.

use domain::{
    Action, Cause, Principal, ServiceError, Timestamp,
    audit::AuditTarget,
    counted,
    credentials::readable_origin,
    repositories::{
        AddRepository, EditRepository, INTERVALS, RepositoryDetail, RepositoryKind,
        RepositoryState, RepositoryUrl,
    },
};
use leptos::prelude::*;

use super::{
    edit_form::{chosen, edit_form, stored, typed_url},
    environment::{clash_warning, clashing, tag},
    fields::OfferedCredentials,
    path_of, runs,
    state::{credential, stale},
};
use crate::{
    audit::about,
    charts,
    connection_tests::{left, test_repository_form},
    exports,
    sent::values,
    ui::{
        badge::StatusBadge,
        cause::CauseBanner,
        form::ActionButton,
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        moment::{Moment, moment_or},
        page::{Page, Request, snapshot_page},
        path,
        tabs::{Offered, Tab, tabs},
    },
};

/// `/charts/repositories/{id}`
pub(crate) fn detail() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let repository = request.services().repositories.get(&principal, request.id()?).await?;
        let may_change = principal.role.includes(Action::ManageRepositories);
        let may_allow = principal.role.includes(Action::AllowOrigins);
        let (summary, now) = (&repository.summary, request.now);
        let (syncing, href) = (summary.state == RepositoryState::Syncing, path_of(summary.id));
        let offered = offered(&repository, &principal);
        let tab = Tab::of(&request, &offered);
        let shown = match tab {
            Tab::Charts => charts::of_repository(&request, &principal, summary.id, &href).await?,
            Tab::Syncs => runs::all(&repository, now),
            Tab::Connection => test(&request, &repository),
            Tab::Settings => settings(&request, &principal, &repository).await?,
            Tab::Activity => activity(&request, &principal, &repository).await?,
            _ => overview(&repository, now),
        };
        let may_export = principal.role.includes(Action::ManageExports);
        let export = may_export.then(|| exports::begin(summary));
        let here = tab.at(&href);
        let body = view! {
            <div class="head">
                <div>
                    <h1>{summary.name.clone()}</h1>
                    <p class="tags" data-live="state">
                        <StatusBadge status=summary.status()/>
                        <span class="muted">{summary.kind.label()}</span>
                        {tag(summary.environment)}
                        <span class="muted url">{summary.url.clone()}</span>
                    </p>
                </div>
                {may_change.then(|| buttons(&repository, &href, here, export))}
            </div>
            <div data-live="banner" class="stack">
                {banner(&repository, (may_change, may_allow), now)}
                {clashing(summary).map(clash_warning)}
            </div>
            {tabs(&href, tab, &offered)}
            {shown}
            <Live/>
            {syncing.then(under_way)}
        };
        Ok(Page {
            title: summary.name.clone(),
            section: Section::Repositories,
            body: body.into_any(),
        })
    })
}

/// The tabs of this person; who may change nothing has nothing to set or test.
fn offered(repository: &RepositoryDetail, principal: &Principal) -> Vec<Offered> {
    let may = |action| principal.role.includes(action);
    let charts = usize::try_from(repository.summary.charts).unwrap_or(usize::MAX);
    let all = [
        (true, Tab::Overview, None),
        (true, Tab::Charts, Some(charts)),
        (true, Tab::Syncs, Some(repository.runs.len())),
        (may(Action::ManageRepositories), Tab::Connection, None),
        (may(Action::ManageRepositories), Tab::Settings, None),
        (may(Action::ReadAudit), Tab::Activity, None),
    ];
    let open = all.into_iter().filter(|(is_open, ..)| *is_open);
    open.map(|(_, tab, count)| Offered(tab, count)).collect()
}

fn overview(repository: &RepositoryDetail, now: Timestamp) -> AnyView {
    view! {
        {answers(repository, now)}
        <div class="beside">
            <div class="stack">{runs::newest(repository, now)}</div>
            <div class="stack">{facts(repository, now)}</div>
        </div>
    }
    .into_any()
}

/// What somebody who opens the page wants to know first.
fn answers(repository: &RepositoryDetail, now: Timestamp) -> AnyView {
    let summary = &repository.summary;
    let charts = Tab::Charts.at(&path_of(summary.id));
    let interval = INTERVALS.iter().find(|(seconds, _)| *seconds == repository.interval);
    let next = match (repository.next_sync_at, interval) {
        (Some(at), _) => view! { <dd>"Next " <Moment at now/></dd> }.into_any(),
        (None, _) => view! { <dd>"Manual"</dd> }.into_any(),
    };
    let every = interval.filter(|(seconds, _)| *seconds > 0);
    let every = every.map(|(_, label)| format!("Every {label}"));
    view! {
        <dl class="figures answers" data-live="answers">
            <div>
                <dt>"Charts"</dt>
                <dd>
                    <a href=charts>{counted(summary.charts, "chart", "charts")}</a>
                </dd>
                <dd class="muted">{repository.left_out.words()}</dd>
            </div>
            <div>
                <dt>"Last sync"</dt>
                <dd>{moment_or(summary.last_sync_at, now, "Never")}</dd>
                {summary.stale_since.map(|since| view! { <dd>{stale(since, now)}</dd> })}
            </div>
            <div>
                <dt>"Schedule"</dt>
                {next}
                <dd class="muted">{every}</dd>
            </div>
            <div>
                <dt>"Credential"</dt>
                <dd>{credential(summary)}</dd>
            </div>
        </dl>
    }
    .into_any()
}

async fn settings(
    request: &Request,
    principal: &Principal,
    repository: &RepositoryDetail,
) -> Result<AnyView, ServiceError> {
    let services = request.services();
    let (url, chosen) = (typed_url(request, repository), chosen(request, repository));
    let offered = OfferedCredentials::of(request, principal, &url, chosen).await?;
    let projects = services.projects.list(principal).await?;
    let form = edit_form(request, principal, repository, offered, projects);
    Ok(view! { <div class="stack narrow">{form}</div> }.into_any())
}

async fn activity(
    request: &Request,
    principal: &Principal,
    repository: &RepositoryDetail,
) -> Result<AnyView, ServiceError> {
    let target = AuditTarget::Repository(repository.summary.id);
    let about = about(request, principal, target).await?;
    let changes = about.map(|about| about.changes(request.now));
    Ok(view! { <div class="stack narrow">{changes}</div> }.into_any())
}

/// `here` is the tab that a sync comes back to.
fn buttons(
    repository: &RepositoryDetail,
    href: &str,
    here: String,
    export: Option<AnyView>,
) -> AnyView {
    let id = repository.summary.id.to_string();
    view! {
        <div class="actions">
            <ActionButton
                action="/actions/repositories/sync"
                from=here
                class="button primary"
                values=vec![("ids[]", id), ("which", "ticked".to_owned())]
            >
                <Icon name="refresh-cw"/>
                "Sync now"
            </ActionButton>
            {export}
            <a class="button danger" href=format!("{href}/delete")>
                <Icon name="trash-2"/>
                "Delete"
            </a>
        </div>
    }
    .into_any()
}

fn test(request: &Request, repository: &RepositoryDetail) -> AnyView {
    let summary = &repository.summary;
    let credential = summary.link.as_ref().map(|link| link.credential);
    view! {
        <section class="card narrow" aria-labelledby="test-title">
            <h2 id="test-title">"Connection test"</h2>
            <p class="muted">
                "Runs the steps of a sync without changing anything."
            </p>
            {test_repository_form(request, summary.id, credential)}
        </section>
    }
    .into_any()
}

/// Which token service the registry named, and the button that allows it for this registry.
fn token_service(repository: &RepositoryDetail, may_allow: bool) -> Option<AnyView> {
    let service = repository.refused_service.as_str();
    if service.is_empty() {
        return None;
    }
    let summary = &repository.summary;
    let registry = RepositoryUrl::parse(&summary.url).map(|url| url.authority().to_owned());
    let (registry, name) = (registry.unwrap_or_default(), readable_origin(service));
    let button = (may_allow && summary.link.is_some()).then(|| {
        view! {
            <ActionButton
                action="/actions/repositories/allow-token-service"
                from=path_of(summary.id)
                values=vec![
                    ("repository", summary.id.to_string()),
                    ("service", service.to_owned()),
                ]
            >
                "Allow this token service for this registry"
            </ActionButton>
        }
    });
    Some(
        view! {
            <p>{format!("Registry: {registry}. Token service: {name}.")}</p>
            {button}
        }
        .into_any(),
    )
}

/// Why it fails and what to do, with the other kind at one click where that may be the mistake.
fn banner(
    repository: &RepositoryDetail,
    (may_change, may_allow): (bool, bool),
    now: Timestamp,
) -> AnyView {
    let summary = &repository.summary;
    let Some(cause) = summary.cause else { return ().into_any() };
    let other = matches!(
        cause,
        Cause::WrongKind | Cause::NotARegistry | Cause::HtmlInsteadOfIndex | Cause::NotFound
    );
    let switch = (may_change && other).then(|| switch(repository));
    let (id, credential) = (summary.id, summary.link.as_ref().map(|link| link.credential));
    let stale = summary.stale_since.map(|since| stale(since, now));
    let detail = Some(repository.detail.clone()).filter(|detail| !detail.is_empty());
    let service = token_service(repository, may_allow);
    view! {
        <CauseBanner cause repository=id credential>
            {detail.map(|detail| view! { <p class="muted">{detail}</p> })}
            {switch}
            {service}
            {stale}
        </CauseBanner>
    }
    .into_any()
}

fn switch(repository: &RepositoryDetail) -> AnyView {
    let kind = match repository.summary.kind {
        RepositoryKind::Helm => RepositoryKind::Oci,
        RepositoryKind::Oci => RepositoryKind::Helm,
    };
    let stored = stored(repository);
    let url = RepositoryUrl::parse(&stored.url)
        .map_or_else(|_| stored.url.clone(), |url| url.spelled_for(kind).as_str().into());
    let form = EditRepository {
        repository: repository.summary.id.to_string(),
        row_version: repository.row_version.to_string(),
        fields: AddRepository { url, kind: kind.as_str().to_owned(), ..stored },
    };
    view! {
        <ActionButton
            action="/actions/repositories/edit"
            from=path_of(repository.summary.id)
            form=values(&form)
        >
            {format!("Switch to {}", kind.label())}
        </ActionButton>
    }
    .into_any()
}

fn facts(repository: &RepositoryDetail, now: Timestamp) -> AnyView {
    let summary = &repository.summary;
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"URL"</dt>
                <dd class="url">{summary.url.clone()}</dd>
                {left_out(repository)}
                <dt>"Credential"</dt>
                <dd>{credential(summary)} {chosen_by(repository)} {carried_by(repository)}</dd>
                {repository
                    .quota
                    .map(|quota| view! { <dt>"Requests"</dt> <dd>{left(quota)}</dd> })}
                <dt>"Project"</dt>
                <dd>
                    <a href=crate::projects::path_of(summary.project)>{summary.project_name.clone()}</a>
                </dd>
                <dt>"Environment"</dt>
                <dd>{summary.environment.label()}</dd>
                <dt>"Added"</dt>
                <dd><Moment at=repository.created_at now/></dd>
            </dl>
        </section>
    }
    .into_any()
}

/// What the repository holds besides charts, so that nobody misses it in the catalog without a word.
fn left_out(repository: &RepositoryDetail) -> Option<AnyView> {
    let words = repository.left_out.words();
    (!words.is_empty()).then(|| view! { <dt>"Skipped"</dt> <dd>{words}</dd> }.into_any())
}

/// The exports that take the value of the credential along.
fn carried_by(repository: &RepositoryDetail) -> Option<AnyView> {
    let words = format!("Value delivered by {}", repository.carried_by.join(", "));
    (!repository.carried_by.is_empty()).then(|| view! { <p class="muted">{words}</p> }.into_any())
}

/// Whether a person or the URL chose the credential.
fn chosen_by(repository: &RepositoryDetail) -> Option<AnyView> {
    let words = match (repository.is_automatic, &repository.summary.link) {
        (false, None) => return None,
        (false, Some(_)) => "Selected manually",
        (true, Some(_)) => "Automatic: it matches the URL",
        (true, None) => "Automatic: no credential matches the URL",
    };
    let project = repository.summary.project.to_string();
    let pairs = [("url", repository.summary.url.as_str()), ("project", project.as_str())];
    let why = repository.is_automatic.then(|| {
        view! {
            ". "
            <a href=path::with("/credentials/explain", &pairs)>"Why?"</a>
        }
    });
    Some(view! { <p class="muted">{words}{why}</p> }.into_any())
}
