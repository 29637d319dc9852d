//! The page GitOps: Git targets first, and how the rest stands.

use domain::{
    Action, CredentialKind, Principal, ServiceError, counted,
    gitops::{DestinationState, GitTargetSummary},
    overview::Begun,
};
use leptos::prelude::*;

use super::{clusters, git_accounts, targets};
use crate::{
    exports,
    overview::way_in,
    ui::{
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        page::{Page, Request, snapshot_page},
    },
};

/// `/gitops`
pub(crate) fn overview() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let found = request.services().git_targets.list(&principal).await?;
        let rest = Rest::of(&request, &principal).await?;
        let may_manage = principal.role.includes(Action::ManageExports);
        let add = (may_manage && !found.is_empty()).then(|| {
            view! {
                <a class="button primary" href="/gitops/targets/new">
                    <Icon name="plus"/>
                    "Add"
                </a>
            }
        });
        let pushing = found.iter().any(|row| row.state == DestinationState::Pushing);
        let table = if found.is_empty() && may_manage {
            way_in(begun(&request, &principal, &rest).await?)
        } else if found.is_empty() {
            nobody_yet()
        } else {
            targets::table(found.clone(), &request, principal.role)
        };
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Git targets"</h1>
                    <p class="muted">
                        "Branches and folders Hawser keeps in sync."
                    </p>
                </div>
                {add}
            </div>
            {table}
            {rest.cards(&found)}
            <Live/>
            {pushing.then(under_way)}
        };
        Ok(Page {
            title: "Git targets".to_owned(),
            section: Section::GitTargets,
            body: body.into_any(),
        })
    })
}

/// How exports, connections and clusters stand, in numbers.
struct Rest {
    exports: u32,
    connections: u32,
    broken: u32,
    /// The clusters and how many of them fail; `None` while the operator left them off.
    clusters: Option<(u32, u32)>,
}

impl Rest {
    async fn of(request: &Request, principal: &Principal) -> Result<Self, ServiceError> {
        let services = request.services();
        let exports = services.exports.list(principal).await?;
        let connections = services.git_connections.list(principal).await?;
        let clusters = if services.clusters.are_on() {
            let found = services.clusters.list(principal).await?;
            let failing = found.iter().filter(|one| one.cause.is_some()).count();
            Some((number(found.len()), number(failing)))
        } else {
            None
        };
        Ok(Self {
            exports: number(exports.len()),
            connections: number(connections.len()),
            broken: number(connections.iter().filter(|one| one.broken.is_some()).count()),
            clusters,
        })
    }

    fn cards(&self, targets: &[GitTargetSummary]) -> AnyView {
        let card = |href: &'static str, icon: &'static str, label: &'static str, text: String| {
            view! {
                <li>
                    <a class="choice" href=href>
                        <Icon name=icon/>
                        <span>
                            <strong>{label}</strong>
                            <small class="muted">{text}</small>
                        </span>
                    </a>
                </li>
            }
        };
        let exports = counted(self.exports, "export", "exports");
        let mut connections = counted(self.connections, "connected account", "connected accounts");
        if self.broken > 0 {
            connections = format!("{connections}, {} to connect again", self.broken);
        }
        let clusters = self.clusters.map(|(all, failing)| {
            let mut text = counted(all, "cluster", "clusters");
            if failing > 0 {
                text = format!("{text}, {failing} failing");
            }
            card(clusters::PATH, "server", "Clusters", text)
        });
        // The steps to the first one say the same.
        if targets.is_empty() {
            return ().into_any();
        }
        view! {
            <ul class="choices">
                {card(exports::PATH, "file-output", "Exports", exports)}
                {clusters}
                {card(git_accounts::PATH, "plug", "Git accounts", connections)}
            </ul>
        }
        .into_any()
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn nobody_yet() -> AnyView {
    view! {
        <section class="empty">
            <Icon name="git-branch"/>
            <h2>"No Git targets yet"</h2>
            <p>"An owner or admin of the organization adds them."</p>
        </section>
    }
    .into_any()
}

/// What there is already of that which a Git target is made of; there is no Git target.
async fn begun(
    request: &Request,
    principal: &Principal,
    rest: &Rest,
) -> Result<Begun, ServiceError> {
    let services = request.services();
    let any_of_kind = |kind| services.credentials.any_of_kind(principal, kind);
    Ok(Begun {
        credentials: any_of_kind(CredentialKind::Registry).await?,
        repositories: !services.repositories.choices(principal).await?.is_empty(),
        git: any_of_kind(CredentialKind::Git).await?,
        exports: rest.exports > 0,
        destinations: false,
    })
}
