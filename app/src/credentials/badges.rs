//! States of a credential as badges.

use domain::{
    Cause, Timestamp,
    credentials::{CandidateState, CredentialState, Environment, Expiry, Urgency},
};
use leptos::prelude::*;

use crate::ui::badge::{Badge, Tone};

/// The state of a credential; repositories it cannot open count as a warning, and an account that
/// GitHub does not take any more, `broken`, opens nothing.
pub(super) fn state(state: CredentialState, failing: u32, broken: Option<Cause>) -> AnyView {
    let (tone, label) = match state {
        CredentialState::Active if broken.is_some() => {
            (Tone::Bad, "No longer connected".to_owned())
        }
        CredentialState::Active if failing > 0 => {
            (Tone::Warn, format!("Active, {failing} failing"))
        }
        CredentialState::Active => (Tone::Good, "Active".to_owned()),
        CredentialState::Creating => (Tone::Busy, "Being stored".to_owned()),
        CredentialState::Updating => (Tone::Busy, "Being updated".to_owned()),
        CredentialState::Rotating => (Tone::Warn, "New secret waits".to_owned()),
        CredentialState::Deleting => (Tone::Busy, "Being deleted".to_owned()),
        CredentialState::Destroyed => (Tone::Quiet, "Deleted".to_owned()),
        CredentialState::Lost => (Tone::Bad, "Secret lost".to_owned()),
    };
    view! { <Badge tone label/> }.into_any()
}

/// How the new secret of a staged rotation fares.
pub(super) fn candidate(state: CandidateState) -> AnyView {
    let (tone, label) = match state {
        CandidateState::Testing => (Tone::Busy, "New secret in test"),
        CandidateState::Refused => (Tone::Warn, "New secret refused"),
    };
    view! { <Badge tone label/> }.into_any()
}

/// How long it still lives; quiet while there is nothing to do.
pub(super) fn expiry(expiry: Option<Expiry>, now: Timestamp) -> Option<AnyView> {
    let expiry = expiry?;
    let tone = tone(expiry.urgency(now));
    let mut label = expiry.readable(now);
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Some(view! { <Badge tone label/> }.into_any())
}

/// What an urgency means for the person who looks.
pub(super) const fn tone(urgency: Urgency) -> Tone {
    match urgency {
        Urgency::Fine => Tone::Quiet,
        Urgency::Soon => Tone::Warn,
        Urgency::Pressing | Urgency::Expired => Tone::Bad,
    }
}

/// At how many hosts it rests after refusals.
pub(super) fn paused(hosts: u32) -> Option<AnyView> {
    let label = match hosts {
        0 => return None,
        1 => "Paused at 1 host".to_owned(),
        hosts => format!("Paused at {hosts} hosts"),
    };
    Some(view! { <Badge tone=Tone::Bad label/> }.into_any())
}

/// The environment as a word; nothing while it is not said.
pub(super) fn environment(environment: Environment) -> Option<AnyView> {
    (environment != Environment::Unset)
        .then(|| view! { <span class="tag">{environment.label()}</span> }.into_any())
}
