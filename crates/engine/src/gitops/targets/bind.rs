//! Who may push with a credential (R-GIT-06).

use domain::{Action, CredentialId, CredentialKind, Field, Principal, gitops::GitAccountMethod};
use storage::{Scope, gitops::targets::Binding};

use crate::{Engine, Error};

/// Whether a person may bind a target to a credential, or change one that is bound to it: with an
/// account that somebody connected only that person, and with an installation of the GitHub App an
/// owner, whoever connected it.
pub(super) async fn may_bind(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    credential: CredentialId,
) -> Result<bool, Error> {
    let binding = storage::gitops::targets::binding(&engine.db, scope, credential).await?;
    Ok(binding.is_none_or(|binding| is_own(principal, &binding)))
}

/// The same for a form: what is wrong stands at the field.
pub(super) async fn check(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    credential: CredentialId,
) -> Result<(), Error> {
    let known = storage::repositories::linkable(&engine.db, scope, credential).await?;
    let Some(known) = known.filter(|known| known.vault_version > 0) else {
        let message = "This credential does not exist any more. Choose another one.";
        return Err(Field::Credential.problem(message).into());
    };
    if known.provider.facts().kind != CredentialKind::Git {
        return Err(Field::Credential.problem("Choose a credential for Git.").into());
    }
    match storage::gitops::targets::binding(&engine.db, scope, credential).await? {
        Some(binding) if !is_own(principal, &binding) => Err(theirs(&binding)),
        _ => Ok(()),
    }
}

/// Whether a person may let Hawser act at the server of a target that is bound already: with the
/// account of a person only that person, for it is their name there; with anything else everybody who
/// manages targets.
pub(super) async fn check_use(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    credential: CredentialId,
) -> Result<(), Error> {
    match storage::gitops::targets::binding(&engine.db, scope, credential).await? {
        Some(binding)
            if binding.way != GitAccountMethod::Installation && !is_own(principal, &binding) =>
        {
            Err(theirs(&binding))
        }
        _ => Ok(()),
    }
}

fn is_own(principal: &Principal, binding: &Binding) -> bool {
    match binding.way {
        GitAccountMethod::Installation => principal.role.includes(Action::ManageRecipients),
        GitAccountMethod::Web | GitAccountMethod::Device => binding.user == principal.user,
    }
}

/// Why a target of somebody's account is not for others.
fn theirs(binding: &Binding) -> Error {
    if binding.way == GitAccountMethod::Installation {
        let message = "Only an owner gives a repository to an installation of the GitHub App.";
        return Field::Credential.problem(message).into();
    }
    let message = format!(
        "{} connected this account, and what is pushed with it is pushed in their name. Connect your own, or choose another credential.",
        binding.name
    );
    Field::Credential.problem(message).into()
}
