//! The sign-in page, and the start page that leads on.

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

/// `/`: leads to the credentials, which lead to signing in where needed.
pub(crate) fn start() -> AnyView {
    page(async |request| {
        request.member()?;
        redirect("/credentials");
        Ok(Page { title: String::new(), section: Section::None, body: ().into_any() })
    })
}

/// `/sign-in`
pub(crate) fn sign_in() -> AnyView {
    page(async |request| {
        let next = request.query("next");
        if request.actor.is_some() {
            redirect(safe_next(&next));
        }
        let state = FormState::new("sign-in", &request);
        let body = view! {
            <section class="card door-card">
                <h1>"Sign in"</h1>
                <Form state=state.clone() action="/actions/sign-in">
                    {hidden("next", safe_next(&next))}
                    {Input::new(&state, Field::Email, "E-mail")
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
        };
        Ok::<_, ServiceError>(Page {
            title: "Sign in".to_owned(),
            section: Section::None,
            body: body.into_any(),
        })
    })
}
