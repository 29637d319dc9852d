//! What a push would change now.

use domain::{
    Action, Cause, ServiceError,
    gitops::{GitTargetDetail, TargetPreview, base_missing},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{SYNC, path_of, short};
use crate::{
    exports::notes,
    gitops::{
        PATH,
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

/// `/gitops/targets/{id}/preview`
pub(crate) fn preview() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageExports)?;
        let targets = &request.services().git_targets;
        let found = targets.get(&principal, request.id()?).await?;
        let target = &found.summary;
        let preview = match targets.preview(&principal, target.id).await {
            Ok(preview) => Ok(preview),
            Err(ServiceError::Unreachable { cause, .. }) => Err(cause),
            Err(problem) => return Err(problem),
        };
        let state = FormState::new("target-push", &request);
        let href = path_of(target.id);
        let id = target.id.to_string();
        let writable = preview.as_ref().ok().filter(|preview| !preview.is_refused());
        let start = writable.map(|preview| start(preview, &target.branch));
        let known = writable.map(|preview| preview.changes.as_slice());
        let changed = known.is_some_and(|changes| !changes.is_empty());
        let begins = begins(target.state, known);
        let sync = (changed || begins.is_some()).then(|| view! { <Submit>{SYNC}</Submit> });
        let inside = match preview {
            Ok(preview) if preview.is_refused() => refused(&preview),
            Ok(preview) => view! {
                {notes(&preview.notes)}
                {changes(&preview.changes, "file", "files")}
            }
            .into_any(),
            Err(cause) => banner(
                Some(cause),
                &missing(cause, &found),
                DeliveryTarget::GitTarget(target.id),
                found.summary.credential,
                &found.exports,
                principal.role,
            ),
        };
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Git targets"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{target.name.clone()}</a>
            </p>
            <div class="head">
                <div>
                    <h1>{format!("Preview of {}", target.name)}</h1>
                    <p class="muted url">{target.url.clone()}</p>
                    <p class="muted">{start}</p>
                </div>
            </div>
            <section class="card" aria-labelledby="changes-title">
                <h2 id="changes-title">"Changes"</h2>
                {inside}
                {begins}
                <Form state action="/actions/gitops/targets/push">
                    {hidden("target", id)}
                    <div class="actions">
                        {sync}
                        <a class="button quiet" href=href>
                            "Back"
                        </a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: format!("Preview of {}", target.name),
            section: Section::GitTargets,
            body: body.into_any(),
        })
    })
}

/// Which branch is missing, where that is the cause.
fn missing(cause: Cause, target: &GitTargetDetail) -> String {
    match cause {
        Cause::BaseMissing => base_missing(&target.base),
        _ => String::new(),
    }
}

/// Why nothing can be written, with what it is about.
fn refused(preview: &TargetPreview) -> AnyView {
    view! {
        {notes(&preview.notes)}
        <p>"Nothing is written until this is fixed."</p>
    }
    .into_any()
}

/// What the push starts from; `target` is the branch that the changes are for.
fn start(preview: &TargetPreview, target: &str) -> String {
    let (head, branch) = (short(&preview.head), &preview.branch);
    match (head.as_str(), preview.is_new_branch) {
        ("", _) => format!("The branch {branch} of an empty repository is made."),
        (head, true) => format!("The branch {branch} is made from commit {head}."),
        (head, false) if branch == target => format!("On top of commit {head} of {branch}."),
        (head, false) => {
            format!("On top of commit {head} of {branch}, which waits to be merged to {target}.")
        }
    }
}
