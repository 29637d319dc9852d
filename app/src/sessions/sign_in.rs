//! The sign-in page.

use domain::{Field, ServiceError, sessions::safe_next};
use leptos::prelude::*;

use crate::{
    answer::redirect,
    ui::{
        form::{Form, FormState, Submit},
        frame::Section,
        input::{Input, hidden},
        page::{Page, page},
    },
};

/// `/sign-in`
pub(crate) fn sign_in() -> AnyView {
    page(async |request| {
        let next = request.query("next");
        if request.principal.is_some() {
            redirect(safe_next(&next));
        }
        let body = if request.services().sessions.is_set_up().await? {
            form(FormState::new("sign-in", &request), safe_next(&next).to_owned())
        } else {
            not_set_up()
        };
        Ok::<_, ServiceError>(Page { title: "Sign in".to_owned(), section: Section::None, body })
    })
}

fn form(state: FormState, next: String) -> AnyView {
    view! {
            <section class="card door-card">
                <h1>"Sign in"</h1>
                <Form state=state.clone() action="/actions/sign-in">
                    {hidden("next", next)}
                    {Input::new(&state, Field::Email, "Email")
                        .kind("email")
                        .autocomplete("username")
                        .required()
                        .line()}
                    {Input::new(&state, Field::Password, "Password")
                        .kind("password")
                        .autocomplete("current-password")
                        .required()
                        .line()}
                    <div class="actions">
                        <Submit>"Sign in"</Submit>
                    </div>
                </Form>
            </section>
    }
    .into_any()
}

/// Before the first account there is nothing to sign in to, and only the operator has the way in.
fn not_set_up() -> AnyView {
    view! {
        <section class="card door-card">
            <h1>"Hawser is not set up yet"</h1>
            <p>
                "Open the link that the server printed when it started. In its output the line begins with "
                <code>"Set up Hawser:"</code>"."
            </p>
            <p class="muted">
                "The link works once, and for an hour. After that, restart the server: it prints a new one."
            </p>
        </section>
    }
    .into_any()
}
