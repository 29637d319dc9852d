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
        let body = if request.asking.visit.user().is_some() && request.principal.is_none() {
            in_none()
        } else if request.services().sessions.is_set_up().await? {
            form(FormState::new("sign-in", &request), safe_next(&next).to_owned())
        } else {
            not_set_up()
        };
        Ok::<_, ServiceError>(Page { title: "Sign in".to_owned(), section: Section::None, body })
    })
}

/// Somebody who is signed in, and a member of nothing.
fn in_none() -> AnyView {
    view! {
        <section class="card door-card">
            <h1>"You are in no organization"</h1>
            <p>
                "If you accepted an invitation, an owner or admin of the organization has to confirm it; then load this page again. Otherwise ask one of them for an invitation."
            </p>
            <div class="actions">
                <a class="button primary" href="/">"Load again"</a>
                <form method="post" action="/actions/sign-out">
                    <button class="button quiet" type="submit">"Sign out"</button>
                </form>
            </div>
        </section>
    }
    .into_any()
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
