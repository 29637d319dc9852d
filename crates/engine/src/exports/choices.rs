//! What an export may be made of.

use domain::{
    Action, Actor, CredentialKind, Provider, Shape,
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
            .filter(|(_, _, provider, shape)| can_be_exported(*provider, *shape))
            .map(|(id, name, provider, _)| ExportChoice {
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

/// Whether a credential opens something that a consumer reads. The tokens of a connected account are
/// replaced all the time, so they are for this server alone.
pub(super) const fn can_be_exported(provider: Provider, shape: Shape) -> bool {
    matches!(provider.facts().kind, CredentialKind::Registry | CredentialKind::Git)
        && !shape.is_connected()
}
