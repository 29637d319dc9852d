//! Disconnecting an account: what would break.

use domain::{
    Action, Actor, CredentialId, ServiceError,
    gitops::{ConnectionWay, GitConnection, GitTargetSummary},
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
    },
};

/// `/gitops/connections/{id}/disconnect`
pub(crate) fn disconnect() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        actor.may(Action::ManageExports)?;
        let id: CredentialId = request.id()?;
        let all = request.services().git_connections.list(&actor).await?;
        let one = all.into_iter().find(|one| one.credential == id).ok_or(ServiceError::NotFound)?;
        let targets = targets_of(&request, &actor, &one).await?;
        let state = FormState::new("connection-disconnect", &request);
        let inside = if targets.is_empty() { confirm(state, &one) } else { kept(&targets) };
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Connections"</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Disconnect {}?", one.account)}</h1>
                {inside}
            </section>
        };
        Ok(Page {
            title: format!("Disconnect {}", one.account),
            section: Section::Connections,
            body: body.into_any(),
        })
    })
}

/// The Git targets that push with it.
async fn targets_of(
    request: &Request,
    actor: &Actor,
    one: &GitConnection,
) -> Result<Vec<GitTargetSummary>, ServiceError> {
    let mut found = Vec::new();
    if one.targets == 0 {
        return Ok(found);
    }
    let service = &request.services().git_targets;
    for row in service.list(actor).await? {
        if row.credential == one.credential {
            found.push(row);
        }
    }
    Ok(found)
}

fn confirm(state: FormState, one: &GitConnection) -> AnyView {
    let id = one.credential.to_string();
    let revoked = match one.way {
        ConnectionWay::Installation => format!(
            "Hawser forgets the installation. The app stays installed until somebody removes it at {}.",
            one.host
        ),
        ConnectionWay::Web | ConnectionWay::Device => {
            format!("Its token is revoked at {} and destroyed in Vault.", one.host)
        }
    };
    view! {
        <p>{revoked}</p>
        <p>"No Git target pushes with it, so nothing breaks. You can connect it again at any time."</p>
        <Form state action="/actions/gitops/disconnect">
            {hidden("credential", id)}
            <div class="actions">
                <Submit class="button danger solid">"Disconnect"</Submit>
                <a class="button quiet" href=PATH>
                    "Cancel"
                </a>
            </div>
        </Form>
    }
    .into_any()
}

fn kept(found: &[GitTargetSummary]) -> AnyView {
    let rows = found
        .iter()
        .map(|row| {
            view! {
                <li>
                    <a href=targets::path_of(row.id)>{row.name.clone()}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <div>
                <p>"These Git targets push with it. Choose another credential for them, or delete them, first:"</p>
                <ul class="columns">{rows}</ul>
            </div>
        </div>
        <div class="actions">
            <a class="button" href=PATH>
                "Back to Connections"
            </a>
        </div>
    }
    .into_any()
}
