//! An invitation, for whoever opened its link: accept, decline, and an account where there is none yet.

use domain::{Field, members::InvitationOffer};
use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::{INVITATION, role_label};
use crate::{
    answer::sign_in_path,
    ui::{
        form::{Form, FormState, Submit},
        frame::Section,
        input::Input,
        page::{Page, Request, page},
    },
};

/// `/invitation`
pub(crate) fn invitation() -> AnyView {
    let response = use_context::<ResponseOptions>();
    page(async move |request| {
        let offer = match request.asking.visit.invitation() {
            Some(token) => request.services().invitations.offer(&token).await?,
            None => None,
        };
        let body = if let Some(offer) = offer {
            open(&request, &offer)
        } else {
            if let Some(response) = response {
                response.set_status(StatusCode::NOT_FOUND);
            }
            over()
        };
        Ok(Page { title: "Invitation".to_owned(), section: Section::None, body })
    })
}

/// The same for a link that is unknown, used, expired, revoked or void.
fn over() -> AnyView {
    view! {
        <section class="card door-card">
            <h1>"This invitation does not work"</h1>
            <p>"Ask whoever sent it for a new one."</p>
            <p><a class="button" href="/">"Go to Hawser"</a></p>
        </section>
    }
    .into_any()
}

fn open(request: &Request, offer: &InvitationOffer) -> AnyView {
    let way = match request.asking.visit.user() {
        Some(_) => accept(request),
        None => sign_up(request, offer),
    };
    let state = FormState::new("invitation-decline", request);
    view! {
        <section class="card door-card">
            <h1>{format!("Join {}", offer.organization)}</h1>
            <p>
                {format!(
                    "{} invites {} as {}.",
                    offer.invited_by, offer.email, role_label(offer.role).to_lowercase(),
                )}
            </p>
            <p class="muted">"Somebody there confirms you before you see anything."</p>
            {way}
            <Form state action="/actions/invitation/decline" class="inline">
                <Submit class="button quiet">"Decline"</Submit>
            </Form>
        </section>
    }
    .into_any()
}

fn accept(request: &Request) -> AnyView {
    let state = FormState::new("invitation-accept", request);
    let who =
        request.principal.as_ref().map(|person| format!("You are signed in as {}.", person.name));
    view! {
        {who.map(|who| view! { <p>{who}</p> })}
        <Form state action="/actions/invitation/accept">
            <div class="actions">
                <Submit>"Accept"</Submit>
            </div>
        </Form>
    }
    .into_any()
}

/// A new person's account; whoever has one signs in with it.
fn sign_up(request: &Request, offer: &InvitationOffer) -> AnyView {
    let state = FormState::new("sign-up", request);
    let email = offer.email.clone();
    view! {
        <p>
            "You have an account here? "
            <a href=sign_in_path(INVITATION)>"Sign in"</a>
            " and accept with it. Otherwise make one:"
        </p>
        <Form state=state.clone() action="/actions/sign-up">
            {Input::new(&state, Field::Name, "Name").autocomplete("name").required().line()}
            {Input::new(&state, Field::Email, "Email")
                .kind("email")
                .autocomplete("username")
                .value(&email)
                .required()
                .line()}
            {Input::new_password(&state, "Password").line()}
            <div class="actions">
                <Submit>"Create account and accept"</Submit>
            </div>
        </Form>
    }
    .into_any()
}
