//! Server functions of signing in and out.

use domain::{
    Secret, ServiceError,
    sessions::{self, safe_next},
};
use leptos::prelude::*;

use crate::{
    answer::{Answered, Next, Sent, answer},
    services::Asking,
};

/// Signs a person in.
#[server(prefix = "/actions", endpoint = "sign-in")]
pub(crate) async fn sign_in(
    #[server(default)] from: String,
    #[server(default)] email: String,
    #[server(default)] password: Secret,
    #[server(default)] next: String,
) -> Answered {
    let sent = Sent::new("sign-in", &from).with("email", &email);
    let to = safe_next(&next).to_owned();
    let result = async {
        let Asking { services, visit } = Asking::anyone()?;
        let user = services
            .sessions
            .sign_in(sessions::SignIn { email, password, next }, visit.peer())
            .await?;
        visit.begin(user).await
    };
    answer(sent, result.await, |()| Next::to(to)).await
}

/// Makes the first account and organization, and signs in.
#[server(prefix = "/actions", endpoint = "set-up")]
pub(crate) async fn set_up(
    #[server(default)] from: String,
    #[server(default)] token: Secret,
    #[server(default)] organization: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: Secret,
) -> Answered {
    let sent = Sent::new("set-up", &from)
        .with("organization", &organization)
        .with("name", &name)
        .with("email", &email);
    let result = async {
        let Asking { services, visit } = Asking::anyone()?;
        let form = sessions::SetUp { token, organization, name, email, password };
        let user = services.sessions.set_up(form, visit.peer()).await?;
        visit.begin(user).await
    };
    answer(sent, result.await, |()| {
        Next::to("/credentials").saying("Welcome to Hawser. Add your first credential.")
    })
    .await
}

/// Signs out. Somebody who is not signed in any more ends at the same page.
#[server(prefix = "/actions", endpoint = "sign-out")]
pub(crate) async fn sign_out() -> Answered {
    let result = async {
        let asking = Asking::anyone()?;
        let actor = asking.visit.actor();
        asking.visit.end().await?;
        if let Some(actor) = actor {
            asking.services.sessions.signed_out(&actor).await;
        }
        Ok::<(), ServiceError>(())
    };
    answer(Sent::new("sign-out", "/"), result.await, |()| {
        Next::to("/sign-in").saying("You are signed out.")
    })
    .await
}
