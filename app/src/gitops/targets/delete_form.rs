//! Deleting a Git target.

use domain::{
    Action, counted,
    gitops::{GitTargetDetail, LeftFiles},
};
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
        let principal = request.member()?;
        principal.may(Action::ManageExports)?;
        let target = request.services().git_targets.get(&principal, request.id()?).await?;
        let state = FormState::new("target-delete", &request);
        let name = target.summary.name.clone();
        let href = path_of(target.summary.id);
        let id = target.summary.id.to_string();
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Git targets"</a>
                <Icon name="chevron-right"/>
                <a href=href.clone()>{name.clone()}</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Delete {name}?")}</h1>
                {stays(&target)}
                <Form state action="/actions/gitops/targets/delete" deletes=id.clone()>
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
            section: Section::GitTargets,
            body: body.into_any(),
        })
    })
}

/// That files are nobody's any more, without the end of the sentence.
pub(super) fn staying(left: &LeftFiles) -> String {
    let LeftFiles { count, url, branch, work_branch } = left;
    let follow = if *count == 1 { "follows" } else { "follow" };
    if work_branch.is_empty() {
        let stay = counted(*count, "file stays", "files stay");
        format!("{stay} in {url} on {branch} and no longer {follow} your credentials")
    } else {
        let stay = counted(*count, "file may stay", "files may stay");
        format!(
            "{stay} in {url} on {branch} or {work_branch} and no longer {follow} your credentials"
        )
    }
}

/// What it affects: the repository goes stale, but nothing in it goes.
fn stays(target: &GitTargetDetail) -> AnyView {
    let files: Vec<_> = target.files.iter().chain(&target.leaving).collect();
    let left = LeftFiles {
        count: u32::try_from(files.len()).unwrap_or(u32::MAX),
        url: target.summary.url.clone(),
        branch: target.summary.branch.clone(),
        work_branch: if target.is_merged { String::new() } else { target.work_branch.clone() },
    };
    let list = (left.count > 0).then(|| {
        let files = files.iter().map(|path| view! { <li><code>{(*path).clone()}</code></li> });
        view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <p>
                        {staying(&left)}
                        ":"
                    </p>
                    <ul class="columns">{files.collect_view()}</ul>
                </div>
            </div>
        }
    });
    view! {
        <p>"Hawser stops pushing. Exports and the credential stay."</p>
        {list}
    }
    .into_any()
}
