//! What a credential is called, what people note about it, and where it applies.

use domain::{
    Field, Principal, ServiceError,
    credentials::{CredentialDetail, DescribeCredential},
};
use leptos::prelude::*;

use super::{place_form::place_form, remark_fields::remark_fields};
use crate::ui::{
    form::{Form, FormState, Submit},
    input::{Input, hidden},
    page::Request,
};

/// The tab.
pub(super) async fn settings(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
) -> Result<AnyView, ServiceError> {
    let projects = request.services().projects.list(principal).await?;
    Ok(view! {
        <div class="stack narrow">
            {describe_form(request, credential)}
            {place_form(request, principal, credential, &projects)}
        </div>
    }
    .into_any())
}

fn describe_form(request: &Request, credential: &CredentialDetail) -> AnyView {
    let stored = DescribeCredential {
        name: credential.name.clone(),
        remarks: credential.remarks.clone(),
        ..DescribeCredential::default()
    };
    let state =
        FormState::new("credential-describe", request).over(&stored, credential.row_version);
    let name = Input::new(&state, Field::Name, "Name").value(&credential.name).required().line();
    let remarks = remark_fields(&state, &credential.remarks);
    let id = credential.id.to_string();
    let row_version = state.row_version(request, credential.row_version);
    view! {
        <section class="card" id="describe" aria-labelledby="describe-title">
            <h2 id="describe-title">"Name and description"</h2>
            <Form state action="/actions/credentials/describe">
                {hidden("credential", id)}
                {hidden("row_version", row_version)}
                {name}
                {remarks}
                <div class="actions">
                    <Submit>"Save"</Submit>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
