//! Where a line of what needs attention is mended.

use domain::{
    Action, Role, Status,
    overview::{FailingRepositories, Matter, Waits},
    propagation::DeliveryTarget,
};

use crate::{
    gitops,
    ui::{cause::remedy, path, tabs::Tab},
};

const LIST: &str = "/charts/repositories";

/// The page and field that mends it, and the words of the link; who may not mend it is shown it.
pub(super) fn mend(matter: &Matter, role: Option<Role>) -> (String, &'static str) {
    let may = |action| role.is_some_and(|role| role.includes(action));
    match matter {
        Matter::Repositories(found) => repositories(found, may),
        Matter::Paused { credential, .. }
        | Matter::Expired { credential, .. }
        | Matter::SecretLost { credential, .. } => {
            secret(&format!("/credentials/{credential}"), may(Action::ManageCredentials))
        }
        Matter::CandidateRefused { credential, .. } => {
            let page = format!("/credentials/{credential}");
            (format!("{}#candidate", Tab::Versions.at(&page)), "Review")
        }
        Matter::GitAccount { .. } if may(Action::ConnectAccounts) => {
            (gitops::git_accounts::PATH.to_owned(), "Connect again")
        }
        Matter::GitAccount { .. } => (gitops::git_accounts::PATH.to_owned(), "Show"),
        Matter::GitTarget { target, credential, waits, .. } => {
            let place = DeliveryTarget::GitTarget(*target);
            match waits {
                Waits::Mending(cause) if may(Action::ManageExports) => {
                    gitops::remedy(*cause, place, *credential, &[])
                        .unwrap_or_else(|| (place.path(), "Show"))
                }
                Waits::Push if may(Action::ManageExports) => {
                    (format!("{}/preview", place.path()), "Review changes")
                }
                _ => (place.path(), "Show"),
            }
        }
        Matter::Cluster { cluster, credential, cause, .. } => {
            let place = DeliveryTarget::Cluster(*cluster);
            let found = gitops::remedy(*cause, place, *credential, &[]);
            found.filter(|_| may(Action::ManageClusters)).unwrap_or_else(|| (place.path(), "Show"))
        }
        Matter::Drift { cluster, .. } => {
            let page = DeliveryTarget::Cluster(*cluster).path();
            (format!("{}#objects", Tab::Objects.at(&page)), "Show objects")
        }
    }
}

fn secret(path: &str, may_change: bool) -> (String, &'static str) {
    if may_change {
        (format!("{}#field-password", Tab::Versions.at(path)), "Update the credential")
    } else {
        (path.to_owned(), "Show")
    }
}

/// What is the credential's is mended there, what is one repository's in its form; several are shown.
fn repositories(
    found: &FailingRepositories,
    may: impl Fn(Action) -> bool,
) -> (String, &'static str) {
    let credential = found.credential.as_ref().map(|(id, _)| *id);
    let paused_or_expired = matches!(found.status(), Status::Paused | Status::Expired);
    if let Some(id) = credential
        && paused_or_expired
    {
        return secret(&format!("/credentials/{id}"), may(Action::ManageCredentials));
    }
    if found.is_of_credential() {
        let link = remedy(found.cause, found.first, credential);
        if let Some(link) = link.filter(|_| may(Action::ManageCredentials)) {
            return link;
        }
    }
    if found.count == 1 {
        let link = remedy(found.cause, found.first, credential);
        let action = if found.is_of_credential() {
            Action::ManageCredentials
        } else {
            Action::ManageRepositories
        };
        return link
            .filter(|_| may(action))
            .unwrap_or_else(|| (crate::repositories::path_of(found.first), "Show"));
    }
    let credential = credential.map(|id| id.to_string()).unwrap_or_default();
    let host = if credential.is_empty() { found.host.as_str() } else { "" };
    let state = found.status().as_str();
    let pairs = [("search", host), ("credential", credential.as_str()), ("state", state)];
    (path::with(LIST, &pairs), "Show them")
}
