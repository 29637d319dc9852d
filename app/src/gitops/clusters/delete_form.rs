//! Deleting a cluster, with what Hawser made there.

use domain::{Action, gitops::ClusterDetail};
use leptos::prelude::*;

use super::{PATH, member, objects::named, path_of};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    page::{Page, page},
    table::counted,
};

/// `/gitops/clusters/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let actor = member(&request)?;
        actor.may(Action::ManageExports)?;
        let cluster = request.services().clusters.get(&actor, request.id()?).await?;
        let state = FormState::new("cluster-delete", &request);
        let name = cluster.summary.name.clone();
        let href = path_of(cluster.summary.id);
        let id = cluster.summary.id.to_string();
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Clusters"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{name.clone()}</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Delete {name}?")}</h1>
                {goes(&cluster)}
                <Form state action="/actions/gitops/clusters/delete">
                    {hidden("cluster", id)}
                    <div class="actions">
                        <Submit class="button danger solid">"Delete"</Submit>
                        <a class="button quiet" href=href>
                            "Cancel"
                        </a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: format!("Delete {name}"),
            section: Section::Clusters,
            body: body.into_any(),
        })
    })
}

fn goes(cluster: &ClusterDetail) -> AnyView {
    let total = u32::try_from(cluster.objects.len()).unwrap_or(u32::MAX);
    if total == 0 {
        return view! {
            <p>"Hawser made nothing there, so nothing else changes. Exports and the credential stay."</p>
        }
        .into_any();
    }
    let rows =
        cluster.objects.iter().map(|object| view! { <li>{named(object)}</li> }).collect_view();
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
