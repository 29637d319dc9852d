//! Inviting somebody; the link is shown once, in the answer to the form.

use domain::{
    Action, Field, Role, ServiceError, Timestamp,
    members::{InviteForm, roles_given_by},
};
use leptos::prelude::*;

use super::{INVITE, PATH, roles};
use crate::ui::{
    copy::CopyButton,
    form::FormState,
    frame::Section,
    icon::Icon,
    input::Input,
    moment::Moment,
    page::{Page, Request, page},
    shown_once::ShownOnce,
};

/// What the form that invites was answered with.
#[derive(Debug, Clone)]
pub enum InviteAnswer {
    /// A link was made, also by renewing an invitation.
    Made(MadeLink),
    /// Nothing was done; what was typed stays.
    Refused(ServiceError, InviteForm),
}

/// A new link.
#[derive(Debug, Clone)]
pub struct MadeLink {
    /// For whom.
    pub email: String,
    /// The whole address, which is shown once.
    pub address: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// `/settings/members/invite`
pub(crate) fn invite() -> AnyView {
    // Before anything is waited for: a later part of the page has another context.
    let answer = use_context::<InviteAnswer>();
    page(async move |request| {
        let principal = request.member()?;
        principal.may(Action::ManageMembers)?;
        // Owners are made by promotion only.
        let offered: Vec<_> =
            roles_given_by(principal.role).filter(|role| *role != Role::Owner).collect();
        let inside = match answer {
            Some(InviteAnswer::Made(link)) => made(&request, link),
            Some(InviteAnswer::Refused(problem, typed)) => {
                form(&FormState::new("member-invite", &request).refused(problem), &offered, &typed)
            }
            None => {
                form(&FormState::new("member-invite", &request), &offered, &InviteForm::default())
            }
        };
        Ok(Page { title: "Invite somebody".to_owned(), section: Section::Members, body: inside })
    })
}

/// A plain form: its answer is a page with the link, which no script may take apart.
fn form(state: &FormState, offered: &[Role], typed: &InviteForm) -> AnyView {
    // What is wrong with a field stands at the field.
    let whole = state.refusal().filter(|problem| !matches!(problem, ServiceError::Invalid(_)));
    let problem = whole.map(|problem| {
        let text = problem.to_string();
        view! {
            <div class="notice bad" role="alert">
                <Icon name="circle-alert"/>
                <p>{text}</p>
            </div>
        }
    });
    let role = if typed.role.is_empty() { Role::Viewer.as_str() } else { &typed.role };
    view! {
        <section class="card narrow">
            <h1>"Invite somebody"</h1>
            <p class="muted">
                "You get a link and send it yourself: Hawser sends no mail. It works for seven days. Whoever accepts has to be confirmed before they see anything."
            </p>
            {problem}
            <form class="form" method="post" action="/actions/members/invite" novalidate>
                {Input::new(state, Field::Email, "Email")
                    .kind("email")
                    .value(&typed.email)
                    .required()
                    .line()}
                {Input::new(state, Field::Role, "Role").value(role).select(roles(offered))}
                <div class="actions">
                    <button class="button primary" type="submit">"Make the link"</button>
                    <a class="button quiet" href=PATH>"Cancel"</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn made(request: &Request, link: MadeLink) -> AnyView {
    let (now, ends) = (request.now, link.expires_at);
    let address = ShownOnce(link.address).text();
    view! {
        <section class="card narrow">
            <h1>{format!("Invitation for {}", link.email)}</h1>
            <p>
                "Send them this link. It is shown once, works once, and ends " <Moment at=ends now/> "."
            </p>
            <p class="copyable">
                <code class="code" data-invitation-link>{address.clone()}</code>
                <CopyButton text=address/>
            </p>
            <p class="muted">
                "When they have accepted, they wait on the page Members for somebody to confirm them. A lost link is replaced there by a new one."
            </p>
            <div class="actions">
                <a class="button primary" href=PATH>"Back to Members"</a>
                <a class="button" href=INVITE>"Invite another"</a>
            </div>
        </section>
    }
    .into_any()
}
