//! Clusters: Kubernetes API servers that exports are applied to directly.

mod delete_form;
mod detail;
mod form;
mod list;
mod new;
mod objects;
mod preview;
mod server_fns;

pub(crate) use delete_form::delete;
pub(crate) use detail::detail;
pub(crate) use list::list;
pub(crate) use new::new;
pub(crate) use preview::preview;

use domain::{Principal, ServiceError, gitops::ClusterSummary};
use leptos::prelude::*;

use crate::ui::page::Request;

/// The page of all clusters.
pub(crate) const PATH: &str = "/gitops/clusters";

/// The path of one cluster.
pub(crate) fn path_of(id: domain::ClusterId) -> String {
    format!("{PATH}/{id}")
}

/// The words of the button that brings a cluster in step.
const SYNC: &str = "Sync now";

/// The person, where the operator turned clusters on; otherwise the pages do not exist.
fn member(request: &Request) -> Result<Principal, ServiceError> {
    let principal = request.member()?;
    if request.services().clusters.are_on() { Ok(principal) } else { Err(ServiceError::NotFound) }
}

/// What there is to know beside the status of a cluster.
fn why(cluster: &ClusterSummary) -> AnyView {
    let going = cluster.is_deleting.then(|| "Being deleted".to_owned());
    let drifted = (cluster.drifted > 0).then(|| format!("{} drifted", cluster.drifted));
    let lines = going.into_iter().chain(drifted);
    lines.map(|text| view! { <span class="muted">{text}</span> }).collect_view().into_any()
}
