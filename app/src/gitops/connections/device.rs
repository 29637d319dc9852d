//! Connecting by a code that is typed at GitHub.

use domain::Action;
use leptos::prelude::*;
use url::Url;

use super::{PATH, pressing::Pressing};
use crate::ui::{
    copy::CopyButton,
    frame::Section,
    input::hidden,
    page::{Page, page},
};

/// The most characters of a code; GitHub's have nine.
const LONGEST: usize = 32;

/// `/gitops/connections/device`
pub(crate) fn device() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        actor.may(Action::ManageExports)?;
        let offers = request.services().git_connections.offers(&actor).await?;
        let code: String = request
            .query("code")
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(LONGEST)
            .collect();
        let seconds = request.query("interval").parse().unwrap_or(5).clamp(1, 60);
        let place = place(&request.query("url"), &offers.host).map(|url| {
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
        let from = request.here.clone();
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Connections"</a>
            </p>
            <section class="card narrow">
                <h1>"Connect with a code"</h1>
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
                    {hidden("from", from)}
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
            </section>
        };
        Ok(Page {
            title: "Connect with a code".to_owned(),
            section: Section::Connections,
            body: body.into_any(),
        })
    })
}

/// Where the code is typed: only the host that the operator configured, whatever the address of this
/// page says, because a link to it can be sent to anybody.
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
