//! Deleting a credential.

use domain::{
    Action, CredentialId, CredentialKind, Field, Principal, PropagationId, ServiceError, Timestamp,
    audit::{AuditAction, AuditTarget},
    counted,
    credentials::{CredentialState, DeleteCredential, Unlinking},
};
use storage::{Scope, Tx, gitops::Touched, jobs, propagation::Start, repositories::Outside};

use super::{
    addresses::{self, Allowing, allow_in},
    commit::LATE,
    place,
};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, mark, touch},
    gitops::{Tokens, revoke},
};

/// The row stays as a tombstone; from the commit on nobody can begin to use the secret, and a
/// worker destroys it in Vault.
pub(crate) async fn delete(
    engine: &Engine,
    principal: &Principal,
    form: &DeleteCredential,
    tokens: Tokens,
) -> Result<(), Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "delete a credential").await?;
    let scope = Scope::of(&grant);
    let (id, unlinking) = form.parse()?;
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let revoked = revoke(engine, principal, grant, (id, existing.draft.shape), tokens).await?;
    let now = engine.clock.now();

    let mut tx = engine.db.begin_as(&grant).await?;
    // Two people who replace two credentials by each other take them in the same order, so that
    // neither waits for the other.
    if let Unlinking::Replace(other) = unlinking
        && other < id
    {
        storage::repositories::lock(&mut tx, scope, other).await?;
    }
    if storage::credentials::tombstone(&mut tx, scope, id, &principal.name, now).await? == 0 {
        return Err(ServiceError::NotFound.into());
    }
    let opened = storage::gitops::opened_by(&mut tx, scope, id).await?;
    if !opened.is_empty() {
        // Who may push with another credential is for a person to say, at each of them (R-GIT-06).
        return Err(ServiceError::InUse(opened).into());
    }
    let links = storage::repositories::links_of(&mut tx, scope, id).await?;
    let exports = storage::exports::holding(&mut tx, scope, id).await?;
    let affected = storage::gitops::affected(&mut tx, scope, Touched::Credential(id)).await?;
    let detail = match unlinking {
        _ if links.is_empty() && exports.is_empty() => String::new(),
        Unlinking::Replace(other) => {
            let kind = existing.provider.facts().kind;
            let name = replace(&mut tx, scope, (id, kind), other, principal, now).await?;
            let exports = counted(exports.len(), "export", "exports");
            format!("{} and {exports} use {name} now", repositories(links.len()))
        }
        // An export without it takes it away from clusters, so a person names another one first.
        Unlinking::Unlink if exports.is_empty() => {
            storage::repositories::unlink_all(&mut tx, scope, id).await?;
            mark(&mut tx, scope, affected, When::Settled, now).await?;
            format!("{} unlinked", repositories(links.len()))
        }
        Unlinking::Refuse | Unlinking::Unlink => {
            let linked = links.into_iter().map(|(_, name)| name);
            return Err(ServiceError::InUse(linked.chain(exports).collect()).into());
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
    let told = (AuditTarget::Credential(id), existing.draft.name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    if let Some((host, account)) = storage::gitops::git_accounts::remove(&mut tx, scope, id).await?
    {
        let (action, detail) =
            (AuditAction::GitDisconnected, format!("{account} at {host}{revoked}"));
        let told = (AuditTarget::Credential(id), existing.draft.name.as_str(), detail);
        audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    }
    tx.commit().await?;
    engine.registries.evict(id);
    engine.exchanges.evict(id);
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    if !existing.placed.pattern.is_empty() {
        place::match_again(engine, scope).await;
    }
    Ok(())
}

/// Gives the links and exports to another credential of the same kind, and has each link proved at
/// its registry and each place written again; answers the name of that credential.
async fn replace(
    tx: &mut Tx,
    scope: Scope,
    (from, kind): (CredentialId, CredentialKind),
    to: CredentialId,
    principal: &Principal,
    now: Timestamp,
) -> Result<String, Error> {
    let other = storage::repositories::lock(tx, scope, to)
        .await?
        .filter(|other| {
            other.provider.facts().kind == kind
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
    if kind == CredentialKind::Registry {
        allow_where_it_goes(tx, principal, scope, (from, to), now).await?;
    }
    storage::repositories::relink_all(tx, scope, from, to, now).await?;
    storage::exports::replace_credential(tx, scope, from, to).await?;
    storage::exports::drop_credential(tx, scope, from).await?;
    let affected = touch(tx, scope, Touched::Credential(to), When::AtOnce, now).await?;
    let places: Vec<_> = affected.places().collect();
    let start = Start {
        propagation: PropagationId::new(),
        credential: to,
        vault_version: other.vault_version,
        by: &principal.name,
        places: &places,
    };
    storage::propagation::start(tx, scope, &start, now).await?;
    Ok(other.name)
}

/// Choosing another credential for the links of one allows their addresses for it, as choosing it for
/// each of them would.
async fn allow_where_it_goes(
    tx: &mut Tx,
    principal: &Principal,
    scope: Scope,
    (from, to): (CredentialId, CredentialId),
    now: Timestamp,
) -> Result<(), Error> {
    principal.may(Action::AllowOrigins)?;
    let allowed = addresses::held(tx, scope, to).await?;
    for (origin, route) in storage::repositories::linked_addresses(tx, scope, from).await? {
        if !allowed.permits(&origin, &route) {
            let allowing = Allowing { credential: to, origin: &origin, route: &route };
            allow_in(tx, principal, scope, &allowing, now).await?;
        }
    }
    Ok(())
}

fn not_for(outside: &[Outside]) -> String {
    let names: Vec<_> = outside.iter().map(|repository| repository.name.as_str()).collect();
    format!(
        "This credential is of another project than {}. Choose a shared one, or one of the same project.",
        names.join(", ")
    )
}

fn repositories(links: usize) -> String {
    counted(links, "repository", "repositories")
}
