//! Disconnecting an account: what would break.

use domain::{
    Action, CredentialId, Principal, ServiceError,
    gitops::{GitAccount, GitAccountMethod, GitTargetSummary},
};
use leptos::prelude::*;

use super::PATH;
use crate::{
    gitops::targets,
    ui::{
        form::{Form, FormState, Submit},
        frame::Section,
        icon::Icon,
        input::hidden,
        page::{Page, Request, page},
        tabs::Tab,
    },
};

/// The name of the form that disconnects.
const DISCONNECT: &str = "connection-disconnect";

/// `/gitops/connections/{id}/disconnect`
pub(crate) fn disconnect() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ConnectAccounts)?;
        let id: CredentialId = request.id()?;
        let all = request.services().git_connections.list(&principal).await?;
        let one = all.into_iter().find(|one| one.credential == id);
        if one.as_ref().is_none_or(|one| !one.is_own) {
            principal.may(Action::DisconnectOthers)?;
        }
        let one = one.ok_or(ServiceError::NotFound)?;
        let targets = targets_of(&request, &principal, &one).await?;
        let state = FormState::new(DISCONNECT, &request);
        let inside =
            if targets.is_empty() { confirm(&request, state, &one) } else { kept(&targets) };
        let body = view! {
            <section class="card narrow">
                <h1>{format!("Disconnect {}?", one.account)}</h1>
                {inside}
            </section>
        };
        Ok(Page {
            title: format!("Disconnect {}", one.account),
            section: Section::GitAccounts,
            body: body.into_any(),
        })
    })
}

/// The Git targets that push with it.
async fn targets_of(
    request: &Request,
    principal: &Principal,
    one: &GitAccount,
) -> Result<Vec<GitTargetSummary>, ServiceError> {
    let mut found = Vec::new();
    if one.targets == 0 {
        return Ok(found);
    }
    let service = &request.services().git_targets;
    for row in service.list(principal).await? {
        if row.credential == one.credential {
            found.push(row);
        }
    }
    Ok(found)
}

fn confirm(request: &Request, state: FormState, one: &GitAccount) -> AnyView {
    let id = one.credential.to_string();
    let revoked = match one.way {
        GitAccountMethod::Installation => format!(
            "Hawser forgets the installation. The app stays installed until somebody removes it at {}.",
            one.host
        ),
        GitAccountMethod::Web | GitAccountMethod::Device => {
            format!("Its token is revoked at {} and destroyed in Vault.", one.host)
        }
    };
    view! {
        <p>{revoked}</p>
        <p>"No Git target pushes with it, so nothing breaks. You can connect it again at any time."</p>
        <Form state action="/actions/gitops/disconnect" deletes=id.clone()>
            {hidden("credential", id)}
            <div class="actions">
                <Submit class="button danger solid">"Disconnect"</Submit>
                <a class="button quiet" href=PATH>
                    "Cancel"
                </a>
            </div>
        </Form>
        {remove_here_form(request, one)}
    }
    .into_any()
}

/// The other way, for a GitHub that does not answer.
fn remove_here_form(request: &Request, one: &GitAccount) -> Option<AnyView> {
    if one.way == GitAccountMethod::Installation {
        return None;
    }
    let state = FormState::new("connection-forget", request);
    let disconnecting = FormState::new(DISCONNECT, request);
    let is_away = matches!(
        disconnecting.refusal(),
        Some(
            ServiceError::Unreachable { .. }
                | ServiceError::Unavailable { .. }
                | ServiceError::NeedsOperator { .. }
        )
    );
    let open = is_away || state.refusal().is_some();
    let page = format!("https://{}/settings/applications", one.host);
    let (href, id) = (page.clone(), one.credential.to_string());
    Some(
        view! {
            <details class="more" open=open data-refused>
                <summary>"GitHub does not answer?"</summary>
                <p>
                    {format!(
                        "While {} does not answer, nothing is revoked, and the account stays here until it is. You can have it forgotten here anyway: its tokens are destroyed in Vault, but the authorization stays at {}.",
                        one.host, one.host,
                    )}
                </p>
                <p>
                    "Revoke it there yourself: "
                    <a href=href rel="noreferrer">{page}</a>
                </p>
                <Form state action="/actions/gitops/forget" deletes=id.clone()>
                    {hidden("credential", id)}
                    <div class="actions">
                        <Submit class="button danger">"Forget it here anyway"</Submit>
                    </div>
                </Form>
            </details>
        }
        .into_any(),
    )
}

fn kept(found: &[GitTargetSummary]) -> AnyView {
    let rows = found
        .iter()
        .map(|row| {
            view! {
                <li>
                    <a href=format!(
                        "{}#field-credential",
                        Tab::Settings.at(&targets::path_of(row.id)),
                    )>
                        {row.name.clone()}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <div>
                <p>"These Git targets push with it. Open each and choose another credential for it, or delete it; then disconnect the account:"</p>
                <ul class="columns">{rows}</ul>
            </div>
        </div>
        <div class="actions">
            <a class="button" href=PATH>
                "Back to Git accounts"
            </a>
        </div>
    }
    .into_any()
}
