//! Server functions of the checks.

use domain::{Field, exports::kyma::check_module_template};
use leptos::prelude::*;

use super::kyma::{CHECKED, FORM, layers};
use crate::{
    answer::{Answered, Sent, checked},
    services::RequestContext,
};

/// Looks at every layer of a pasted `ModuleTemplate`.
#[server(prefix = "/actions", endpoint = "gitops/check/kyma")]
pub(crate) async fn check_kyma(
    #[server(default)] from: String,
    #[server(default)] label: String,
    #[server(default)] template: String,
) -> Answered {
    let result = RequestContext::member().and_then(|_| match label.trim() {
        "" => Err(Field::Label.problem("Type the value of the label.").into()),
        label => check_module_template(&template, label).map_err(Into::into),
    });
    // Only the result is kept, because a template may be longer than a session row.
    let found = result.as_ref().ok().and_then(|found| serde_json::to_string(found).ok());
    let sent = Sent::new(FORM, &from)
        .with("label", &label)
        .with("template", &template)
        .with(CHECKED, &found.unwrap_or_default());
    checked(sent, result, |found| layers(found).to_html()).await
}
