//! What a credential opens itself: the Git targets that push with it and the clusters it leads to.

use std::collections::{BTreeSet, HashMap};

use domain::{
    CredentialId, CredentialKind, Principal, ServiceError, Status,
    credentials::{CredentialDetail, CredentialSummary},
    gitops::{CredentialUse, DestinationState},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::impact::Impact;
use crate::ui::{badge::StatusBadge, page::Request, tabs::Tab};

/// Git targets and clusters by the credential that opens them.
pub(super) type UsageCounts = HashMap<CredentialId, (u32, u32)>;

/// A Git target or a cluster that cannot be reached without the credential.
pub(super) struct Opened {
    pub place: DeliveryTarget,
    pub name: String,
    at: String,
    pub state: DestinationState,
    pub status: Status,
}

impl Opened {
    /// Its kind and name, which lead to its page.
    pub fn link(&self) -> AnyView {
        view! {
            <span class="muted">{self.place.label()} " "</span>
            <a href=self.place.path()>{self.name.clone()}</a>
        }
        .into_any()
    }
}

/// How many Git targets and clusters each credential opens; empty where no row of the table can.
pub(super) async fn counts(
    request: &Request,
    principal: &Principal,
    rows: &[CredentialSummary],
) -> Result<UsageCounts, ServiceError> {
    let mut counts = UsageCounts::default();
    if rows.iter().all(|row| row.provider.facts().kind == CredentialKind::Registry) {
        return Ok(counts);
    }
    for (credential, opened) in all(request, principal).await? {
        let (targets, clusters) = counts.entry(credential).or_default();
        match opened.place {
            DeliveryTarget::Cluster(_) => *clusters += 1,
            DeliveryTarget::GitTarget(_) | DeliveryTarget::Repository(_) => *targets += 1,
        }
    }
    Ok(counts)
}

/// What a credential is used for, as far as a tab shows it.
pub(super) struct Usage {
    /// The exports that hold the credential of a registry, and where they are delivered.
    pub exported: Vec<CredentialUse>,
    /// The Git targets and clusters that any other one opens.
    pub opens: Vec<Opened>,
    impact: Impact,
}

impl Usage {
    /// Whom a new secret reaches.
    pub const fn impact(&self) -> &Impact {
        &self.impact
    }

    /// How many Git targets and clusters it opens.
    pub fn opened(&self) -> (u32, u32) {
        let is_cluster = |one: &&Opened| matches!(one.place, DeliveryTarget::Cluster(_));
        let clusters = self.opens.iter().filter(is_cluster).count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (count(self.opens.len() - clusters), count(clusters))
    }

    /// How many exports hold it, and how many places take those.
    pub fn delivered(&self) -> (usize, usize) {
        let exports: BTreeSet<_> = self.exported.iter().map(|one| one.export).collect();
        let places = self
            .exported
            .iter()
            .filter_map(|one| one.place.map(domain::propagation::DeliveryTarget::path));
        (exports.len(), places.collect::<BTreeSet<_>>().len())
    }

    /// Whether anything but a repository uses it.
    pub const fn is_used(&self) -> bool {
        !self.exported.is_empty() || !self.opens.is_empty()
    }
}

/// What uses the credential; of one whose repositories already tell that it is used, only where the tab
/// tells more.
pub(super) async fn usage(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
    tab: Tab,
) -> Result<Usage, ServiceError> {
    let kind = credential.provider.facts().kind;
    if kind != CredentialKind::Registry {
        let opens = opens(request, principal, (credential.id, kind)).await?;
        let impact = Impact::by_opening(credential, &opens);
        return Ok(Usage { exported: Vec::new(), opens, impact });
    }
    let tells = matches!(tab, Tab::Overview | Tab::Versions)
        || !request.query("propagation").is_empty()
        || credential.links.is_empty();
    let exported = if tells {
        request.services().exports.uses(principal, credential.id).await?
    } else {
        Vec::new()
    };
    let impact = Impact::by_exports(credential, &exported);
    Ok(Usage { exported, opens: Vec::new(), impact })
}

/// All that this credential opens; one of a registry opens repositories of charts instead.
pub(super) async fn opens(
    request: &Request,
    principal: &Principal,
    (credential, kind): (CredentialId, CredentialKind),
) -> Result<Vec<Opened>, ServiceError> {
    if kind == CredentialKind::Registry {
        return Ok(Vec::new());
    }
    let all = all(request, principal).await?.into_iter();
    Ok(all.filter(|(id, _)| *id == credential).map(|(_, opened)| opened).collect())
}

/// Every Git target and cluster with the credential that opens it, targets first.
async fn all(
    request: &Request,
    principal: &Principal,
) -> Result<Vec<(CredentialId, Opened)>, ServiceError> {
    let services = request.services();
    let targets = services.git_targets.list(principal).await?;
    let clusters = if services.clusters.are_on() {
        services.clusters.list(principal).await?
    } else {
        Vec::new()
    };
    let targets = targets.into_iter().map(|one| {
        let place = DeliveryTarget::GitTarget(one.id);
        let (state, status) = (one.state, one.status());
        (one.credential, Opened { place, name: one.name, at: one.url, state, status })
    });
    let clusters = clusters.into_iter().map(|one| {
        let place = DeliveryTarget::Cluster(one.id);
        let (state, status) = (one.state, one.status());
        (one.credential, Opened { place, name: one.name, at: one.server, state, status })
    });
    Ok(targets.chain(clusters).collect())
}

/// Where a credential of Git or of a cluster is used.
pub(super) fn opened(credential: &CredentialDetail, opens: &[Opened]) -> AnyView {
    let add = match credential.provider.facts().kind {
        CredentialKind::Cluster => ("/gitops/clusters/new", "Add a cluster"),
        _ => ("/gitops/targets/new", "Add a Git target"),
    };
    let rows = opens
        .iter()
        .map(|one| {
            view! {
                <li class="line">
                    <div>
                        {one.link()} <p class="muted url">{one.at.clone()}</p>
                    </div>
                    <StatusBadge status=one.status/>
                </li>
            }
        })
        .collect_view();
    let list = if opens.is_empty() {
        let href = crate::ui::path::with(add.0, &[("credential", &credential.id.to_string())]);
        view! {
            <p class="muted">"None yet. " <a href=href>{add.1}</a> " that uses it."</p>
        }
        .into_any()
    } else {
        view! { <ul class="lines">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="uses-title">
            <h2 id="uses-title">"Delivered to"</h2>
            <div data-live="uses">{list}</div>
        </section>
    }
    .into_any()
}
