//! Where a credential is used: the exports that hold it, and the places that take them.

use std::collections::BTreeMap;

use domain::{
    counted,
    credentials::CredentialDetail,
    gitops::{CredentialUse, DestinationState, Unmerged},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use crate::ui::{badge::StatusBadge, icon::Icon};

/// So many places in step stand there before the rest is folded.
const SHOWN: usize = 8;

/// So many lines stand there at most, of what is behind and of what is folded.
const MOST: usize = 12;

/// The places that take a credential, each once: its path, its name and how it is doing.
pub(super) fn places(
    uses: &[CredentialUse],
) -> BTreeMap<String, (DeliveryTarget, &str, DestinationState)> {
    uses.iter()
        .filter_map(|one| {
            let place = one.place?;
            Some((place.path(), (place, one.place_name.as_str(), one.state?)))
        })
        .collect()
}

/// Export, place, state and version, one line each; what is behind comes first, and many that are in step
/// are folded.
pub(super) fn uses(credential: &CredentialDetail, uses: &[CredentialUse]) -> AnyView {
    let newest = credential.vault_version;
    let is_in_step = |one: &&CredentialUse| {
        one.state == Some(DestinationState::InStep) && one.vault_version == Some(newest)
    };
    let (in_step, behind): (Vec<_>, Vec<_>) = uses.iter().partition(is_in_step);
    let (shown, folded) = in_step.split_at(in_step.len().min(SHOWN));
    let left = behind.len().saturating_sub(MOST) + folded.len().saturating_sub(MOST);
    let left = (left > 0).then(|| view! { <p class="muted">{format!("and {left} more")}</p> });
    let rows = behind.into_iter().take(MOST).chain(shown.iter().copied());
    let rows = rows.map(|one| row(one, newest)).collect_view();
    let folded = (!folded.is_empty()).then(|| {
        let more = u32::try_from(folded.len()).unwrap_or(u32::MAX);
        view! {
            <details class="more">
                <summary>{format!("{} in sync", counted(more, "more place", "more places"))}</summary>
                <ul class="lines">
                    {folded.iter().take(MOST).map(|one| row(one, newest)).collect_view()}
                </ul>
            </details>
        }
    });
    let list = if uses.is_empty() {
        view! {
            <p class="muted">
                "Not in any export. " <a href="/gitops/exports/new">"Add an export"</a>
                " to deliver it to a cluster."
            </p>
        }
        .into_any()
    } else {
        view! {
            <ul class="lines">{rows}</ul>
            {folded}
            {left}
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="uses-title">
            <h2 id="uses-title">"Delivered to"</h2>
            <div data-live="uses">{list}</div>
        </section>
    }
    .into_any()
}

fn row(one: &CredentialUse, newest: i64) -> AnyView {
    let place = one.place.map(|place| {
        view! {
            <Icon name="chevron-right"/>
            <span>
                <span class="muted">{place.label()} " "</span>
                <a href=place.path()>{one.place_name.clone()}</a>
            </span>
        }
    });
    let nowhere = one.place.is_none().then(|| view! { <p class="muted">"Not delivered yet"</p> });
    let version = one.vault_version.map(|version| {
        if version == newest {
            view! { <p class="muted">{format!("Has version {version}")}</p> }.into_any()
        } else {
            view! {
                <p class="stale">
                    {format!("Still has version {version}; the newest is {newest}")}
                </p>
            }
            .into_any()
        }
    });
    let unwritten = match (one.state, one.vault_version) {
        (Some(DestinationState::New), _) => Some("Waiting for its first sync"),
        (Some(_), None) => Some("Not written yet"),
        _ => None,
    };
    let unwritten = unwritten.map(|text| view! { <p class="muted">{text}</p> });
    // It may be about another credential that the target takes.
    let waits = one.unmerged.map(|unmerged| {
        let place = &one.place_name;
        let text = match unmerged {
            Unmerged::Waits => format!("{place} has changes that wait to be merged"),
            Unmerged::Closed => format!("{place} has changes whose pull request was closed"),
        };
        view! { <p class="muted">{text}</p> }
    });
    let state = one.status(newest).map(|status| view! { <StatusBadge status/> });
    view! {
        <li class="line">
            <div>
                <p class="chain">
                    <span>
                        <span class="muted">"Export "</span>
                        <a href=crate::exports::path_of(one.export)>{one.export_name.clone()}</a>
                    </span>
                    {place}
                </p>
                {nowhere}
                {version}
                {unwritten}
                {waits}
            </div>
            {state}
        </li>
    }
    .into_any()
}
