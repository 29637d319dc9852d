//! Changing one's password.

use domain::Field;
use leptos::prelude::*;

use super::PATH;
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    page::{Page, page},
};

/// `/account/password`
pub(crate) fn password() -> AnyView {
    page(async |request| {
        request.member()?;
        let state = FormState::new("account-password", &request);
        let body = view! {
            <p class="crumbs"><a href=PATH>"Your account"</a></p>
            <section class="card narrow">
                <h1>"Change password"</h1>
                <p class="muted">
                    "You stay signed in here. All your other sessions end."
                </p>
                <Form state=state.clone() action="/actions/account/password">
                    {Input::new(&state, Field::Current, "Current password")
                        .kind("password")
                        .autocomplete("current-password")
                        .required()
                        .line()}
                    {Input::new_password(&state, "New password").line()}
                    <div class="actions">
                        <Submit>"Change password"</Submit>
                        <a class="button quiet" href=PATH>"Cancel"</a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: "Change password".to_owned(),
            section: Section::Account,
            body: body.into_any(),
        })
    })
}
