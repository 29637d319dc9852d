//! Deleting a cluster, with what Hawser made there.

use domain::{
    Action, counted,
    gitops::{ClusterDetail, DestinationState, ObjectState},
};
use leptos::prelude::*;

use super::{PATH, member, objects::named, path_of};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    page::{Page, page},
};

/// `/gitops/clusters/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let principal = member(&request)?;
        principal.may(Action::ManageClusters)?;
        let cluster = request.services().clusters.get(&principal, request.id()?).await?;
        let name = cluster.summary.name.clone();
        let href = path_of(cluster.summary.id);
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Clusters"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{name.clone()}</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Delete {name}?")}</h1>
                {goes(&cluster)}
                {sent(&cluster, FormState::new("cluster-delete", &request), href)}
            </section>
        };
        Ok(Page {
            title: format!("Delete {name}"),
            section: Section::Clusters,
            body: body.into_any(),
        })
    })
}

/// The buttons. While the objects are being deleted there is nothing to press.
fn sent(cluster: &ClusterDetail, state: FormState, href: String) -> AnyView {
    let label = match (cluster.summary.is_deleting, cluster.summary.state) {
        (false, _) => Some("Delete"),
        (true, DestinationState::Failing) => Some("Forget it and leave these objects there"),
        (true, _) => None,
    };
    let id = cluster.summary.id.to_string();
    let back = if label.is_some() { "Cancel" } else { "Back" };
    view! {
        <Form state action="/actions/gitops/clusters/delete" deletes=id.clone()>
            {hidden("cluster", id)}
            <div class="actions">
                {label.map(|label| view! { <Submit class="button danger solid">{label}</Submit> })}
                <a class="button quiet" href=href>
                    {back}
                </a>
            </div>
        </Form>
    }
    .into_any()
}

/// What goes with it. An object that was not applied yet is not there to be removed.
fn goes(cluster: &ClusterDetail) -> AnyView {
    let there: Vec<_> =
        cluster.objects.iter().filter(|object| object.state != ObjectState::New).collect();
    let total = u32::try_from(there.len()).unwrap_or(u32::MAX);
    let rows = there.into_iter().map(|object| view! { <li>{named(object)}</li> }).collect_view();
    if cluster.summary.is_deleting {
        let stuck = cluster.summary.state == DestinationState::Failing;
        let what = if stuck {
            "The last try to delete them failed, and Hawser tries again by itself. If you forget the cluster instead, they stay there, with the secrets in them:"
        } else {
            "Hawser is deleting them, then it forgets the cluster:"
        };
        return view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <p>
                        {format!("Being deleted; {}.", counted(total, "object waits", "objects wait"))}
                    </p>
                    <p>{what}</p>
                    <ul class="columns">{rows}</ul>
                </div>
            </div>
        }
        .into_any();
    }
    if total == 0 {
        return view! {
            <p>"Hawser made nothing there, so nothing else changes. Exports and the credential stay."</p>
        }
        .into_any();
    }
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <div>
                <p>
                    {format!(
                        "{} removed from the cluster. What pulls images or charts with them stops working:",
                        counted(total, "object is", "objects are"),
                    )}
                </p>
                <ul class="columns">{rows}</ul>
            </div>
        </div>
        <p>"Only what Hawser made is deleted. Exports and the credential stay."</p>
    }
    .into_any()
}
