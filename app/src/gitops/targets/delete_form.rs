//! Deleting a Git target.

use domain::{Action, counted, gitops::GitTargetDetail};
use leptos::prelude::*;

use super::path_of;
use crate::{
    gitops::PATH,
    ui::{
        form::{Form, FormState, Submit},
        frame::Section,
        icon::Icon,
        input::hidden,
        page::{Page, page},
    },
};

/// `/gitops/targets/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        actor.may(Action::ManageExports)?;
        let target = request.services().git_targets.get(&actor, request.id()?).await?;
        let state = FormState::new("target-delete", &request);
        let name = target.summary.name.clone();
        let href = path_of(target.summary.id);
        let id = target.summary.id.to_string();
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"GitOps"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{name.clone()}</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Delete {name}?")}</h1>
                {stays(&target)}
                <Form state action="/actions/gitops/targets/delete">
                    {hidden("target", id)}
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
            section: Section::GitOps,
            body: body.into_any(),
        })
    })
}

/// That files at `place` are nobody's any more, without the end of the sentence.
pub(super) fn staying(total: u32, place: &str) -> String {
    let follow = if total == 1 { "follows" } else { "follow" };
    let stay = counted(total, "file stays", "files stay");
    format!("{stay} in {place} and no longer {follow} your credentials")
}

/// What it affects: the repository goes stale, but nothing in it goes.
fn stays(target: &GitTargetDetail) -> AnyView {
    let total = u32::try_from(target.files.len()).unwrap_or(u32::MAX);
    let files = target.files.iter().map(|path| view! { <li><code>{path.clone()}</code></li> });
    let list = (total > 0).then(|| {
        view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <p>
                        {staying(total, &target.summary.url)}
                        ":"
                    </p>
                    <ul class="columns">{files.collect_view()}</ul>
                </div>
            </div>
        }
    });
    view! {
        <p>"Hawser forgets it and pushes there no more. Exports and the credential stay."</p>
        {list}
    }
    .into_any()
}
