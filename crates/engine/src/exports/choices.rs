//! What an export may be made of.

use domain::{
    Action, AuthMethod, Principal, Provider,
    exports::{Consumer, ExportChoice, ExportChoices, ExportSought, Selects},
};
use storage::exports::{self, Searched};

use crate::{Engine, Error, audit::reading};

pub(super) async fn choices(
    engine: &Engine,
    principal: &Principal,
    consumer: Consumer,
    sought: &ExportSought,
) -> Result<ExportChoices, Error> {
    let (engine, scope) =
        reading(engine, principal, Action::View, "see what can be exported").await?;
    // One more than is offered says that there are more.
    let searched = Searched { search: &sought.search, limit: ExportChoices::MOST + 1 };
    match consumer.facts().selects {
        Selects::Credentials => {
            let providers: Vec<&str> = Provider::ALL
                .into_iter()
                .filter(|provider| consumer.facts().kinds.contains(&provider.facts().kind))
                .map(Provider::as_str)
                .collect();
            let mut offered =
                exports::chosen_credentials(&engine.db, scope, &sought.chosen).await?;
            offered.retain(|(_, _, provider, method)| can_use(consumer, *provider, *method));
            let found = exports::found_credentials(&engine.db, scope, &providers, searched).await?;
            let has_more = joined(&mut offered, found, |(id, ..)| id.uuid());
            let credentials = offered.into_iter().map(|(id, name, provider, _)| ExportChoice {
                id: id.uuid(),
                name,
                detail: provider.facts().label.to_owned(),
                credential: Some(id),
            });
            Ok(ExportChoices {
                credentials: credentials.collect(),
                has_more,
                ..ExportChoices::default()
            })
        }
        Selects::Repositories => {
            let mut offered =
                exports::chosen_repositories(&engine.db, scope, &sought.chosen).await?;
            let found = exports::found_repositories(&engine.db, scope, searched).await?;
            let has_more = joined(&mut offered, found, |(id, ..)| id.uuid());
            let repositories = offered.into_iter().map(|(id, name, detail, credential)| {
                ExportChoice { id: id.uuid(), name, detail, credential }
            });
            Ok(ExportChoices {
                repositories: repositories.collect(),
                has_more,
                ..ExportChoices::default()
            })
        }
    }
}

/// Puts what was found behind what is chosen, and answers whether there is more of it than is offered.
fn joined<T>(offered: &mut Vec<T>, found: Vec<T>, id: impl Fn(&T) -> uuid::Uuid) -> bool {
    let has_more = found.len() > ExportChoices::MOST;
    let chosen: Vec<_> = offered.iter().map(&id).collect();
    let others = found.into_iter().take(ExportChoices::MOST);
    offered.extend(others.filter(|one| !chosen.contains(&id(one))));
    has_more
}

/// Whether a credential opens something that a consumer reads. The tokens of a connected account are
/// replaced all the time, so they are for this server alone.
pub(super) fn can_use(consumer: Consumer, provider: Provider, shape: AuthMethod) -> bool {
    consumer.facts().kinds.contains(&provider.facts().kind) && !shape.is_connected()
}
