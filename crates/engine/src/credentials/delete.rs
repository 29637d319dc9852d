//! Deleting a credential.

use domain::{
    Action, Actor, CredentialId, CredentialKind, Field, PropagationId, Scope, ServiceError,
    Timestamp,
    audit::AuditAction,
    credentials::{CredentialState, DeleteCredential, Unlinking},
};
use storage::{Tx, jobs, repositories::Outside};

use super::{audit, commit::LATE, person, place};
use crate::{Engine, Error, audit::allowed, gitops::revoke};

/// The row stays as a tombstone; from the commit on nobody can begin to use the secret, and a
/// worker destroys it in Vault.
pub(crate) async fn delete(
    engine: &Engine,
    actor: &Actor,
    form: &DeleteCredential,
) -> Result<(), Error> {
    let scope = allowed(engine, actor, Action::ManageCredentials, "delete a credential").await?;
    let (id, unlinking) = form.parse()?;
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let revoked = revoke(engine, scope, id, existing.shape).await?;
    let now = engine.clock.now();

    let mut tx = engine.db.begin().await?;
    // Two people who replace two credentials by each other take them in the same order, so that
    // neither waits for the other.
    if let Unlinking::Replace(other) = unlinking
        && other < id
    {
        storage::repositories::hold(&mut tx, scope, other).await?;
    }
    if storage::credentials::tombstone(&mut tx, scope, id, &actor.name, now).await? == 0 {
        return Err(ServiceError::NotFound.into());
    }
    let links = storage::repositories::links_of(&mut tx, scope, id).await?;
    let detail = match unlinking {
        _ if links.is_empty() => String::new(),
        Unlinking::Refuse => {
            return Err(
                ServiceError::InUse(links.into_iter().map(|(_, name)| name).collect()).into()
            );
        }
        Unlinking::Unlink => {
            storage::repositories::unlink_all(&mut tx, scope, id).await?;
            format!("{} repositories unlinked", links.len())
        }
        Unlinking::Replace(other) => {
            let name = replace(&mut tx, scope, id, other, &actor.name, now).await?;
            format!("{} repositories use {name} now", links.len())
        }
    };
    // A write that is under way must find the tombstone, not an empty place.
    let run_at = match existing.state {
        CredentialState::Creating | CredentialState::Updating => now.plus(LATE),
        _ => now,
    };
    storage::credentials::abandon(&mut tx, scope, id, now).await?;
    jobs::queue(&mut tx, scope, jobs::Kind::Destroy, id.uuid(), "deleted", run_at, now).await?;
    storage::credentials::stamp(&mut tx, scope, id).await?;
    let action = AuditAction::CredentialDeleted;
    audit(engine, &mut tx, scope, person(actor), action, &existing.name, detail).await?;
    if let Some((host, account)) = storage::gitops::connections::remove(&mut tx, scope, id).await? {
        let (action, detail) =
            (AuditAction::GitDisconnected, format!("{account} at {host}{revoked}"));
        audit(engine, &mut tx, scope, person(actor), action, &existing.name, detail).await?;
    }
    tx.commit().await?;
    engine.registries.forget(id);
    engine.exchanges.forget(id);
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    if !existing.placed.pattern.is_empty() {
        place::match_again(engine, scope).await;
    }
    Ok(())
}

/// Gives the links to another credential and has each of them proved at its registry; answers the
/// name of that credential.
async fn replace(
    tx: &mut Tx,
    scope: Scope,
    from: CredentialId,
    to: CredentialId,
    actor: &str,
    now: Timestamp,
) -> Result<String, Error> {
    let other = storage::repositories::hold(tx, scope, to)
        .await?
        .filter(|other| {
            other.provider.facts().kind == CredentialKind::Registry
                && other.state != CredentialState::Lost
                && other.vault_version > 0
        })
        .ok_or_else(|| Field::Replacement.problem("Choose one from the list."))?;
    if let Some(project) = other.project {
        let outside = storage::repositories::links_outside(tx, scope, from, project).await?;
        if !outside.is_empty() {
            return Err(Field::Replacement.problem(not_for(&outside)).into());
        }
    }
    storage::repositories::relink_all(tx, scope, from, to, now).await?;
    let (propagation, version) = (PropagationId::new(), other.vault_version);
    storage::propagation::start(tx, scope, propagation, to, version, actor, now).await?;
    Ok(other.name)
}

fn not_for(outside: &[Outside]) -> String {
    let names: Vec<_> = outside.iter().map(|repository| repository.name.as_str()).collect();
    format!(
        "This credential is of another project than {}. Choose a shared one, or one of the same project.",
        names.join(", ")
    )
}
