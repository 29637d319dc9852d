//! Removing a member: what depends on them is named before.

use domain::{
    Action, ServiceError, UserId,
    members::{MemberDetail, right_over},
};
use leptos::prelude::*;

use super::{member::dependents, path_of};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    page::{Page, Request, snapshot_page},
};

/// `/settings/members/{id}/remove`
pub(crate) fn remove() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageMembers)?;
        let id: UserId = request.id()?;
        let found = request.services().members.get(&principal, id).await?;
        principal.may(right_over(found.member.standing.role))?;
        if id == principal.user {
            return Err(ServiceError::NotFound);
        }
        let title = format!("Remove {}", found.member.name);
        let body = view! {
            <section class="card narrow">
                <h1>{format!("{title}?")}</h1>
                {form(&request, &found)}
            </section>
        };
        Ok(Page { title, section: Section::Members, body: body.into_any() })
    })
}

fn form(request: &Request, found: &MemberDetail) -> AnyView {
    let user = found.member.user;
    let (state, id) = (FormState::new("member-remove", request), user.to_string());
    let dependent = (!found.dependents.is_empty()).then(|| {
        view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <p>"Nothing of this is deleted. Give the Git targets another account afterwards, and have an owner disconnect theirs:"</p>
                    {dependents(&found.dependents)}
                </div>
            </div>
        }
    });
    view! {
        <p>
            "Their rights here end within seconds, on every page that is open. Their account stays theirs, and what they made stays here. Coming back takes a new invitation."
        </p>
        {dependent}
        <Form state action="/actions/members/remove" deletes=id.clone()>
            {hidden("member", id)}
            <div class="actions">
                <Submit class="button danger solid">"Remove"</Submit>
                <a class="button quiet" href=path_of(user)>"Cancel"</a>
            </div>
        </Form>
    }
    .into_any()
}
