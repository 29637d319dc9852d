//! One chart: how to install it, its versions and metadata. All of it is foreign text.

use domain::{
    Timestamp,
    charts::{ChartMetadata, ChartVersion, Install, safe_link},
};
use leptos::prelude::*;

use super::super::repositories::path_of;
use crate::ui::{
    badge::{Badge, Tone},
    copy::CopyButton,
    frame::Section,
    icon::Icon,
    moment::{Moment, moment_or},
    page::{Page, snapshot_page},
};

/// `/charts/catalog/{id}`
pub(crate) fn detail() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let chart = request.services().charts.get(&principal, request.id()?).await?;
        let now = request.now;
        let summary = &chart.summary;
        let about = match chart.metadata.description.as_str() {
            "" => summary.description.clone(),
            text => text.to_owned(),
        };
        let stale = summary.stale_since.map(|since| {
            view! {
                <div class="notice warn">
                    <Icon name="triangle-alert"/>
                    <p>
                        "The last sync of the repository failed. This is what it held "
                        <Moment at=since now/> "."
                    </p>
                </div>
            }
        });
        let deprecated =
            summary.deprecated.then(|| view! { <Badge tone=Tone::Warn label="Deprecated"/> });
        let body = view! {
            <p class="crumbs">
                <a href="/charts/catalog">"Catalog"</a>
                <Icon name="chevron-right"/>
                <a href=path_of(summary.repository)>{summary.repository_name.clone()}</a>
            </p>
            <div class="head">
                <div>
                    <h1>{summary.name.clone()}</h1>
                    <p class="tags">
                        <span>{summary.version.clone()}</span>
                        {(!summary.app_version.is_empty())
                            .then(|| {
                                view! {
                                    <span class="muted">{format!("app {}", summary.app_version)}</span>
                                }
                            })}
                        {deprecated}
                    </p>
                    <p>{about}</p>
                </div>
            </div>
            {stale}
            {install(&chart.install)}
            <div class="beside">
                {versions(&chart.versions, now)}
                {metadata(&chart.metadata)}
            </div>
        };
        Ok(Page { title: summary.name.clone(), section: Section::Catalog, body: body.into_any() })
    })
}

/// The commands, the login first, and what to know before.
fn install(install: &Install) -> AnyView {
    let commands = install.commands.join("\n");
    let notes = install.notes.iter().map(|note| view! { <li>{note.clone()}</li> }).collect_view();
    view! {
        <section class="card" aria-labelledby="install-title">
            <div class="card-head">
                <h2 id="install-title">"Install"</h2>
                <CopyButton text=commands.clone()/>
            </div>
            <pre tabindex="0"><code>{commands}</code></pre>
            {(!install.notes.is_empty())
                .then(|| view! { <ul class="plain muted">{notes}</ul> })}
        </section>
    }
    .into_any()
}

fn versions(versions: &[ChartVersion], now: Timestamp) -> AnyView {
    let rows = versions
        .iter()
        .map(|version| {
            let deprecated =
                version.deprecated.then(|| view! { <Badge tone=Tone::Warn label="Deprecated"/> });
            view! {
                <tr>
                    <th scope="row">
                        <div class="cell">
                            {version.version.clone()}
                            <code class="muted" title=version.digest.clone()>
                                {short(&version.digest)}
                            </code>
                            {deprecated}
                        </div>
                    </th>
                    <td>{version.app_version.clone()}</td>
                    <td>{moment_or(version.created_at, now, "Not told")}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="versions-title">
            <h2 id="versions-title">"Versions"</h2>
            <div class="table-box flat">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Version"</th>
                            <th scope="col">"App version"</th>
                            <th scope="col">"Created"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn short(digest: &str) -> String {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    hex.chars().take(12).collect()
}

fn metadata(metadata: &ChartMetadata) -> AnyView {
    let sources = metadata.sources.iter().map(|source| view! { <li>{link(source, source)}</li> });
    let maintainers = metadata.maintainers.iter().map(|maintainer| {
        let name = if maintainer.name.is_empty() { &maintainer.email } else { &maintainer.name };
        view! { <li>{link(name, &maintainer.url)}</li> }
    });
    let dependencies = metadata.dependencies.iter().map(|one| {
        view! {
            <li>
                {one.name.clone()}" " <span class="muted">{one.version.clone()}</span>
            </li>
        }
    });
    let keywords = metadata.keywords.iter().map(|one| view! { <li class="tag">{one.clone()}</li> });
    let kind = if metadata.chart_type.is_empty() { "application" } else { &metadata.chart_type };
    view! {
        <section class="card" aria-labelledby="metadata-title">
            <h2 id="metadata-title">"Metadata"</h2>
            <dl class="facts">
                <dt>"Type"</dt>
                <dd>{kind.to_owned()}</dd>
                {fact("Kubernetes", text(&metadata.kube_version))}
                {fact("Home", (!metadata.home.is_empty()).then(|| link(&metadata.home, &metadata.home)))}
                {fact("Sources", rows(sources.collect()))}
                {fact("Maintainers", rows(maintainers.collect()))}
                {fact("Needs", rows(dependencies.collect()))}
                {fact("Keywords", rows(keywords.collect()))}
            </dl>
        </section>
    }
    .into_any()
}

fn fact(label: &'static str, value: Option<AnyView>) -> Option<impl IntoView> {
    value.map(|value| view! { <dt>{label}</dt> <dd>{value}</dd> })
}

fn text(text: &str) -> Option<AnyView> {
    (!text.is_empty()).then(|| text.to_owned().into_any())
}

fn rows<Row: IntoView + 'static>(rows: Vec<Row>) -> Option<AnyView> {
    (!rows.is_empty()).then(|| view! { <ul class="plain">{rows}</ul> }.into_any())
}

/// A link only where the address is safe to follow; otherwise the text alone.
fn link(label: &str, address: &str) -> AnyView {
    match safe_link(address) {
        Some(href) => view! {
            <a class="url" href=href.to_owned() rel="noopener noreferrer nofollow" target="_blank">
                {label.to_owned()}
            </a>
        }
        .into_any(),
        None => label.to_owned().into_any(),
    }
}
