//! What applying would change now.

use domain::{
    Action, ServiceError, counted,
    gitops::{ClusterObject, ClusterPreview},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{
    PATH, SYNC, member,
    objects::{named, reason},
    path_of,
};
use crate::{
    exports::notes,
    gitops::{
        diff::{begins, changes},
        state::banner,
    },
    ui::{
        form::{Form, FormState, Submit},
        frame::Section,
        icon::Icon,
        input::hidden,
        page::{Page, page},
    },
};

/// `/gitops/clusters/{id}/preview`
pub(crate) fn preview() -> AnyView {
    page(async |request| {
        let principal = member(&request)?;
        principal.may(Action::ManageClusters)?;
        let clusters = &request.services().clusters;
        let found = clusters.get(&principal, request.id()?).await?;
        let cluster = &found.summary;
        let preview = match clusters.preview(&principal, cluster.id).await {
            Ok(preview) => Ok(preview),
            Err(ServiceError::Unreachable { cause, .. }) => Err(cause),
            Err(problem) => return Err(problem),
        };
        let state = FormState::new("cluster-apply", &request);
        let href = path_of(cluster.id);
        let id = cluster.id.to_string();
        let known = preview.as_ref().ok().map(|preview| preview.changes.as_slice());
        let differs = known.is_some_and(|changes| !changes.is_empty());
        let whole = preview.as_ref().is_ok_and(|preview| preview.refused.is_empty());
        let begins = begins(cluster.state, known.filter(|_| whole));
        let syncs = differs || begins.is_some();
        let inside = match preview {
            Ok(preview) => found_of(&preview),
            Err(cause) => banner(
                Some(cause),
                "",
                DeliveryTarget::Cluster(cluster.id),
                found.summary.credential,
                &found.exports,
                principal.role,
            ),
        };
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Clusters"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{cluster.name.clone()}</a>
            </p>
            <div class="head">
                <div>
                    <h1>{format!("Preview of {}", cluster.name)}</h1>
                    <p class="muted url">{cluster.server.clone()}</p>
                </div>
            </div>
            <section class="card" aria-labelledby="changes-title">
                <h2 id="changes-title">"Changes"</h2>
                {inside}
                {begins}
                <Form state action="/actions/gitops/clusters/apply">
                    {hidden("cluster", id)}
                    <div class="actions">
                        {syncs.then(|| view! { <Submit>{SYNC}</Submit> })}
                        <a class="button quiet" href=href>
                            "Back"
                        </a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: format!("Preview of {}", cluster.name),
            section: Section::Clusters,
            body: body.into_any(),
        })
    })
}

/// What could not be compared, then what would change; that nothing would is said only where everything
/// was compared.
fn found_of(preview: &ClusterPreview) -> AnyView {
    let is_known = preview.refused.is_empty() || !preview.changes.is_empty();
    let changes = is_known.then(|| changes(&preview.changes, "object", "objects"));
    view! {
        {notes(&preview.notes)}
        {refused(preview)}
        {changes}
    }
    .into_any()
}

fn refused(preview: &ClusterPreview) -> Option<AnyView> {
    let total = preview.refused.len();
    let row = |object: &ClusterObject| view! { <li>{named(object)} {reason(object)}</li> };
    let until = if preview.changes.is_empty() {
        "Nothing is written until this is fixed."
    } else {
        "These objects stay as they are until this is fixed, and nothing is deleted before."
    };
    (total > 0).then(|| {
        view! {
            <div class="notice bad">
                <Icon name="circle-alert"/>
                <div>
                    <h3>
                        {format!("{} could not be compared", counted(total, "object", "objects"))}
                    </h3>
                    <ul>{preview.refused.iter().map(row).collect_view()}</ul>
                    <p>{until}</p>
                </div>
            </div>
        }
        .into_any()
    })
}
