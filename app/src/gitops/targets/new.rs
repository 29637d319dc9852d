//! Adding a Git target.

use domain::{Action, gitops::GitTargetForm};
use leptos::prelude::*;

use super::form::form;
use crate::ui::{
    frame::Section,
    page::{Page, page},
};

/// `/gitops/targets/new`
pub(crate) fn new() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageExports)?;
        let here = "/gitops/targets/new".to_owned();
        let form = form(&request, &principal, GitTargetForm::default(), here).await?;
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Add a Git target"</h1>
                    <p class="muted">
                        "A branch and folder that Hawser keeps in sync with your exports. Nothing is pushed until you confirm the preview."
                    </p>
                </div>
            </div>
            {form}
        };
        Ok(Page {
            title: "Add a Git target".to_owned(),
            section: Section::GitTargets,
            body: body.into_any(),
        })
    })
}
