//! Where one is signed in.

use domain::{
    account::{OwnSession, SessionKey},
    counted,
};
use leptos::prelude::*;

use super::PATH;
use crate::ui::{
    badge::{Badge, Tone},
    form::{Form, FormState, Submit},
    frame::Section,
    input::hidden,
    moment::Moment,
    page::{Page, Request, page},
    table::{Column, list},
};

/// `/account/sessions`
pub(crate) fn sessions() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let sessions = request.services().account.sessions(&principal).await?;
        let this = request.asking.visit.session();
        let others = sessions.iter().filter(|session| Some(session.key) != this).count();
        let end_others = (others > 0).then(|| {
            let state = FormState::new("account-end-others", &request);
            view! {
                <Form state action="/actions/account/end-other-sessions">
                    <Submit class="button danger">"End all other sessions"</Submit>
                </Form>
            }
        });
        let rows = sessions.iter().map(|session| row(&request, session, this)).collect_view();
        let columns = vec![
            Column::text("", "Browser"),
            Column::text("c-wide", "Address"),
            Column::text("c-time", "Signed in"),
            Column::text("c-time", "Last seen"),
            Column::text("c-medium", "End"),
        ];
        let body = view! {
            <p class="crumbs"><a href=PATH>"Your account"</a></p>
            <div class="head">
                <div>
                    <h1>"Sessions"</h1>
                    <p class="muted">
                        "Where you are signed in. Whoever uses a session that you end has to sign in again."
                    </p>
                </div>
                {end_others}
            </div>
            {list(&counted(sessions.len(), "session", "sessions"), columns, rows.into_any())}
        };
        Ok(Page { title: "Sessions".to_owned(), section: Section::Account, body: body.into_any() })
    })
}

fn row(request: &Request, session: &OwnSession, this: Option<SessionKey>) -> AnyView {
    let is_this = this == Some(session.key);
    let browser = match session.browser.as_str() {
        "" => "Unknown browser".to_owned(),
        known => known.to_owned(),
    };
    let address =
        session.address.map_or_else(|| "Unknown".to_owned(), |address| address.to_string());
    let end = if is_this {
        view! { <Badge tone=Tone::Good label="This session"/> }.into_any()
    } else {
        let (state, key) =
            (FormState::new("account-end-session", request), session.key.to_string());
        view! {
            <Form state action="/actions/account/end-session">
                {hidden("session", key)}
                <Submit class="button danger small">"End"</Submit>
            </Form>
        }
        .into_any()
    };
    let (began_at, last_seen_at, now) = (session.began_at, session.last_seen_at, request.now);
    view! {
        <tr>
            <td data-label="Browser">{browser}</td>
            <td data-label="Address"><code>{address}</code></td>
            <td data-label="Signed in"><Moment at=began_at now/></td>
            <td data-label="Last seen"><Moment at=last_seen_at now/></td>
            <td>{end}</td>
        </tr>
    }
    .into_any()
}
