//! The first start: one link, once.

use domain::{Field, Secret};
use leptos::prelude::*;

use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    input::Input,
    page::{Page, page},
    shown_once::ShownOnce,
};

/// `/setup/{token}`
pub(crate) fn set_up() -> AnyView {
    page(async |request| {
        let token = request.param("token");
        let open = request.services().sessions.set_up_is_open(&Secret::new(token.clone())).await;
        let body = if open { form(FormState::new("set-up", &request), token) } else { closed() };
        Ok(Page { title: "Set up Hawser".to_owned(), section: Section::None, body })
    })
}

fn form(state: FormState, token: String) -> AnyView {
    view! {
        <section class="card door-card">
            <h1>"Set up Hawser"</h1>
            <p class="muted">
                "Create the owner account and your organization. This link works once."
            </p>
            <Form state=state.clone() action="/actions/set-up">
                {ShownOnce(token).hidden("token")}
                {Input::new(&state, Field::Organization, "Organization")
                    .hint("Credentials and repositories belong to it. You can use your company's name.")
                    .autocomplete("organization")
                    .required()
                    .line()}
                {Input::new(&state, Field::Name, "Name").autocomplete("name").required().line()}
                {Input::new(&state, Field::Email, "Email")
                    .kind("email")
                    .autocomplete("username")
                    .required()
                    .line()}
                {Input::new_password(&state, "Password").line()}
                <div class="actions">
                    <Submit>"Create account"</Submit>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

fn closed() -> AnyView {
    view! {
        <section class="card door-card">
            <h1>"This set-up link is closed"</h1>
            <p>
                "It was used already, or it is older than an hour. If there is no account yet, restart the server: it prints a new link."
            </p>
            <p><a class="button primary" href="/sign-in">"Sign in"</a></p>
        </section>
    }
    .into_any()
}
