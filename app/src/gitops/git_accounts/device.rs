//! Connecting by a code that is typed at GitHub.

use domain::Action;
use leptos::prelude::*;
use url::Url;

use super::{PATH, pressing::Pressing};
use crate::{
    services::Typing,
    ui::{
        copy::CopyButton,
        frame::Section,
        page::{Page, page},
    },
};

/// `/gitops/connections/device`
pub(crate) fn device() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ConnectAccounts)?;
        let offers = request.services().git_connections.offers(&principal).await?;
        let typing = request.asking.visit.typing().await;
        let inside = match typing {
            Some(typing) => steps(&typing, &offers.host),
            None => nothing(),
        };
        let body = view! {
            <section class="card narrow">
                <h1>"Connect with a code"</h1>
                {inside}
            </section>
        };
        Ok(Page {
            title: "Connect with a code".to_owned(),
            section: Section::GitAccounts,
            body: body.into_any(),
        })
    })
}

/// What to do with the code that this person asked for.
fn steps(typing: &Typing, host: &str) -> AnyView {
    let code = typing.code.clone();
    let seconds = u32::try_from(typing.interval).unwrap_or(u32::MAX).clamp(1, 60);
    let place = place(&typing.url, host).map(|url| {
        let href = url.clone();
        view! {
            <li>
                "Open "
                <a href=href target="_blank" rel="noopener noreferrer">
                    {url}
                </a>
                " and sign in."
            </li>
        }
    });
    view! {
        <ol class="numbered">
            {place}
            <li>
                "Type this code there:"
                <p class="device-code">
                    <code>{code.clone()}</code>
                    <CopyButton text=code/>
                </p>
            </li>
            <li>
                "Agree to what Hawser may do. This page notices it by itself, or you press the button."
            </li>
        </ol>
        <p class="muted">
            "Only type a code that you began here yourself: whoever began it gets the access."
        </p>
        <form class="form" method="post" action="/actions/gitops/device/poll">
            <Pressing seconds/>
            <div class="actions">
                <button class="button primary" type="submit">
                    "I typed the code"
                </button>
                <a class="button quiet" href=PATH>
                    "Cancel"
                </a>
            </div>
        </form>
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! {
        <p>"Nothing was begun here, or its code has ended."</p>
        <p>
            <a class="button" href=PATH>
                "Back to the connections"
            </a>
        </p>
    }
    .into_any()
}

/// Where the code is typed: only at the host that the operator configured, whatever an answer named.
fn place(url: &str, host: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let named = match (url.host_str()?, url.port()) {
        (name, Some(port)) => format!("{name}:{port}"),
        (name, None) => name.to_owned(),
    };
    let plain = url.username().is_empty() && url.password().is_none();
    let fits = matches!(url.scheme(), "https" | "http") && plain && named == host;
    fits.then(|| url.to_string())
}
