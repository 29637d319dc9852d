//! The Credentials page.

use domain::{
    Action, Principal, Provider, Total,
    bulk::BulkAction,
    cause::RemoteKind,
    credentials::{CredentialOrder, CredentialQuery, Direction, Remains, Undestroyed},
    projects::Project,
};
use leptos::prelude::*;

use super::{best_practices, table::table, timeline::timeline, usage::counts};
use crate::{
    bulk::{all_found, begin},
    ui::{
        filters::{FilterBy, Filters, by_project},
        frame::Section,
        icon::Icon,
        input::hidden,
        live::Live,
        page::{Page, snapshot_page},
        table::Empty,
    },
};

/// `/credentials`
pub(crate) fn list() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let query = CredentialQuery {
            search: request.query("search"),
            provider: request.query("provider"),
            project: request.query("project").parse().ok(),
            order: CredentialOrder::parse(&request.query("order")).unwrap_or_default(),
            direction: Direction::parse(&request.query("direction")).unwrap_or_default(),
            page: request.page_number(),
        };
        let services = request.services();
        let found = services.credentials.list(&principal, query.clone()).await?;
        let expiring = services.credentials.expiring(&principal).await?;
        let opens = counts(&request, &principal, &found.rows).await?;
        let projects = services.projects.list(&principal).await?;
        let may_add = principal.role.includes(Action::ManageCredentials);
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Credentials"</h1>
                    <p class="muted">
                        "Registry, Git and cluster logins, stored in Vault."
                    </p>
                </div>
                <div class="actions">
                    <a class="button quiet" href="/credentials/guides">"Guides"</a>
                    {(!found.is_empty)
                        .then(|| {
                            view! {
                                <a class="button quiet" href="/credentials/explain">
                                    "Explain a URL"
                                </a>
                            }
                        })}
                    {may_add
                        .then(|| {
                            view! {
                                <a class="button quiet" href="/import">"Import"</a>
                                <a class="button primary" href="/credentials/new">
                                    <Icon name="plus"/>
                                    "Add"
                                </a>
                            }
                        })}
                </div>
            </div>
            {undestroyed(&found.undestroyed)}
            {if found.is_empty {
                nothing_yet(&principal)
            } else {
                view! {
                    {filters(&query, &projects, found.total)}
                    {may_add.then(|| bulk(&query, found.total, &request.here))}
                    <div class="stack" data-found="found">
                        {table(&found, &query, &principal, &opens, &projects, request.now)}
                    </div>
                    {timeline(&expiring, request.now)}
                }
                    .into_any()
            }}
            <Live/>
        };
        Ok(Page {
            title: "Credentials".to_owned(),
            section: Section::Credentials,
            body: body.into_any(),
        })
    })
}

/// What is gone from the table, and not from Vault.
fn undestroyed(waiting: &[Undestroyed]) -> Option<AnyView> {
    let first = waiting.first()?;
    let why = first.cause.words(RemoteKind::Registry);
    let rows = waiting
        .iter()
        .map(|one| {
            let what = match one.remains {
                Remains::Secret => "its secret still lies in Vault",
                Remains::Version => "a version that is not used still lies in Vault",
            };
            view! { <li><strong>{one.name.clone()}</strong>": "{what}"."</li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="card" aria-label="Waiting to be destroyed">
                <h2>"Waiting to be destroyed"</h2>
                <p>
                    "These are deleted here and not used any more. Hawser asked Vault to destroy them, and goes on asking by itself. "
                    <strong>{why.title}". "</strong>
                    {why.message}
                </p>
                <ul>{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn nothing_yet(principal: &Principal) -> AnyView {
    let may_add = principal.role.includes(Action::ManageCredentials);
    let text = if may_add {
        "Add the token of a registry once, link it to every chart repository that needs it, and change it in one place when it expires."
    } else {
        "An owner or admin of the organization adds them."
    };
    view! {
        <Empty icon="key-round" title="No credentials yet" text=text>
            {may_add
                .then(|| {
                    view! {
                        <a class="button" href="/credentials/new">"Add a credential"</a>
                        <a class="button quiet" href="/import">"Import a file"</a>
                    }
                })}
        </Empty>
        {best_practices::all()}
    }
    .into_any()
}

/// The bar of the ticked rows, and the form that their boxes name.
fn bulk(query: &CredentialQuery, total: Total, here: &str) -> AnyView {
    let project = query.project.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <form id="bulk" class="bulk" method="post" action="/actions/bulk/credentials" data-found="bulk">
            {hidden("from", here)}
            {hidden("search", query.search.as_str())}
            {hidden("provider", query.provider.as_str())}
            {hidden("project", project)}
            <strong class="needs-script" data-ticked="selected" aria-live="polite"></strong>
            {all_found(total, CredentialQuery::PAGE_ROWS)}
            {begin(BulkAction::TestCredentials)}
            {begin(BulkAction::DeleteCredentials)}
            <button class="button quiet" type="reset">"Clear"</button>
        </form>
    }
    .into_any()
}

/// The order that a filter keeps; the usual one is left out.
fn order(query: &CredentialQuery) -> Option<AnyView> {
    let is_usual = query.order == CredentialOrder::Name && query.direction == Direction::Ascending;
    (!is_usual).then(|| {
        let (order, direction) = (query.order.as_str(), query.direction.as_str());
        view! { {hidden("order", order)} {hidden("direction", direction)} }.into_any()
    })
}

fn filters(query: &CredentialQuery, projects: &[Project], total: Total) -> AnyView {
    let options = Provider::ALL
        .into_iter()
        .map(|provider| {
            let (code, label) = (provider.as_str(), provider.facts().label);
            view! { <option value=code selected=code == query.provider>{label}</option> }
        })
        .collect_view();
    view! {
        <Filters
            path="/credentials"
            search=query.search.clone()
            placeholder="Name or description"
            by=FilterBy { name: "provider", label: "Provider", all: "All providers" }
            clear=query.is_narrowed().then_some("/credentials")
            also=by_project(projects, query.project)
            kept=order(query)
            total=Some(total.words("credential", "credentials"))
        >
            {options}
        </Filters>
    }
    .into_any()
}
