//! Who may push with a credential (R-GIT-06).

use domain::{Action, Actor, CredentialId, CredentialKind, Field, Scope, gitops::ConnectionWay};
use storage::gitops::targets::Binding;

use crate::{Engine, Error};

/// Whether a person may bind a target to a credential, or change one that is bound to it: with an
/// account that somebody connected only that person, and with an installation of the GitHub App also
/// an owner.
pub(super) async fn may_bind(
    engine: &Engine,
    actor: &Actor,
    scope: Scope,
    credential: CredentialId,
) -> Result<bool, Error> {
    let binding = storage::gitops::targets::binding(&engine.db, scope, credential).await?;
    Ok(binding.is_none_or(|binding| is_own(actor, &binding)))
}

/// The same for a form: what is wrong stands at the field.
pub(super) async fn check(
    engine: &Engine,
    actor: &Actor,
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
        Some(binding) if !is_own(actor, &binding) => {
            Err(Field::Credential.problem(theirs(&binding)).into())
        }
        _ => Ok(()),
    }
}

fn is_own(actor: &Actor, binding: &Binding) -> bool {
    binding.user == actor.user
        || (binding.way == ConnectionWay::Installation
            && actor.role.includes(Action::ManageRecipients))
}

/// Why a target of somebody's account is not for others.
pub(super) fn theirs(binding: &Binding) -> String {
    format!(
        "{} connected this account, and what is pushed with it is pushed in their name. Connect your own, or choose another credential.",
        binding.name
    )
}
