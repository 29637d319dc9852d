//! Server functions of one's own account: who is asking, call the service.

use domain::{ServiceError, account, counted};
use leptos::prelude::*;

use super::PATH;
use crate::{
    answer::{Answered, Redirect, Sent, act, answer},
    services::{RequestContext, known},
};

const SESSIONS: &str = "/account/sessions";

/// Changes the password; the session goes on under another id.
#[server(prefix = "/actions", endpoint = "account/password")]
pub(crate) async fn change_password(
    #[server(default)] from: String,
    #[server(flatten)] form: account::ChangePassword,
) -> Answered {
    let sent = Sent::of("account-password", &from, &form);
    let result = async {
        let (asking, principal) = RequestContext::member()?;
        let this = asking.visit.session().ok_or(ServiceError::NotSignedIn)?;
        asking.services.account.change_password(&principal, form, this).await?;
        asking.visit.begin(principal.user).await
    };
    answer(sent, result.await, |()| {
        Redirect::to(PATH).flash("Your password is changed. All your other sessions have ended.")
    })
    .await
}

/// Ends one session; whoever ends the one they use is signed out.
#[server(prefix = "/actions", endpoint = "account/end-session")]
pub(crate) async fn end_session(
    #[server(default)] from: String,
    #[server(default)] session: String,
) -> Answered {
    act(
        Sent::new("account-end-session", &from),
        async move |services, principal| {
            services.account.end_session(&principal, known(&session)?).await
        },
        |()| Redirect::to(SESSIONS).flash("The session has ended."),
    )
    .await
}

/// Ends all sessions but this one.
#[server(prefix = "/actions", endpoint = "account/end-other-sessions")]
pub(crate) async fn end_other_sessions(#[server(default)] from: String) -> Answered {
    let result = async {
        let (asking, principal) = RequestContext::member()?;
        let this = asking.visit.session().ok_or(ServiceError::NotSignedIn)?;
        asking.services.account.end_other_sessions(&principal, this).await
    };
    answer(Sent::new("account-end-others", &from), result.await, |ended| {
        Redirect::to(SESSIONS)
            .flash(format!("{} ended.", counted(ended, "other session", "other sessions")))
    })
    .await
}
