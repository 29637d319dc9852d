//! The history of a secret, without its values, and the way back to an earlier version.

use domain::{
    Action, Principal, Timestamp, counted,
    credentials::{CredentialDetail, CredentialState, SecretVersion},
    propagation::Counts,
};
use leptos::prelude::*;

use super::{secret_path, update_path};
use crate::ui::{
    badge::{Badge, StatusBadge, Tone},
    form::ActionButton,
    moment::Moment,
};

/// Every version that is remembered, newest first.
pub(super) fn versions(
    credential: &CredentialDetail,
    principal: &Principal,
    now: Timestamp,
) -> AnyView {
    let may_change = principal.role.includes(Action::ManageCredentials);
    let usable = credential.state == CredentialState::Active;
    let rows = credential
        .versions
        .iter()
        .map(|version| {
            let back = may_change && usable && !version.is_current && version.is_kept;
            row(credential, version, back.then(|| roll_back(credential, version)), now)
        })
        .collect_view();
    let list = if credential.versions.is_empty() {
        view! { <p class="muted">"No version yet."</p> }.into_any()
    } else {
        view! {
            <div class="table-box flat stacks">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Version"</th>
                            <th scope="col">"Change"</th>
                            <th scope="col">"Changed"</th>
                            <th scope="col">"Result"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="versions-title">
            <h2 id="versions-title">"Versions"</h2>
            <div data-live="versions">{list}</div>
        </section>
    }
    .into_any()
}

fn row(
    credential: &CredentialDetail,
    version: &SecretVersion,
    back: Option<AnyView>,
    now: Timestamp,
) -> AnyView {
    let name = format!("Version {}", version.vault_version);
    let name = match version.propagation {
        Some((propagation, _)) => {
            let href = update_path(credential.id, propagation);
            view! { <a href=href>{name}</a> }.into_any()
        }
        None => name.into_any(),
    };
    let changed = (!version.changed.is_empty())
        .then(|| view! { <p class="muted">{version.changed.clone()}</p> });
    view! {
        <tr>
            <th scope="row" data-label="Version">
                {name}
            </th>
            <td data-label="Change">{version.origin.label()} {changed}</td>
            <td data-label="Changed">
                <Moment at=version.at now/>
                <p class="muted">{format!("by {}", version.by)}</p>
            </td>
            <td data-label="Result">
                <div class="state">
                    {state(version)} {version.propagation.map(|(_, counts)| result(counts))}
                </div>
                {back}
            </td>
        </tr>
    }
    .into_any()
}

fn state(version: &SecretVersion) -> Option<AnyView> {
    if version.is_current {
        Some(view! { <Badge tone=Tone::Good label="Current"/> }.into_any())
    } else if !version.is_kept {
        Some(view! { <span class="muted">"No longer in Vault"</span> }.into_any())
    } else {
        None
    }
}

/// How it reached the places that use it.
pub(super) fn result(counts: Counts) -> AnyView {
    let text = if counts.needs_attention > 0 {
        format!("{} of {} failing", counts.needs_attention, counts.total())
    } else if counts.finished() < counts.total() {
        format!("{} of {} done", counts.finished(), counts.total())
    } else if counts.superseded > 0 {
        format!("{} healthy, {} superseded", counts.healthy, counts.superseded)
    } else {
        format!("{} healthy", counted(counts.healthy, "place", "places"))
    };
    let badge = counts.status().map(|status| view! { <StatusBadge status/> });
    view! {
        <span class="tags">{badge} <span class="muted">{text}</span></span>
    }
    .into_any()
}

/// Asks once more before the secret in use changes.
fn roll_back(credential: &CredentialDetail, version: &SecretVersion) -> AnyView {
    let number = version.vault_version;
    let values = vec![
        ("credential", credential.id.to_string()),
        ("row_version", credential.row_version.to_string()),
        ("vault_version", number.to_string()),
    ];
    view! {
        <details class="confirm">
            <summary class="button">"Roll back"</summary>
            <div>
                <p>
                    {format!(
                        "The secret of version {number} becomes the newest version, and every linked repository is checked with it.",
                    )}
                </p>
                <ActionButton
                    action="/actions/credentials/roll-back"
                    from=secret_path(credential.id)
                    class="button danger"
                    values
                >
                    {format!("Roll back to version {number}")}
                </ActionButton>
            </div>
        </details>
    }
    .into_any()
}
