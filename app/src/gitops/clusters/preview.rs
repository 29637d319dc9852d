//! What applying would change now.

use domain::{Action, ServiceError, propagation::Place};
use leptos::prelude::*;

use super::{PATH, SYNC, member, path_of};
use crate::{
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
        let actor = member(&request)?;
        actor.may(Action::ManageExports)?;
        let clusters = &request.services().clusters;
        let found = clusters.get(&actor, request.id()?).await?;
        let cluster = &found.summary;
        let preview = match clusters.preview(&actor, cluster.id).await {
            Ok(preview) => Ok(preview),
            Err(ServiceError::Unreachable { cause, .. }) => Err(cause),
            Err(problem) => return Err(problem),
        };
        let state = FormState::new("cluster-apply", &request);
        let href = path_of(cluster.id);
        let id = cluster.id.to_string();
        let differs = preview.as_ref().is_ok_and(|preview| !preview.changes.is_empty());
        let begins = begins(cluster.state, preview.as_ref().ok().filter(|_| !differs));
        let syncs = differs || begins.is_some();
        let inside = match preview {
            Ok(preview) => changes(&preview, "object", "objects"),
            Err(cause) => banner(
                Some(cause),
                "",
                Place::Cluster(cluster.id),
                found.summary.credential,
                &found.exports,
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
