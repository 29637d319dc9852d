//! One credential with what depends on it.

use std::{collections::HashSet, time::Duration};

use domain::{
    Action, CredentialId, Principal, ServiceError,
    credentials::{
        CredentialDetail, CredentialPart, CredentialState, Parameters, PatternKind, Propagation,
        Remarks, SecretVersion,
    },
};
use storage::Scope;

use super::{candidate, path, place::is_shared};
use crate::{Engine, Error, audit::reading, error::chain};

/// The updates and versions a page shows.
const HISTORY: u32 = 20;

/// The longest a page waits for Vault to tell which versions it keeps.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn get(
    engine: &Engine,
    principal: &Principal,
    id: CredentialId,
    part: CredentialPart,
) -> Result<CredentialDetail, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see a credential").await?;
    let engine = &engine;
    let mut credential = read(engine, scope, id, part).await?;
    if credential.state == CredentialState::Rotating && credential.candidate.is_none() {
        // It was promoted or discarded between two reads, and a page of that moment follows nothing.
        credential = read(engine, scope, id, part).await?;
    }
    let manages = principal.may(Action::ManageCredentials).is_ok();
    if !manages && is_shared(engine, scope, credential.reach).await? {
        conceal(&mut credential);
    }
    Ok(credential)
}

async fn read(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
    part: CredentialPart,
) -> Result<CredentialDetail, Error> {
    use CredentialPart::{Access, Links, Overview, Updates, Versions, Whole};

    let mut credential =
        storage::credentials::get(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    credential.links = storage::repositories::linked_to(&engine.db, scope, id).await?;
    if matches!(part, Whole | Versions | Updates) {
        credential.history = storage::propagation::history(&engine.db, scope, id, HISTORY).await?;
    }
    let kept = match part {
        Whole | Versions => kept(engine, scope, id).await,
        Overview | Links | Access | Updates => HashSet::new(),
    };
    if matches!(part, Whole | Overview | Versions) {
        credential.versions = versions(engine, scope, &credential, &kept).await?;
    }
    credential.paused = storage::circuit_breaker::paused(&engine.db, scope, id).await?;
    if matches!(part, Whole | Access) {
        credential.allowed = storage::credentials::allowed(&engine.db, scope, id).await?;
        credential.token_services =
            storage::credentials::token_services(&engine.db, scope, id).await?;
        credential.requested = storage::credentials::requested(&engine.db, scope, id).await?;
    }
    if credential.state == CredentialState::Rotating {
        credential.candidate = candidate::look(engine, scope, id).await?;
    }
    Ok(credential)
}

/// Members of projects use a shared credential without reading it (F23).
fn conceal(credential: &mut CredentialDetail) {
    credential.username = String::new();
    credential.remarks = Remarks::default();
    credential.parameters = Parameters::default();
    credential.pattern = String::new();
    credential.pattern_kind = PatternKind::None;
    credential.allowed = Vec::new();
    credential.token_services = Vec::new();
    credential.requested = Vec::new();
}

async fn versions(
    engine: &Engine,
    scope: Scope,
    credential: &CredentialDetail,
    kept: &HashSet<i64>,
) -> Result<Vec<SecretVersion>, Error> {
    let id = credential.id;
    let versions = storage::credentials::versions(&engine.db, scope, id, HISTORY).await?;
    Ok(versions
        .into_iter()
        .map(|version| SecretVersion {
            vault_version: version.vault_version,
            origin: version.origin,
            changed: version.changed,
            at: version.at,
            by: version.by,
            is_current: version.vault_version == credential.vault_version,
            is_kept: kept.contains(&version.vault_version),
            propagation: first(&credential.history, version.vault_version),
        })
        .collect())
}

/// The propagation that the version started; later ones of the same version took over links of
/// another credential.
fn first(
    history: &[Propagation],
    version: i64,
) -> Option<(domain::PropagationId, domain::propagation::Counts)> {
    history
        .iter()
        .rev()
        .find(|propagation| propagation.vault_version == version)
        .filter(|propagation| propagation.counts.total() > 0)
        .map(|propagation| (propagation.id, propagation.counts))
}

/// The versions that Vault holds; none while it does not answer.
async fn kept(engine: &Engine, scope: Scope, id: CredentialId) -> HashSet<i64> {
    let path = path(scope, id);
    let asked = tokio::time::timeout(PATIENCE, engine.vault.versions(&path)).await;
    match asked {
        Ok(Ok(versions)) => {
            versions.into_iter().filter_map(|version| i64::try_from(version).ok()).collect()
        }
        Ok(Err(error)) => {
            tracing::warn!(error = %chain(&error), "failed to list the versions that Vault keeps");
            HashSet::new()
        }
        Err(_) => HashSet::new(),
    }
}
