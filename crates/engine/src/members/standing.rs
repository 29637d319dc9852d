//! What becomes of memberships. Each change locks the organization first, so that of two owners who end each
//! other's right one stays.

use domain::{
    Action, Field, Principal, Role, ServiceError, UserId,
    audit::{AuditAction, AuditTarget},
    members::{Standing, right_over},
};
use storage::{Scope, ScopedTx, members};

use super::moved_on;
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(super) async fn change_role(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
    role: Role,
) -> Result<(), Error> {
    let attempt = "change a member's role";
    let change = Change { action: AuditAction::MemberRoleChanged, attempt };
    let locked = lock_member(engine, principal, user, Some(role), attempt).await?;
    let Some(after) = locked.before.with_role(role) else {
        let message = "They have this role already, or are suspended: resume them first.";
        return Err(Field::Role.problem(message).into());
    };
    let detail = format!("{} to {}", locked.before.role.as_str(), role.as_str());
    locked.store(engine, principal, after, (change, detail)).await
}

pub(super) async fn suspend(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
) -> Result<(), Error> {
    let change = Change { action: AuditAction::MemberSuspended, attempt: "suspend a member" };
    change_state(engine, principal, user, change, Standing::suspended).await
}

pub(super) async fn resume(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
) -> Result<(), Error> {
    let change = Change { action: AuditAction::MemberResumed, attempt: "resume a member" };
    change_state(engine, principal, user, change, Standing::resumed).await
}

pub(super) async fn remove(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
) -> Result<(), Error> {
    let change = Change { action: AuditAction::MemberRemoved, attempt: "remove a member" };
    change_state(engine, principal, user, change, Standing::removed).await
}

/// Whoever leaves needs no right over anybody.
pub(super) async fn leave(engine: &Engine, principal: &Principal) -> Result<(), Error> {
    let attempt = "leave the organization";
    let grant = allowed(engine, principal, Action::View, attempt).await?;
    let mut tx = engine.db.begin_as(&grant).await?;
    let scope = Scope::of(&grant);
    members::lock(&mut tx, scope).await?;
    let before = still_the_same(&mut tx, scope, principal).await?;
    let (user, name) = (principal.user, principal.name.clone());
    let locked = LockedMember { tx, scope, user, name, before };
    let after = before.left().ok_or(ServiceError::NoLongerAllowed)?;
    let change = Change { action: AuditAction::MemberLeft, attempt };
    locked.store(engine, principal, after, (change, String::new())).await
}

/// Promotion and demotion in one transaction.
pub(super) async fn transfer(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
) -> Result<(), Error> {
    let attempt = "transfer the organization";
    allowed(engine, principal, Action::ManageAdmins, attempt).await?;
    let mut locked = lock_member(engine, principal, user, Some(Role::Owner), attempt).await?;
    let Some(promoted) = locked.before.with_role(Role::Owner) else {
        let message = "They are an owner already, or suspended: resume them first.";
        return Err(Field::Role.problem(message).into());
    };
    let now = engine.clock.now();
    members::set_standing(&mut locked.tx, locked.scope, user, promoted).await?;
    let entry = (
        AuditTarget::Person(user),
        locked.name.as_str(),
        format!("{} to owner", locked.before.role.as_str()),
    );
    let action = AuditAction::MemberRoleChanged;
    audit::record(&mut locked.tx, person(principal), locked.scope, now, action, entry).await?;
    let own = LockedMember {
        user: principal.user,
        name: principal.name.clone(),
        before: Standing::new(principal.role),
        ..locked
    };
    let demoted = own.before.with_role(Role::Admin).ok_or(ServiceError::NotAllowed)?;
    let change = Change { action: AuditAction::MemberRoleChanged, attempt };
    own.store(engine, principal, demoted, (change, "owner to admin".to_owned())).await
}

/// What is written down of a change, and what it is called when it is refused.
#[derive(Clone, Copy)]
struct Change {
    action: AuditAction,
    attempt: &'static str,
}

/// A change of somebody else's state.
async fn change_state(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
    change: Change,
    next: impl FnOnce(Standing) -> Option<Standing>,
) -> Result<(), Error> {
    let locked = lock_member(engine, principal, user, None, change.attempt).await?;
    if user == principal.user {
        let message = "This is you. To end your own membership, leave the organization.";
        return Err(Field::Account.problem(message).into());
    }
    let Some(after) = next(locked.before) else {
        return Err(moved_on());
    };
    locked.store(engine, principal, after, (change, String::new())).await
}

/// A member who is about to stand otherwise, under the lock of their organization.
struct LockedMember {
    tx: ScopedTx,
    scope: Scope,
    user: UserId,
    name: String,
    before: Standing,
}

/// Locks a member for somebody with the right over the role they have, and over the one they are to get.
async fn lock_member(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
    role: Option<Role>,
    attempt: &str,
) -> Result<LockedMember, Error> {
    let grant = allowed(engine, principal, Action::ManageMembers, attempt).await?;
    let scope = Scope::of(&grant);
    let found = members::get(&engine.db, scope, user).await?.ok_or(ServiceError::NotFound)?;
    let both = [Some(found.standing.role), role];
    let takes_more = both.into_iter().flatten().any(|it| right_over(it) == Action::ManageAdmins);
    let grant = if takes_more {
        allowed(engine, principal, Action::ManageAdmins, attempt).await?
    } else {
        grant
    };
    let mut tx = engine.db.begin_as(&grant).await?;
    members::lock(&mut tx, scope).await?;
    still_the_same(&mut tx, scope, principal).await?;
    let before = members::standing(&mut tx, scope, user).await?;
    let before = before.filter(|standing| standing.is_member()).ok_or(ServiceError::NotFound)?;
    // Somebody was quicker, and the right may not reach that far.
    if before.role != found.standing.role {
        return Err(moved_on());
    }
    Ok(LockedMember { tx, scope, user, name: found.name, before })
}

/// Whoever asks may have lost their right while they waited for the lock.
async fn still_the_same(
    tx: &mut ScopedTx,
    scope: Scope,
    principal: &Principal,
) -> Result<Standing, Error> {
    let own = members::standing(tx, scope, principal.user).await?;
    let same = own.filter(|own| *own == Standing::new(principal.role));
    Ok(same.ok_or(ServiceError::NoLongerAllowed)?)
}

impl LockedMember {
    /// Stores how the member stands from now on, unless no active owner would be left.
    async fn store(
        mut self,
        engine: &Engine,
        principal: &Principal,
        after: Standing,
        (change, detail): (Change, String),
    ) -> Result<(), Error> {
        let (tx, scope, user) = (&mut self.tx, self.scope, self.user);
        if self.before.owns() && !after.owns() {
            let owners = members::active_owners(tx, scope).await?;
            if owners.iter().all(|owner| *owner == user) {
                let others = members::others(tx, scope).await?;
                return Err(ServiceError::LastOwner(others).into());
            }
        }
        let now = engine.clock.now();
        members::set_standing(tx, scope, user, after).await?;
        let entry = (AuditTarget::Person(user), self.name.as_str(), detail);
        audit::record(tx, person(principal), scope, now, change.action, entry).await?;
        self.tx.commit().await?;
        engine.changes.tell(scope.organization());
        if !after.includes(Action::View) {
            forget_begun(engine, scope, user).await;
        }
        Ok(())
    }
}

/// What somebody who is gone began at GitHub cannot be ended.
async fn forget_begun(engine: &Engine, scope: Scope, user: UserId) {
    let forgotten =
        storage::gitops::git_accounts::delete_of_user(&engine.db, scope.organization(), user).await;
    if let Err(error) = forgotten {
        tracing::error!(%error, "failed to delete the pending Git connections of a person; they expire");
    }
}
