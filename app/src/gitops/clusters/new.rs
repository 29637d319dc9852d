//! Adding a cluster.

use domain::{Action, gitops::ClusterForm};
use leptos::prelude::*;

use super::{PATH, form::form, member};
use crate::ui::{
    frame::Section,
    page::{Page, page},
};

/// `/gitops/clusters/new`
pub(crate) fn new() -> AnyView {
    page(async |request| {
        let principal = member(&request)?;
        principal.may(Action::ManageClusters)?;
        let form =
            form(&request, &principal, ClusterForm::default(), format!("{PATH}/new")).await?;
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Add a cluster"</h1>
                    <p class="muted">
                        "Hawser applies its objects there and repairs them. It never takes over a field that belongs to somebody else."
                    </p>
                </div>
            </div>
            {form}
        };
        Ok(Page {
            title: "Add a cluster".to_owned(),
            section: Section::Clusters,
            body: body.into_any(),
        })
    })
}
