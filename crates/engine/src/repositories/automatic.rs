//! Repositories whose URL chooses the credential: the link follows the winner of the matching.

use domain::{
    CredentialId, CredentialKind, ProjectId, Purpose,
    audit::{AuditAction, AuditActor, AuditTarget},
    credentials::Route,
    repositories::{LinkState, SyncTrigger},
};
use storage::{
    Scope,
    gitops::Touched,
    jobs,
    repositories::{Linkable, SyncTarget, link, lock, take_for_link, unlink},
};

use crate::{
    Engine, Error, audit,
    destinations::{When, touch},
};

/// What became of an automatic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    /// It is the winner's, or there is neither.
    AsBefore,
    /// The repository is to be looked at again.
    Changed,
}

/// Gives the link of an automatic repository to the credential that matches its URL now, among those
/// that may go to its address; the link is bound to the origin of the URL.
/// When a delivery finds the change, a sync with the winner is queued.
pub(super) async fn follow(
    engine: &Engine,
    scope: Scope,
    target: &SyncTarget,
    proving: Option<CredentialId>,
) -> Result<Followed, Error> {
    let route = Route { ca: target.ca.clone(), proxy: target.proxy.clone() };
    let place = (target.url.as_str(), &route);
    let winner = crate::matching::find(engine, scope, target.project, Purpose::Helm, place).await?;
    let linked = target
        .login
        .as_ref()
        .filter(|login| login.state == LinkState::Active)
        .map(|login| login.credential);
    if winner == linked && (winner.is_some() || target.login.is_none()) {
        return Ok(Followed::AsBefore);
    }
    let now = engine.clock.now();
    let mut tx = engine.db.begin_work(scope).await?;
    let held = match winner {
        Some(winner) => lock(&mut tx, scope, winner).await?,
        None => None,
    };
    // It was deleted or moved meanwhile; the next look finds another one.
    if winner.is_some() && held.as_ref().is_none_or(|held| !is_usable(held, target.project)) {
        return Ok(Followed::Changed);
    }
    if take_for_link(&mut tx, scope, target.id, target.epoch).await?.is_none() {
        return Ok(Followed::Changed);
    }
    // Before and after, since the exports of both credentials name the address.
    touch(&mut tx, scope, Touched::Repository(target.id), When::Settled, now).await?;
    let (action, name) = if let Some((winner, held)) = winner.zip(held) {
        link(&mut tx, scope, target.id, winner, &target.origin, now).await?;
        touch(&mut tx, scope, Touched::Repository(target.id), When::Settled, now).await?;
        (AuditAction::LinkSet, held.name)
    } else {
        unlink(&mut tx, scope, target.id).await?;
        let name = target.login.as_ref().map(|login| login.name.clone());
        (AuditAction::LinkRemoved, name.unwrap_or_default())
    };
    if proving.is_some() {
        let reason = SyncTrigger::Changed.as_str();
        let id = target.id.uuid();
        jobs::queue(&mut tx, scope, jobs::Kind::Sync, id, reason, now, now).await?;
    }
    let told =
        (AuditTarget::Repository(target.id), target.name.as_str(), format!("{name}, by its URL"));
    audit::record(&mut tx, AuditActor::Hawser, scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(Followed::Changed)
}

fn is_usable(held: &Linkable, project: ProjectId) -> bool {
    held.provider.facts().kind == CredentialKind::Registry
        && held.project.is_none_or(|own| own == project)
}

/// Queues a sync of the automatic repositories whose URL chooses another credential now. To be
/// called after the matching changed: a credential was created, placed or deleted.
///
/// # Errors
/// When the database fails; then each follows at its next sync.
pub(crate) async fn match_again(engine: &Engine, scope: Scope) -> Result<(), Error> {
    let automatic = storage::repositories::automatic(&engine.db, scope).await?;
    if automatic.is_empty() {
        return Ok(());
    }
    let places = automatic
        .iter()
        .map(|repository| (repository.project, repository.url.as_str(), &repository.route));
    let winners = crate::matching::find_each(engine, scope, Purpose::Helm, places).await?;
    let changed: Vec<_> = automatic
        .iter()
        .zip(winners)
        .filter(|(repository, winner)| repository.credential != *winner)
        .map(|(repository, _)| (scope, repository.id.uuid()))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let now = engine.clock.now();
    let reason = SyncTrigger::Changed.as_str();
    let mut tx = engine.db.begin_work(scope).await?;
    jobs::queue_many(&mut tx, jobs::Kind::Sync, &changed, reason, now, now).await?;
    tx.commit().await?;
    engine.changes.tell_workers();
    Ok(())
}
