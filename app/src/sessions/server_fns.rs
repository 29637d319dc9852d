//! Server functions of signing in and out.

use domain::{
    ServiceError,
    sessions::{self, safe_next},
};
use leptos::prelude::*;

use crate::{
    answer::{Answered, Redirect, Sent, answer},
    services::{CurrentUser, RequestContext},
};

/// Signs a person in.
#[server(prefix = "/actions", endpoint = "sign-in")]
pub(crate) async fn sign_in(
    #[server(default)] from: String,
    #[server(flatten)] form: sessions::SignIn,
) -> Answered {
    let sent = Sent::of("sign-in", &from, &form);
    let to = safe_next(&form.next).to_owned();
    let result = async {
        let RequestContext { services, visit } = RequestContext::anyone()?;
        let from = sessions::SignInFrom { address: visit.peer(), browser: visit.known_browser() };
        begin(&*visit, services.sessions.sign_in(form, from).await?).await
    };
    answer(sent, result.await, |()| Redirect::to(to)).await
}

/// Begins the session of a person.
pub(crate) async fn begin(
    visit: &dyn CurrentUser,
    signed_in: sessions::SignedIn,
) -> Result<(), ServiceError> {
    visit.begin(signed_in.user).await?;
    if let Some(token) = &signed_in.browser {
        visit.keep_browser(token);
    }
    Ok(())
}

/// Makes the first account and organization, and signs in.
#[server(prefix = "/actions", endpoint = "set-up")]
pub(crate) async fn set_up(
    #[server(default)] from: String,
    #[server(flatten)] form: sessions::SetUp,
) -> Answered {
    let sent = Sent::of("set-up", &from, &form);
    let result = async {
        let RequestContext { services, visit } = RequestContext::anyone()?;
        begin(&*visit, services.sessions.set_up(form, visit.peer()).await?).await
    };
    answer(sent, result.await, |()| {
        Redirect::to("/").flash("Welcome to Hawser. Add your first credential.")
    })
    .await
}

/// Signs out. Somebody who is not signed in any more ends at the same page.
#[server(prefix = "/actions", endpoint = "sign-out")]
pub(crate) async fn sign_out() -> Answered {
    let result = async {
        let asking = RequestContext::anyone()?;
        let principal = asking.visit.principal();
        asking.visit.end().await?;
        if let Some(principal) = principal {
            asking.services.sessions.signed_out(&principal).await;
        }
        Ok::<(), ServiceError>(())
    };
    answer(Sent::new("sign-out", "/"), result.await, |()| {
        Redirect::to("/sign-in").flash("You are signed out.")
    })
    .await
}
