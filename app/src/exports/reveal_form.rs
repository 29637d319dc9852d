//! The form that downloads an export with the values of its secrets.

use domain::{Field, exports::ExportDetail};
use leptos::prelude::*;

use super::path_of;
use crate::ui::{
    form::FormState,
    input::{Input, hidden},
    page::Request,
    tabs::Tab,
};

/// The name under which a refusal finds this form again.
const FORM: &str = "export-reveal";

/// The form. The browser itself sends it, because the answer is a file.
pub(super) fn reveal_form(request: &Request, export: &ExportDetail) -> AnyView {
    let state = FormState::new(FORM, request);
    let password = Input::new(&state, Field::Password, "Your password")
        .kind("password")
        .autocomplete("current-password")
        .required()
        .line();
    view! {
        <section class="card" aria-labelledby="reveal-title">
            <h2 id="reveal-title">"Download with values"</h2>
            <p class="muted">
                "One file with the secrets in the clear, for a cluster that has none of the operators. Type the password of your Hawser account. The download is written to the audit log, and Hawser keeps no copy."
            </p>
            <form
                id=FORM
                class="form"
                method="post"
                action="/actions/gitops/exports/reveal"
                data-file
            >
                {hidden("from", Tab::Files.at(&path_of(export.id)))}
                {hidden("export", export.id.to_string())}
                {password}
                <div class="actions">
                    <button class="button" type="submit">
                        "Download with values"
                    </button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
