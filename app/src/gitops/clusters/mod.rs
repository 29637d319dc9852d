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

use domain::{Actor, ServiceError, gitops::ClusterSummary};
use leptos::prelude::*;

use crate::{
    gitops::tone,
    ui::{
        badge::{Badge, Tone},
        page::Request,
    },
};

/// The page of all clusters.
pub(crate) const PATH: &str = "/gitops/clusters";

/// The path of one cluster.
pub(crate) fn path_of(id: domain::ClusterId) -> String {
    format!("{PATH}/{id}")
}

/// The words of the button that brings a cluster in step.
const SYNC: &str = "Sync now";

/// The person, where the operator turned clusters on; otherwise the pages do not exist.
fn member(request: &Request) -> Result<Actor, ServiceError> {
    let actor = request.member()?;
    if request.services().clusters.are_on() { Ok(actor) } else { Err(ServiceError::NotFound) }
}

/// How a cluster is doing.
fn badge(cluster: &ClusterSummary) -> AnyView {
    if cluster.is_deleting {
        return view! { <Badge tone=Tone::Warn label="Being deleted"/> }.into_any();
    }
    view! { <Badge tone=tone(cluster.state) label=cluster.state.label()/> }.into_any()
}
