//! The hosts where a credential rests after refusals, so that no account is locked.

use domain::{Action, Principal, Timestamp, credentials::CredentialDetail};
use leptos::prelude::*;

use super::path_of;
use crate::ui::{form::ActionButton, icon::Icon, moment::Moment};

/// The hosts with a button each; nothing when it is used everywhere.
pub(super) fn paused(
    credential: &CredentialDetail,
    principal: &Principal,
    now: Timestamp,
) -> Option<AnyView> {
    if credential.paused.is_empty() {
        return None;
    }
    let rows = credential
        .paused
        .iter()
        .map(|host| {
            let values =
                vec![("credential", credential.id.to_string()), ("origin", host.origin.clone())];
            let resume = principal.role.includes(Action::ManageCredentials).then(|| {
                view! {
                    <ActionButton
                        action="/actions/credentials/resume"
                        from=path_of(credential.id)
                        values
                    >
                        "Resume"
                    </ActionButton>
                }
            });
            view! {
                <li class="line">
                    <div>
                        <strong class="url">{host.origin.clone()}</strong>
                        <p>"Paused " <Moment at=host.since now/></p>
                    </div>
                    {resume}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="notice bad" id="paused" aria-labelledby="paused-title">
                <Icon name="circle-alert"/>
                <div>
                    <h2 id="paused-title">"Paused"</h2>
                    <p>
                        "Refused three times in a row, so Hawser stopped before the account is locked. A new user name or secret is tried at once; Resume tries the current one again."
                    </p>
                    <ul class="lines">{rows}</ul>
                </div>
            </section>
        }
        .into_any(),
    )
}
