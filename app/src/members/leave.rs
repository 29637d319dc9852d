//! Leaving the organization.

use leptos::prelude::*;

use super::PATH;
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    page::{Page, page},
};

/// `/settings/members/leave`
pub(crate) fn leave() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let state = FormState::new("member-leave", &request);
        let body = view! {
            <section class="card narrow">
                <h1>{format!("Leave {}?", principal.organization_name)}</h1>
                <p>
                    "You see nothing of it any more, at once. Your account stays, and what you made stays here. Coming back takes a new invitation."
                </p>
                <Form state action="/actions/members/leave">
                    <div class="actions">
                        <Submit class="button danger solid">"Leave"</Submit>
                        <a class="button quiet" href=PATH>"Cancel"</a>
                    </div>
                </Form>
            </section>
        };
        Ok(Page {
            title: "Leave the organization".to_owned(),
            section: Section::Members,
            body: body.into_any(),
        })
    })
}
