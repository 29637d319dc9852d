//! An invitation, for whoever holds its link.

use domain::{
    Field, Secret, ServiceError, UserId,
    audit::{AuditAction, AuditActor, AuditTarget},
    members::{Invitation, InvitationOffer, InvitationState, Inviter, SignUp, Standing},
    service::Peer,
    sessions::SignedIn,
};
use storage::{
    Sweep, Tx,
    audit::Record,
    members::{self, StoredInvitation},
};

use crate::{
    Engine, Error, secret_hash,
    sessions::{hash_password, remember_browser, wrong_token},
};

pub(super) async fn offer(
    engine: &Engine,
    token: &Secret,
) -> Result<Option<InvitationOffer>, Error> {
    let found = find(engine, token).await?;
    Ok(found.and_then(|stored| match stored.invitation {
        Invitation::Invited(invited) => Some(InvitationOffer {
            organization: stored.organization,
            email: stored.email,
            role: stored.role,
            invited_by: stored.inviter,
            expires_at: invited.expires_at,
        }),
        Invitation::Accepted(_) | Invitation::Ended(_) => None,
    }))
}

pub(super) async fn accept(
    engine: &Engine,
    user: UserId,
    token: &Secret,
    peer: Peer,
) -> Result<(), Error> {
    let mut locked = lock_invitation(engine, token, peer).await?;
    let standing = members::standing(&mut locked.tx, locked.stored.scope, user).await?;
    if standing.is_some_and(Standing::is_member) {
        return Err(Field::Account
            .problem("You are a member of this organization already.")
            .into());
    }
    let profile = storage::sessions::profile(&engine.db, user).await?;
    let name = profile.ok_or(ServiceError::NotSignedIn)?.name;
    locked.accept(engine, user, &name, peer).await?.commit().await?;
    Ok(())
}

/// Makes the account and takes the invitation in one transaction.
pub(super) async fn sign_up(
    engine: &Engine,
    form: SignUp,
    token: &Secret,
    peer: Peer,
) -> Result<SignedIn, Error> {
    // Asked before the hashing, so that nobody without a link can make this machine hash.
    if offer(engine, token).await?.is_none() {
        return Err(wrong_token(engine, peer).await?);
    }
    let form = form.parse()?;
    let password_hash = hash_password(form.password.secret().clone()).await?;
    let (user, now) = (UserId::new(), engine.clock.now());
    let mut locked = lock_invitation(engine, token, peer).await?;
    let (email, name) = (form.email.as_str(), form.name.as_str());
    storage::sessions::insert_user(&mut locked.tx, user, email, name, &password_hash, now)
        .await
        .map_err(address_taken)?;
    let mut tx = locked.accept(engine, user, name, peer).await?;
    let browser = remember_browser(engine, &mut tx, user).await?;
    tx.commit().await?;
    Ok(SignedIn { user, browser })
}

pub(super) async fn decline(engine: &Engine, token: &Secret, peer: Peer) -> Result<(), Error> {
    let mut locked = lock_invitation(engine, token, peer).await?;
    let Invitation::Invited(invited) = locked.stored.invitation else {
        return Err(ServiceError::NotFound.into());
    };
    let entry = Entry { user: None, name: "", peer, action: AuditAction::InvitationDeclined };
    locked.store(engine, invited.declined(), entry).await?;
    Ok(locked.tx.commit().await?)
}

async fn find(engine: &Engine, token: &Secret) -> Result<Option<StoredInvitation>, Error> {
    let (hash, now) = (secret_hash::sha256(token), engine.clock.now());
    Ok(members::by_token(&engine.db, &hash, now).await?)
}

/// An invitation whose link waits, under the lock of its organization.
struct LockedInvitation {
    tx: Tx,
    stored: StoredInvitation,
}

async fn lock_invitation(
    engine: &Engine,
    token: &Secret,
    peer: Peer,
) -> Result<LockedInvitation, Error> {
    let Some(found) = find(engine, token).await? else {
        return Err(wrong_token(engine, peer).await?);
    };
    let mut tx = engine.db.begin_system(Sweep::Invitation).await?;
    members::lock(&mut tx, found.scope).await?;
    let (hash, now) = (secret_hash::sha256(token), engine.clock.now());
    let stored = members::of_token(&mut tx, found.scope, &hash, now).await?;
    match stored {
        Some(stored) if matches!(stored.invitation, Invitation::Invited(_)) => {
            Ok(LockedInvitation { tx, stored })
        }
        _ => Err(ServiceError::NotFound.into()),
    }
}

/// Who did it, and what the audit log calls it.
struct Entry<'a> {
    user: Option<UserId>,
    name: &'a str,
    peer: Peer,
    action: AuditAction,
}

impl LockedInvitation {
    /// Takes it for somebody; where whoever sent it may not invite any more, it ends, and nothing else happens.
    async fn accept(
        mut self,
        engine: &Engine,
        user: UserId,
        name: &str,
        peer: Peer,
    ) -> Result<Tx, Error> {
        let Invitation::Invited(invited) = self.stored.invitation else {
            return Err(ServiceError::NotFound.into());
        };
        let (scope, role) = (self.stored.scope, self.stored.role);
        let sender = members::standing(&mut self.tx, scope, self.stored.invited_by).await?;
        let after = invited.accepted(user, Inviter::of(sender, role), engine.clock.now());
        if after.state() == InvitationState::Void {
            self.void(engine, after, peer).await?;
            return Err(ServiceError::NotFound.into());
        }
        let action = AuditAction::InvitationAccepted;
        self.store(engine, after, Entry { user: Some(user), name, peer, action }).await?;
        engine.changes.tell(scope.organization());
        Ok(self.tx)
    }

    /// Ends it in a transaction of its own, so that an account that was made for it is not.
    async fn void(self, engine: &Engine, after: Invitation, peer: Peer) -> Result<(), Error> {
        let Self { tx, stored } = self;
        drop(tx);
        let tx = engine.db.begin_system(Sweep::Invitation).await?;
        let mut locked = Self { tx, stored };
        let entry = Entry { user: None, name: "", peer, action: AuditAction::InvitationVoid };
        locked.store(engine, after, entry).await?;
        Ok(locked.tx.commit().await?)
    }

    async fn store(
        &mut self,
        engine: &Engine,
        after: Invitation,
        entry: Entry<'_>,
    ) -> Result<(), Error> {
        let (scope, now) = (self.stored.scope, engine.clock.now());
        members::store(&mut self.tx, scope, self.stored.id, after).await?;
        let actor = match entry.user {
            Some(_) => AuditActor::Person(entry.name.to_owned()),
            None => AuditActor::Nobody,
        };
        let record = Record {
            actor,
            actor_id: entry.user,
            address: Some(entry.peer),
            action: entry.action,
            target: self.stored.email.clone(),
            target_id: entry.user.map(AuditTarget::Person),
            read: None,
            detail: format!("as {}", self.stored.role.as_str()),
        };
        Ok(storage::audit::record(&mut self.tx, scope, now, &record).await?)
    }
}

fn address_taken(error: storage::Error) -> Error {
    if error.is_duplicate() {
        let message = "There is an account with this address. Sign in with it instead.";
        return Field::Email.problem(message).into();
    }
    error.into()
}
