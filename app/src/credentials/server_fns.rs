//! Server functions of credentials: who is asking, call the service.
#![expect(clippy::too_many_arguments, reason = "one argument for each field of the form")]

use domain::{
    Secret, Timestamp,
    credentials::{self, Parameters, Placement, Saved},
};
use leptos::prelude::*;

use super::{
    input_warnings::{KEPT, cannot_work, given},
    path_of,
    return_to::Asker,
    staged_path,
    test_fields::handed_on,
};
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    repositories::kept_url,
    services::RequestContext,
    ui::{anyway::asked, conflict::agreed_row_version, return_to::ended},
};

/// Stores a new credential.
#[server(prefix = "/actions", endpoint = "credentials/create")]
pub(crate) async fn create_credential(
    #[server(default)] from: String,
    #[server(default)] next: String,
    #[server(default)] provider: String,
    #[server(default)] shape: String,
    #[server(default)] name: String,
    #[server(default)] username: String,
    #[server(default)] password: Secret,
    #[server(default)] region: String,
    #[server(default)] account: String,
    #[server(default)] tenant: String,
    #[server(default)] installation: String,
    #[server(default)] repositories: String,
    #[server(default)] gcp_project: String,
    #[server(default)] certificate: String,
    #[server(default)] description: String,
    #[server(default)] project: String,
    #[server(default)] purposes: String,
    #[server(default)] pattern: String,
    #[server(default)] pattern_kind: String,
    #[server(default)] environment: String,
    #[server(default)] expires: String,
    #[server(default)] access: String,
    #[server(default)] anyway: String,
    #[server(default)] url: String,
    #[server(default)] ca: String,
    #[server(default)] proxy: String,
    #[server(default)] charts: String,
) -> Answered {
    let parameters = Parameters {
        region,
        account,
        tenant,
        installation,
        repositories,
        gcp_project,
        certificate,
    };
    let placement =
        Placement { project, purposes, pattern, pattern_kind, environment, expires, access };
    let form = credentials::CreateCredential {
        provider,
        shape,
        name,
        username,
        password: trim_secret(password),
        parameters,
        description,
        placement,
    };
    let sent = Sent::new("credential-create", &from)
        .with("provider", &form.provider)
        .with("shape", &form.shape)
        .with("name", &form.name)
        .with("username", &form.username)
        .with("description", &form.description)
        .with("url", &kept_url(&url))
        .with("ca", &ca)
        .with("proxy", &proxy)
        .with("charts", &charts)
        .with(KEPT, &given(&form.provider, &form.shape, &form.username, &form.password));
    let sent = with_placement(with_parameters(sent, &form.parameters), &form.placement);
    let notice = format!("{} is stored.", form.name.trim());
    let doubt = cannot_work(&form.provider, &form.shape, &form.username, &form.password);
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        // What has to be corrected is said first.
        if form.clone().parse().is_ok() {
            let passed = has_passed(&form.placement.expires, asking.visit.now());
            asked(&anyway, "Create anyway", [doubt, passed])?;
        }
        asking.services.credentials.create(&actor, form).await
    };
    answer(sent, result.await, |Saved { id, warning, .. }| {
        doubted(Redirect::to(next_page(&next, id, [&ca, &proxy, &charts])).flash(notice), warning)
    })
    .await
}

/// Changes a credential; the page it leads to shows the update reaching the linked repositories.
#[server(prefix = "/actions", endpoint = "credentials/update")]
pub(crate) async fn update_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] row_version: String,
    #[server(default)] over: String,
    #[server(default)] provider: String,
    #[server(default)] shape: String,
    #[server(default)] name: String,
    #[server(default)] username: String,
    #[server(default)] password: Secret,
    #[server(default)] region: String,
    #[server(default)] account: String,
    #[server(default)] tenant: String,
    #[server(default)] installation: String,
    #[server(default)] repositories: String,
    #[server(default)] gcp_project: String,
    #[server(default)] certificate: String,
    #[server(default)] description: String,
    #[server(default)] url: String,
    #[server(default)] mode: String,
    #[server(default)] pressed: String,
    #[server(default)] anyway: String,
) -> Answered {
    // Saving over another person goes the way of the button that was pressed before.
    let mode = if over.is_empty() { mode } else { pressed };
    let row_version = agreed_row_version(row_version, over);
    let parameters = Parameters {
        region,
        account,
        tenant,
        installation,
        repositories,
        gcp_project,
        certificate,
    };
    let form = credentials::UpdateCredential {
        credential,
        row_version,
        shape,
        name,
        username,
        password: trim_secret(password),
        parameters,
        description,
        mode,
    };
    let sent = Sent::new("credential-update", &from)
        .with("row_version", &form.row_version)
        .with("pressed", &form.mode)
        .with("shape", &form.shape)
        .with("name", &form.name)
        .with("username", &form.username)
        .with("description", &form.description)
        .with("url", &kept_url(&url))
        .with(KEPT, &given(&provider, &form.shape, &form.username, &form.password));
    let sent = with_parameters(sent, &form.parameters).with_secret(&form.password);
    let doubt = cannot_work(&provider, &form.shape, &form.username, &form.password);
    let staged = form.mode == "candidate";
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        // The test of a candidate says by itself what cannot work.
        asked(&anyway, "Save anyway", [doubt.filter(|_| !staged)])?;
        asking.services.credentials.update(&actor, form).await
    };
    answer(sent, result.await, |Saved { id, propagation, warning }| {
        let next = match propagation {
            Some(propagation) => Redirect::to(format!("{}?propagation={propagation}", path_of(id)))
                .beginning("It is on its way to every place that uses it."),
            // Nothing took effect yet, and the page says how the test goes.
            None if staged => return doubted(Redirect::to(staged_path(id)), warning),
            None => Redirect::to(path_of(id)),
        };
        doubted(next.flash("Saved."), warning)
    })
    .await
}

/// Deletes a credential.
#[server(prefix = "/actions", endpoint = "credentials/delete")]
pub(crate) async fn delete_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] links: String,
    #[server(default)] replacement: String,
) -> Answered {
    let sent = Sent::new("credential-delete", &from)
        .with("links", &links)
        .with("replacement", &replacement);
    let form = credentials::DeleteCredential { credential, links, replacement };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.credentials.delete(&actor, form).await
    };
    let notice = "The credential is deleted, and its secret is being destroyed in Vault.";
    answer(sent, result.await, |()| Redirect::to("/credentials").flash(notice)).await
}

/// With what to look at although it was done.
pub(super) fn doubted(next: Redirect, warning: Option<String>) -> Redirect {
    match warning {
        Some(warning) => next.doubting(warning),
        None => next,
    }
}

/// That a day lies in the past, which is hardly meant.
pub(super) fn has_passed(day: &str, now: Timestamp) -> Option<String> {
    let at = Timestamp::parse_day(day.trim()).filter(|at| *at <= now)?;
    Some(format!(
        "Expires on: {} has passed, so the credential counts as expired at once. Correct the day, or save it as it is.",
        at.day()
    ))
}

/// What was done, and what to look at although it was done.
pub(super) fn with_warnings<const N: usize>(notice: String, more: [Option<String>; N]) -> String {
    std::iter::once(notice).chain(more.into_iter().flatten()).collect::<Vec<_>>().join(" ")
}

fn with_parameters(sent: Sent, parameters: &Parameters) -> Sent {
    sent.with("region", &parameters.region)
        .with("account", &parameters.account)
        .with("tenant", &parameters.tenant)
        .with("installation", &parameters.installation)
        .with("repositories", &parameters.repositories)
        .with("gcp_project", &parameters.gcp_project)
        .with("certificate", &parameters.certificate)
}

pub(super) fn with_placement(sent: Sent, placement: &Placement) -> Sent {
    sent.with("project", &placement.project)
        .with("purposes", &placement.purposes)
        .with("pattern", &placement.pattern)
        .with("pattern_kind", &placement.pattern_kind)
        .with("environment", &placement.environment)
        .with("expires", &placement.expires)
        .with("access", &placement.access)
}

/// Browsers send the line breaks of a key file as CR LF; the file has LF.
fn trim_secret(password: Secret) -> Secret {
    if password.expose().contains('\r') {
        Secret::new(password.expose().replace("\r\n", "\n"))
    } else {
        password
    }
}

/// Back to the form that was left, with the new credential chosen, or to the credential itself; what was
/// typed for a test goes along to where it has a field.
fn next_page(next: &str, id: domain::CredentialId, typed: [&str; 3]) -> String {
    let asker = Asker::of(next);
    let back = ended(next, asker.map_or("credential", Asker::field), id);
    let back = back.unwrap_or_else(|| path_of(id));
    if asker == Some(Asker::Export) { back } else { handed_on(back, typed) }
}
