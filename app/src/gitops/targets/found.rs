//! What was found for the form of a Git target, or why nothing was.

use domain::{
    Cause, Field, ServiceError, counted,
    gitops::{Branches, HostedRepository},
};
use leptos::prelude::*;

use super::values::PICK;
use crate::{
    gitops::git_accounts,
    ui::{
        badge::{Badge, Tone},
        icon::Icon,
        return_to::elsewhere,
    },
};

/// The repositories of an account that the search found, to choose one.
pub(super) fn results(found: &Result<Vec<HostedRepository>, ServiceError>, to: &str) -> AnyView {
    let found = match found {
        Ok(found) if found.is_empty() => {
            return view! {
                <p class="muted" role="status">
                    "No repository of the account matches. The account may not see it, or the organization has to approve the app."
                </p>
            }
            .into_any();
        }
        Ok(found) => found,
        Err(problem) => {
            return trouble(problem);
        }
    };
    let rows = found.iter().map(|one| row(one, to)).collect_view();
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let total = counted(total, "repository", "repositories");
    view! {
        <p class="muted" role="status">
            {format!("{total} found; choose one.")}
        </p>
        <ul class="lines found" aria-label="Repositories found">
            {rows}
        </ul>
    }
    .into_any()
}

/// How many branches there are to choose from.
pub(super) fn listed(found: &Branches) -> AnyView {
    let words = match u32::try_from(found.names.len()).unwrap_or(u32::MAX) {
        0 => {
            "The repository has no branches yet. Type a name; the first push creates it.".to_owned()
        }
        total => format!("{} found; choose in the field.", counted(total, "branch", "branches")),
    };
    view! {
        <p class="muted" role="status">
            {words}
        </p>
    }
    .into_any()
}

fn row(one: &HostedRepository, to: &str) -> AnyView {
    let public = one.is_public.then(|| {
        view! { <Badge tone=Tone::Warn label="Public"/> }
    });
    let choose = if one.may_push {
        view! {
            <button
                class="button"
                type="submit"
                formaction=elsewhere(to)
                formnovalidate
                name=PICK
                value=one.url.clone()
                aria-label=format!("Choose {}", one.full_name)
            >
                "Choose"
            </button>
        }
        .into_any()
    } else {
        view! { <span class="muted">"The account may not push"</span> }.into_any()
    };
    view! {
        <li class="line">
            <div>
                {one.full_name.clone()} <p class="muted">{one.default_branch.clone()}</p>
            </div>
            {public}
            {choose}
        </li>
    }
    .into_any()
}

/// A refusal in words: no field is marked, because nothing was sent to be stored.
fn said(problem: &ServiceError) -> String {
    [Field::Branch, Field::Url, Field::Credential]
        .into_iter()
        .find_map(|field| problem.problem_of(field).map(ToOwned::to_owned))
        .unwrap_or_else(|| problem.to_string())
}

/// A refusal, with the way to mend it where that is on another page.
pub(super) fn trouble(problem: &ServiceError) -> AnyView {
    let is_of_account = matches!(
        problem,
        ServiceError::Unreachable { cause: Cause::ConnectionRevoked | Cause::ScopeMissing, .. }
    );
    let mend = is_of_account.then(|| view! { " " <a href=git_accounts::PATH>"Connect again"</a> });
    view! {
        <div class="notice bad" role="alert">
            <Icon name="circle-alert"/>
            <p>{said(problem)} {mend}</p>
        </div>
    }
    .into_any()
}
