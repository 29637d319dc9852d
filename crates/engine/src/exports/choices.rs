//! What an export may be made of.

use domain::{
    Action, Actor, CredentialKind,
    exports::{ExportChoice, ExportChoices},
};

use super::VaultReach;
use crate::{Engine, Error};

pub(super) async fn choices(engine: &Engine, actor: &Actor) -> Result<ExportChoices, Error> {
    let scope = actor.may(Action::View)?;
    let (credentials, repositories) = storage::exports::choices(&engine.db, scope).await?;
    Ok(ExportChoices {
        credentials: credentials
            .into_iter()
            .filter(|(_, _, provider)| can_be_exported(provider.facts().kind))
            .map(|(id, name, provider)| ExportChoice {
                id: id.uuid(),
                name,
                detail: provider.facts().label.to_owned(),
                credential: Some(id),
            })
            .collect(),
        repositories: repositories
            .into_iter()
            .map(|(id, name, url, credential)| ExportChoice {
                id: id.uuid(),
                name,
                detail: url,
                credential,
            })
            .collect(),
        vault_is_local: engine.vault_place.reach == VaultReach::ThisMachine,
    })
}

/// Whether credentials of a kind open something that a consumer reads.
pub(super) const fn can_be_exported(kind: CredentialKind) -> bool {
    matches!(kind, CredentialKind::Registry | CredentialKind::Git)
}
