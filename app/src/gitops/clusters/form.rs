//! The form that adds or changes a cluster.

use domain::{CredentialKind, Field, Principal, ServiceError, gitops::ClusterForm};
use leptos::prelude::*;

use super::PATH;
use crate::{
    exports::{taken, ticked},
    sent::refilled,
    ui::{
        form::{Form, FormState, Submit},
        input::{Input, hidden},
        page::Request,
        return_to::Leave,
    },
};

const FORM: &str = "cluster-save";

/// The form on the page `here`, filled with what was typed or `stored`.
pub(super) async fn form(
    request: &Request,
    principal: &Principal,
    stored: ClusterForm,
    here: String,
) -> Result<AnyView, ServiceError> {
    let services = request.services();
    let newest: Option<i64> = stored.row_version.parse().ok();
    let state =
        FormState::new(FORM, request).at(here.clone()).over(&stored, newest.unwrap_or_default());
    let choices = services.credentials.of_kind(principal, CredentialKind::Cluster).await?;
    let exports = services.exports.list(principal).await?;
    let is_new = stored.cluster.is_empty();
    let ticked = ticked(&state, request, stored.exports.clone());
    let values = refilled(&stored, |name| request.sent_along(name), |_| None);
    let name = Input::new(&state, Field::Name, "Name")
        .value(&values.name)
        .hint("For example prod-eu.")
        .required()
        .line();
    let options = choices.into_iter().map(|one| (one.id.to_string(), one.name)).collect();
    let credential = Input::new(&state, Field::Credential, "Credential")
        .value(&values.credential)
        .hint(
            "Holds the kubeconfig. Its guide lists the rights the account needs; grant no others.",
        )
        .required()
        .select(vec![
            ("", vec![(String::new(), "Choose a credential".to_owned())]),
            ("Kubeconfigs", options),
        ]);
    let exports = taken(&state, exports, &ticked, "What is applied there.", here.clone());
    let row_version = newest.map(|newest| state.row_version(request, newest)).unwrap_or_default();
    let cancel = is_new.then(|| view! { <a class="button quiet" href=PATH>"Cancel"</a> });
    Ok(view! {
        <section class="card" id="edit" aria-labelledby="edit-title">
            <h2 id="edit-title">{if is_new { "Where and what" } else { "Settings" }}</h2>
            <Form state=state.clone() action="/actions/gitops/clusters/save">
                {hidden("cluster", stored.cluster)}
                {hidden("row_version", row_version)}
                {name}
                <div class="with-button">
                    {credential}
                    <Leave to="/credentials/new" here=here.clone() label="Add a kubeconfig…"/>
                </div>
                {exports}
                <div class="actions">
                    <Submit>{if is_new { "Create" } else { "Save" }}</Submit>
                    {cancel}
                </div>
            </Form>
        </section>
    }
    .into_any())
}
