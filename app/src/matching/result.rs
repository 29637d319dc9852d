//! The winner, and how every other candidate fared.

use domain::{
    ProjectId, counted,
    credentials::{CredentialScope, PatternKind},
    matching::{Explanation, ExplanationLine, MatchVerdict, SearchScope},
    projects::Project,
    repositories::{LinkState, RepositorySummary},
};
use leptos::prelude::*;

use crate::{
    repositories::path_of,
    ui::{
        badge::{Badge, Tone},
        icon::Icon,
    },
};

/// What came of a question.
pub(super) fn result(explanation: &Explanation, projects: &[Project]) -> AnyView {
    view! {
        {repositories(&explanation.repositories)}
        {winner(explanation)}
        {table(explanation, projects)}
    }
    .into_any()
}

/// The repositories that exist at the URL, each with the credential that it uses.
fn repositories(found: &[RepositorySummary]) -> Option<AnyView> {
    if found.is_empty() {
        return None;
    }
    let rows = found
        .iter()
        .map(|one| {
            let (credential, how) = match &one.link {
                None => ("no credential".into_any(), ""),
                Some(link) => {
                    let href = format!("/credentials/{}", link.credential);
                    let how = match (link.state, link.is_automatic) {
                        (LinkState::Suspended, _) => "suspended",
                        (LinkState::Active, true) => "found by its URL",
                        (LinkState::Active, false) => "chosen",
                    };
                    (view! { <a href=href>{link.name.clone()}</a> }.into_any(), how)
                }
            };
            view! {
                <li class="line">
                    <div>
                        <a href=path_of(one.id)>{one.name.clone()}</a>
                        " uses "
                        {credential}
                        {(!how.is_empty()).then(|| format!(" ({how})"))}
                    </div>
                    <code class="url muted">{one.url.clone()}</code>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="card" aria-labelledby="repositories-title">
                <h2 id="repositories-title">
                    {counted(
                        u32::try_from(found.len()).unwrap_or(u32::MAX),
                        "repository at this URL",
                        "repositories at this URL",
                    )}
                </h2>
                <ul class="lines">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn winner(explanation: &Explanation) -> AnyView {
    let place = explanation.winner().map(|line| found_in(&line.scope)).unwrap_or_default();
    let compared = view! {
        <p>
            "Compared as " <code>{explanation.url.clone()}</code> " in project "
            <strong>{explanation.project.clone()}</strong> "." {place}
        </p>
    };
    match explanation.winner() {
        Some(line) => view! {
            <div class="notice good">
                <Icon name="circle-check"/>
                <div>
                    <h2>
                        <a href=href(line)>{line.name.clone()}</a>
                        {if explanation.repositories.is_empty() {
                            " is used"
                        } else {
                            " is used where a repository is set to Automatic"
                        }}
                    </h2>
                    {compared}
                </div>
            </div>
        }
        .into_any(),
        None => view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <h2>"No credential matches"</h2>
                    {compared}
                    <p>
                        "A repository that chooses by its URL goes on without a credential. Give one a pattern for this URL, or choose one on the repository."
                    </p>
                </div>
            </div>
        }
        .into_any(),
    }
}

/// In which scope the winner was found (F22).
fn found_in(scope: &SearchScope) -> String {
    match scope {
        SearchScope::Own => " It belongs to this project, which is searched first.".to_owned(),
        SearchScope::Unnamed => {
            " It is shared with all projects; nothing in this project matches.".to_owned()
        }
        SearchScope::Shared(name) => format!(
            " It belongs to the shared project {name}; nothing in this project, and nothing in a shared scope before that one, matches."
        ),
        SearchScope::Outside => String::new(),
    }
}

fn table(explanation: &Explanation, projects: &[Project]) -> AnyView {
    if explanation.lines.is_empty() {
        return view! {
            <p class="muted">
                "No credential has a pattern yet. Open one and say where it applies."
            </p>
        }
        .into_any();
    }
    let rows = explanation.lines.iter().map(|line| row(line, projects)).collect_view();
    let told = u32::try_from(explanation.lines.len()).unwrap_or(u32::MAX);
    let caption = if told < explanation.total {
        format!("The first {told} of {} credentials with a pattern", explanation.total)
    } else {
        format!("{} with a pattern", counted(told, "credential", "credentials"))
    };
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Result"</th>
                        <th scope="col">"Pattern"</th>
                        <th scope="col">"Applies to"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(line: &ExplanationLine, projects: &[Project]) -> AnyView {
    let reach = match (&line.scope, line.reach) {
        (SearchScope::Shared(name), _) => format!("All projects, from {name}"),
        (_, CredentialScope::Shared) => "All projects".to_owned(),
        (_, CredentialScope::Project(id)) => name_of(id, projects),
    };
    let kind = match line.pattern_kind {
        PatternKind::Regex => "Regular expression",
        _ => "Exact",
    };
    let verdict = match line.verdict {
        MatchVerdict::Wins => {
            view! { <Badge tone=Tone::Good label=line.verdict.label().to_owned()/> }.into_any()
        }
        verdict => view! { <span>{verdict.label()}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" data-label="Name"><a href=href(line)>{line.name.clone()}</a></th>
            <td data-label="Result">{verdict}</td>
            <td data-label="Pattern" class="url">
                <div class="cell">
                    <span class="muted">{kind}</span>
                    {(!line.pattern.is_empty())
                        .then(|| view! { <code>{line.pattern.clone()}</code> })}
                </div>
            </td>
            <td data-label="Applies to">{reach}</td>
        </tr>
    }
    .into_any()
}

/// A project that was deleted since is not named.
fn name_of(id: ProjectId, projects: &[Project]) -> String {
    projects
        .iter()
        .find(|project| project.id == id)
        .map(|found| found.name.clone())
        .unwrap_or_default()
}

fn href(line: &ExplanationLine) -> String {
    format!("/credentials/{}", line.credential)
}
