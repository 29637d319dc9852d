//! The candidate of a staged rotation: a new secret that is tested beside the one in use.

use domain::{
    Action, Principal, Timestamp,
    cause::{Remedy, RemoteKind},
    counted,
    credentials::{
        Candidate, CandidateLine, CandidateState, CredentialDetail, SecretVersion, VersionOrigin,
    },
};
use leptos::prelude::*;

use super::{STAGED, path_of, versions::result};
use crate::ui::{
    badge::StatusBadge, cause::CauseLine, form::ActionButton, icon::Icon, moment::Moment,
    page::Request, tabs::Tab,
};

/// How the candidate fares at each repository, and what a person can decide.
pub(super) fn candidate(
    request: &Request,
    credential: &CredentialDetail,
    principal: &Principal,
    now: Timestamp,
) -> Option<AnyView> {
    let Some(candidate) = &credential.candidate else {
        return followed(request, credential).map(|version| promoted(credential, version, now));
    };
    let count = |answer| candidate.lines.iter().filter(|line| line.passed == Some(answer)).count();
    let (passed, refused, total) = (count(true), count(false), candidate.lines.len());
    let (title, counted_so_far, text) = match candidate.state {
        CandidateState::Testing => (
            "New secret in test",
            format!("{passed} of {total} accept it"),
            "Tested at every linked repository. The current secret stays in use until all accept it; then this one takes over.".to_owned(),
        ),
        CandidateState::Refused => (
            "New secret refused",
            format!("Refused by {refused} of {total}"),
            format!(
                "{refused} of {} refused it. The current secret is still in use: test the new one again, discard it and type it again, or promote it anyway.",
                counted(total, "repository", "repositories"),
            ),
        ),
    };
    let state = candidate.state;
    // Whoever follows the test here is told its end as what it is.
    let told = (state == CandidateState::Refused && request.sent_along(STAGED).is_some()).then(|| {
        let text = format!(
            "The new secret was refused by {refused} of {}. The current secret is still in use.",
            counted(total, "repository", "repositories"),
        );
        view! {
            <div class="notice bad" role="alert">
                <Icon name="circle-alert"/>
                <p>{text} " " <a href="#candidate">"See why"</a></p>
            </div>
        }
    });
    let testing = state == CandidateState::Testing;
    let mut lines: Vec<_> = candidate.lines.iter().collect();
    lines.sort_by_key(|line| line.status());
    let lines = lines.into_iter().map(|line| row(credential, line)).collect_view();
    let decide =
        principal.role.includes(Action::ManageCredentials).then(|| decide(credential, candidate));
    Some(
        view! {
            {told}
            <section class="card" id="candidate" aria-labelledby="candidate-title">
                <div class="card-head">
                    <h2 id="candidate-title">{title}</h2>
                    <p class="tags">
                        <StatusBadge status=state.status()/>
                        <span class="muted">{counted_so_far}</span>
                    </p>
                    {testing.then(|| reload(request))}
                </div>
                {testing.then(|| progress(passed + refused, total))}
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

/// That a candidate is tested or was refused, for the tabs that do not show it.
pub(super) fn waiting(credential: &CredentialDetail) -> Option<AnyView> {
    let candidate = credential.candidate.as_ref()?;
    let count = |answer| candidate.lines.iter().filter(|line| line.passed == Some(answer)).count();
    let total = candidate.lines.len();
    let href = format!("{}#candidate", Tab::Versions.at(&path_of(credential.id)));
    let (class, icon, text, label) = match candidate.state {
        CandidateState::Testing => (
            "notice info",
            "loader",
            format!("A new secret is being tested: {} of {total} accept it.", count(true)),
            "Follow the test",
        ),
        CandidateState::Refused => (
            "notice bad",
            "circle-alert",
            format!(
                "A new secret was refused by {} of {}. The current secret is still in use.",
                count(false),
                counted(total, "repository", "repositories")
            ),
            "Review",
        ),
    };
    Some(
        view! {
            <div class=class>
                <Icon name=icon/>
                <p>{text} " " <a href=href>{label}</a></p>
            </div>
        }
        .into_any(),
    )
}

/// The version that took over, if somebody follows the test on this page and it has ended so.
pub(super) fn followed<'a>(
    request: &Request,
    credential: &'a CredentialDetail,
) -> Option<&'a SecretVersion> {
    request.sent_along(STAGED)?;
    let current = credential.versions.iter().find(|version| version.is_current)?;
    (current.origin == VersionOrigin::Promoted).then_some(current)
}

/// How the test ended well.
fn promoted(credential: &CredentialDetail, version: &SecretVersion, now: Timestamp) -> AnyView {
    let reached = version.propagation.map(|(propagation, counts)| {
        let href = super::update_path(credential.id, propagation);
        view! {
            <p>
                {result(counts)} " "
                <a href=href>"See every place that uses it"</a>
            </p>
        }
    });
    view! {
        <section class="card" id="candidate" aria-labelledby="candidate-title">
            <h2 id="candidate-title">"New secret in use"</h2>
            <p>
                {format!("Version {} took over from the secret before it. Stored ", version.vault_version)}
                <Moment at=version.at now/>
                {format!(" by {}.", version.by)}
            </p>
            {reached}
        </section>
    }
    .into_any()
}

/// For whoever has no script to follow it.
pub(super) fn reload(request: &Request) -> AnyView {
    view! {
        <a class="button quiet" href=request.here.clone()>
            <Icon name="refresh-cw"/>
            "Reload"
        </a>
    }
    .into_any()
}

fn progress(done: usize, total: usize) -> AnyView {
    view! {
        <div class="progress">
            <progress
                max=total.max(1).to_string()
                value=done.to_string()
                aria-label="Repositories tested"
            ></progress>
        </div>
    }
    .into_any()
}

fn row(credential: &CredentialDetail, line: &CandidateLine) -> AnyView {
    let (repository, id) = (line.repository, credential.id);
    let cause = line.cause.map(|cause| match cause.remedy() {
        // What to do about the secret stands below, and its form would change the one in use.
        Remedy::Credential => {
            let words = cause.words(RemoteKind::Registry);
            view! { <p class="cause" title=words.message>{words.title}"."</p> }.into_any()
        }
        _ => view! { <CauseLine cause repository credential=Some(id)/> }.into_any(),
    });
    view! {
        <li class="line">
            <div>
                <a href=format!("/charts/repositories/{repository}")>{line.name.clone()}</a>
                {cause}
            </div>
            <StatusBadge status=line.status()/>
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
    let from = Tab::Versions.at(&path_of(credential.id));
    let again = (candidate.state == CandidateState::Refused).then(|| {
        view! {
            <ActionButton
                action="/actions/credentials/test-again"
                from=from.clone()
                values=values()
            >
                "Test again"
            </ActionButton>
        }
    });
    view! {
        <div class="actions">
            {again}
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
