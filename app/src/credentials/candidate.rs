//! The candidate of a staged rotation: a new secret that is tested beside the one in use.

use domain::{
    Action, Actor, Timestamp,
    credentials::{Candidate, CandidateLine, CandidateState, CredentialDetail},
};
use leptos::prelude::*;

use super::path_of;
use crate::ui::{
    badge::{Badge, Tone},
    cause::CauseLine,
    form::ActionButton,
    moment::Moment,
};

/// How the candidate fares at each repository, and what a person can decide.
pub(super) fn candidate(
    credential: &CredentialDetail,
    actor: &Actor,
    now: Timestamp,
) -> Option<AnyView> {
    let candidate = credential.candidate.as_ref()?;
    let passed = candidate.lines.iter().filter(|line| line.passed == Some(true)).count();
    let total = candidate.lines.len();
    let text = match candidate.state {
        CandidateState::Testing => {
            "It is tested at every linked repository. The present secret stays in use until all accept it; then this one takes over by itself."
        }
        CandidateState::Refused => {
            "At least one repository refused it. The present secret is still in use: discard the new one and type it again, or promote it anyway."
        }
    };
    let (tone, label) = match candidate.state {
        CandidateState::Testing => (Tone::Busy, format!("{passed} of {total} accept it")),
        CandidateState::Refused => (Tone::Bad, format!("{passed} of {total} accept it")),
    };
    let lines = candidate.lines.iter().map(|line| row(credential, line)).collect_view();
    let decide =
        actor.role.includes(Action::ManageCredentials).then(|| decide(credential, candidate));
    Some(
        view! {
            <section class="card" id="candidate" aria-labelledby="candidate-title">
                <div class="card-head">
                    <h2 id="candidate-title">"New secret in test"</h2>
                    <Badge tone label/>
                </div>
                <p>{text}</p>
                <p class="muted">
                    "Stored "
                    <Moment at=candidate.at now/>
                    {format!(" by {}, as version {}", candidate.by, candidate.vault_version)}
                </p>
                <ul class="lines">{lines}</ul>
                {decide}
            </section>
        }
        .into_any(),
    )
}

fn row(credential: &CredentialDetail, line: &CandidateLine) -> AnyView {
    let (tone, label) = match line.passed {
        None => (Tone::Busy, "Waiting"),
        Some(true) => (Tone::Good, "Accepted"),
        Some(false) => (Tone::Bad, "Refused"),
    };
    let (repository, id) = (line.repository, credential.id);
    let cause = line.cause.map(|cause| view! { <CauseLine cause repository credential=Some(id)/> });
    view! {
        <li class="line">
            <div>
                <a href=format!("/charts/repositories/{repository}")>{line.name.clone()}</a>
                {cause}
            </div>
            <Badge tone label/>
        </li>
    }
    .into_any()
}

fn decide(credential: &CredentialDetail, candidate: &Candidate) -> AnyView {
    let values = || {
        vec![
            ("credential", credential.id.to_string()),
            ("row_version", credential.row_version.to_string()),
            ("vault_version", candidate.vault_version.to_string()),
        ]
    };
    let from = path_of(credential.id);
    view! {
        <div class="actions">
            <ActionButton
                action="/actions/credentials/promote"
                from=from.clone()
                values=values()
            >
                "Promote anyway"
            </ActionButton>
            <ActionButton
                action="/actions/credentials/discard"
                from=from
                class="button danger"
                values=values()
            >
                "Discard"
            </ActionButton>
        </div>
    }
    .into_any()
}
