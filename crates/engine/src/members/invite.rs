//! Invitations, by those who manage members.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    Action, Field, Grant, InvitationId, Principal, Role, Secret, ServiceError,
    audit::{AuditAction, AuditTarget},
    members::{
        Accepted, Invitation, InvitationLink, InvitationState, InviteForm, Invited, Inviter,
        MOST_AN_HOUR, MOST_OPEN, Standing, right_over,
    },
};
use storage::{
    Scope, ScopedTx,
    members::{self, NewInvitation, StoredInvitation},
};

use super::moved_on;
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    secret_hash,
};

const HOUR: Duration = Duration::from_hours(1);

pub(super) async fn invite(
    engine: &Engine,
    principal: &Principal,
    form: &InviteForm,
) -> Result<InvitationLink, Error> {
    let attempt = "invite somebody";
    allowed(engine, principal, Action::ManageMembers, attempt).await?;
    let (email, role) = form.parse()?;
    let grant = grant_over(engine, principal, role, attempt).await?;
    let (scope, now) = (Scope::of(&grant), engine.clock.now());
    let mut tx = begin(engine, &grant).await?;
    members::expire(&mut tx, scope, now).await?;
    if members::is_member(&mut tx, scope, email.as_str()).await? {
        return Err(Field::Email.problem("They are a member already.").into());
    }
    if members::count_open(&mut tx, scope).await? >= i64::from(MOST_OPEN) {
        let message = format!("{MOST_OPEN} invitations are open. Revoke some first.");
        return Err(Field::Email.problem(message).into());
    }
    within_an_hour(engine, &mut tx, principal).await?;
    let (token, invited) = (new_token(), Invited::new(now));
    let new = NewInvitation {
        id: InvitationId::new(),
        email: email.as_str(),
        role,
        token_hash: &secret_hash::sha256(&token),
        invited_by: principal.user,
        now,
        invited,
    };
    members::insert(&mut tx, scope, &new).await.map_err(open_already)?;
    let entry = (email.as_str(), format!("as {}", role.as_str()));
    audit::record(&mut tx, person(principal), scope, now, AuditAction::MemberInvited, entry)
        .await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(InvitationLink { email: email.to_string(), token, expires_at: invited.expires_at })
}

pub(super) async fn renew(
    engine: &Engine,
    principal: &Principal,
    id: InvitationId,
) -> Result<InvitationLink, Error> {
    let (mut tx, stored) = lock_invitation(engine, principal, id, "renew an invitation").await?;
    let Invitation::Invited(invited) = stored.invitation else { return Err(moved_on()) };
    within_an_hour(engine, &mut tx, principal).await?;
    let (token, scope, now) = (new_token(), tx.scope(), engine.clock.now());
    let (invited, hash) = (invited.renewed(now), secret_hash::sha256(&token));
    members::set_link(&mut tx, scope, id, &hash, principal.user, now, invited).await?;
    let entry = (stored.email.as_str(), "");
    let action = AuditAction::InvitationRenewed;
    audit::record(&mut tx, person(principal), scope, now, action, entry).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(InvitationLink { email: stored.email, token, expires_at: invited.expires_at })
}

pub(super) async fn revoke(
    engine: &Engine,
    principal: &Principal,
    id: InvitationId,
) -> Result<(), Error> {
    let (tx, stored) = lock_invitation(engine, principal, id, "revoke an invitation").await?;
    let Invitation::Invited(invited) = stored.invitation else { return Err(moved_on()) };
    let action = AuditAction::InvitationRevoked;
    end(engine, principal, tx, &stored, (invited.revoked(), action)).await
}

/// Makes the person who accepted a member. They may hold the rights of the role from now on, so the person who
/// invited them has to be still allowed to give it.
pub(super) async fn confirm(
    engine: &Engine,
    principal: &Principal,
    id: InvitationId,
) -> Result<String, Error> {
    let (mut tx, stored) = lock_invitation(engine, principal, id, "confirm a member").await?;
    let Invitation::Accepted(accepted) = stored.invitation else { return Err(moved_on()) };
    let (scope, now) = (tx.scope(), engine.clock.now());
    let standing = members::standing(&mut tx, scope, accepted.by).await?;
    if standing.is_some_and(Standing::is_member) {
        return Err(Field::Email.problem("They are a member already. Refuse this one.").into());
    }
    let inviter = members::standing(&mut tx, scope, stored.invited_by).await?;
    let inviter = Inviter::of(inviter, stored.role);
    let confirmed = accepted.confirmed(principal.user, inviter).ok_or(ServiceError::NotAllowed)?;
    if confirmed.state() == InvitationState::Void {
        end(engine, principal, tx, &stored, (confirmed, AuditAction::InvitationVoid)).await?;
        let message = format!(
            "{} sent this invitation and may not invite any more. Invite them yourself.",
            stored.inviter
        );
        return Err(Field::Email.problem(message).into());
    }
    members::store(&mut tx, scope, id, confirmed).await?;
    members::join(&mut tx, scope, accepted.by, stored.role, now).await?;
    let name = name_of(engine, accepted).await?;
    let entry = (
        AuditTarget::Person(accepted.by),
        name.as_str(),
        format!("as {}, invited as {}", stored.role.as_str(), stored.email),
    );
    audit::record(&mut tx, person(principal), scope, now, AuditAction::MemberJoined, entry).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(name)
}

pub(super) async fn refuse(
    engine: &Engine,
    principal: &Principal,
    id: InvitationId,
) -> Result<(), Error> {
    let (tx, stored) = lock_invitation(engine, principal, id, "refuse a member").await?;
    let Invitation::Accepted(accepted) = stored.invitation else { return Err(moved_on()) };
    let action = AuditAction::InvitationRefused;
    end(engine, principal, tx, &stored, (accepted.refused(), action)).await
}

async fn name_of(engine: &Engine, accepted: Accepted) -> Result<String, Error> {
    let profile = storage::sessions::profile(&engine.db, accepted.by).await?;
    Ok(profile.ok_or(ServiceError::NotFound)?.name)
}

/// Stores that it is over.
async fn end(
    engine: &Engine,
    principal: &Principal,
    mut tx: ScopedTx,
    stored: &StoredInvitation,
    (after, action): (Invitation, AuditAction),
) -> Result<(), Error> {
    let (scope, now) = (tx.scope(), engine.clock.now());
    members::store(&mut tx, scope, stored.id, after).await?;
    let entry = (stored.email.as_str(), "");
    audit::record(&mut tx, person(principal), scope, now, action, entry).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

/// The grant of the right over a role.
async fn grant_over(
    engine: &Engine,
    principal: &Principal,
    role: Role,
    attempt: &str,
) -> Result<Grant, ServiceError> {
    allowed(engine, principal, right_over(role), attempt).await
}

/// An open invitation under the lock of its organization, for somebody with the right over its role.
async fn lock_invitation(
    engine: &Engine,
    principal: &Principal,
    id: InvitationId,
    attempt: &str,
) -> Result<(ScopedTx, StoredInvitation), Error> {
    let grant = allowed(engine, principal, Action::ManageMembers, attempt).await?;
    let (scope, now) = (Scope::of(&grant), engine.clock.now());
    let role = members::role_of(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let grant = grant_over(engine, principal, role, attempt).await?;
    let mut tx = begin(engine, &grant).await?;
    let stored = members::invitation(&mut tx, scope, id, now).await?;
    let stored = stored.ok_or(ServiceError::NotFound)?;
    match stored.invitation {
        Invitation::Ended(_) => Err(ServiceError::NotFound.into()),
        Invitation::Invited(_) | Invitation::Accepted(_) => Ok((tx, stored)),
    }
}

async fn begin(engine: &Engine, grant: &Grant) -> Result<ScopedTx, Error> {
    let mut tx = engine.db.begin_as(grant).await?;
    members::lock(&mut tx, Scope::of(grant)).await?;
    Ok(tx)
}

async fn within_an_hour(
    engine: &Engine,
    tx: &mut ScopedTx,
    principal: &Principal,
) -> Result<(), Error> {
    let (scope, since) = (tx.scope(), engine.clock.now().minus(HOUR));
    let sent = members::count_sent(tx, scope, principal.user, since).await?;
    if sent >= i64::from(MOST_AN_HOUR) {
        return Err(ServiceError::TooMany { seconds: HOUR.as_secs() }.into());
    }
    Ok(())
}

/// 256 bits.
fn new_token() -> Secret {
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(crate::random::bytes::<32>()))
}

fn open_already(error: storage::Error) -> Error {
    if error.is_duplicate() {
        let message = "An invitation is open for this address. Renew or revoke it.";
        return Field::Email.problem(message).into();
    }
    error.into()
}
