//! What an export may be made of.

use domain::{
    Action, AuthMethod, Principal, Provider,
    exports::{Consumer, ExportChoice, ExportChoices},
};

use super::VaultReach;
use crate::{Engine, Error, audit::reading};

pub(super) async fn choices(
    engine: &Engine,
    principal: &Principal,
    consumer: Consumer,
) -> Result<ExportChoices, Error> {
    let (engine, scope) =
        reading(engine, principal, Action::View, "see what can be exported").await?;
    let engine = &engine;
    let (credentials, repositories) = storage::exports::choices(&engine.db, scope).await?;
    Ok(ExportChoices {
        credentials: credentials
            .into_iter()
            .filter(|(_, _, provider, shape)| can_use(consumer, *provider, *shape))
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
pub(super) fn can_use(consumer: Consumer, provider: Provider, shape: AuthMethod) -> bool {
    consumer.facts().kinds.contains(&provider.facts().kind) && !shape.is_connected()
}
