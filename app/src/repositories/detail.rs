//! One repository: state, settings, last runs.

use domain::{
    Action, Cause, Timestamp, counted,
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
    fields::Offered,
    path_of, runs,
    state::{credential, stale},
};
use crate::{
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
        tabs::{Tab, tabs},
    },
};

/// `/charts/repositories/{id}`
pub(crate) fn detail() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let services = request.services();
        let repository = services.repositories.get(&principal, request.id()?).await?;
        let may_change = principal.role.includes(Action::ManageRepositories);
        let may_allow = principal.role.includes(Action::AllowOrigins);
        let form = if may_change {
            let (url, chosen) = (typed_url(&request, &repository), chosen(&request, &repository));
            let offered = Offered::of(&request, &principal, &url, chosen).await?;
            let projects = services.projects.list(&principal).await?;
            Some(edit_form(&request, &principal, &repository, offered, projects))
        } else {
            None
        };
        let (summary, now) = (&repository.summary, request.now);
        let tab = request.query("tab");
        let (syncing, href) = (summary.state == RepositoryState::Syncing, path_of(summary.id));
        let may_export = principal.role.includes(Action::ManageExports);
        let export = may_export.then(|| exports::begin(summary));
        let test = may_change.then(|| test(&request, &repository));
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
                {may_change.then(|| buttons(&repository, &href, export))}
            </div>
            <div data-live="banner" class="stack">
                {banner(&repository, (may_change, may_allow), now)}
                {clashing(summary).map(clash_warning)}
            </div>
            {tabs(
                &href,
                &tab,
                &[Tab("Overview", "", None), Tab("Syncs", runs::TAB, Some(repository.runs.len()))],
            )}
            {if tab == runs::TAB {
                runs::all(&repository, now)
            } else {
                view! {
                    <div class="beside">
                        <div class="stack">{test} {form} {runs::newest(&repository, now)}</div>
                        <div class="stack">{facts(&repository, now)}</div>
                    </div>
                }
                    .into_any()
            }}
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

fn buttons(repository: &RepositoryDetail, href: &str, export: Option<AnyView>) -> AnyView {
    let id = repository.summary.id.to_string();
    view! {
        <div class="actions">
            <ActionButton
                action="/actions/repositories/sync"
                from=href.to_owned()
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
        <section class="card" aria-labelledby="test-title">
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
    let id = summary.id.to_string();
    let interval = INTERVALS
        .iter()
        .find(|(seconds, _)| *seconds == repository.interval)
        .map_or("Manual", |(_, label)| label);
    let next = repository.next_sync_at.map_or_else(
        || view! { <span class="muted">"Manual"</span> }.into_any(),
        |at| view! { <Moment at now/> }.into_any(),
    );
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"Charts"</dt>
                <dd>
                    <a href=path::with("/charts/catalog", &[("repository", &id)])>
                        {counted(summary.charts, "chart", "charts")}
                    </a>
                </dd>
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
                <dt>"Last sync"</dt>
                <dd>{moment_or(summary.last_sync_at, now, "Never")}</dd>
                <dt>"Next sync"</dt>
                <dd>{next}</dd>
                <dt>"Sync every"</dt>
                <dd>{interval}</dd>
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
    (!words.is_empty()).then(|| view! { <dt>"Left out"</dt> <dd>{words}</dd> }.into_any())
}

/// The exports that take the value of the credential along.
fn carried_by(repository: &RepositoryDetail) -> Option<AnyView> {
    let words = format!("Its value is carried by {}", repository.carried_by.join(", "));
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
