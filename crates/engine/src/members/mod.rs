//! Members: who they are, and what becomes of their memberships; invitations, from both sides.

mod invitation;
mod invite;
mod list;
mod standing;

use async_trait::async_trait;
use domain::{
    Field, InvitationId, Principal, Role, Secret, UserId,
    members::{InvitationLink, InvitationOffer, InviteForm, MemberDetail, MemberPage, SignUp},
    service::{Answer, Invitations, Members, Peer},
    sessions::SignedIn,
};

use crate::{Engine, Error, error::answer};

#[async_trait]
impl Members for Engine {
    async fn list(&self, principal: &Principal) -> Answer<MemberPage> {
        list::list(self, principal).await.map_err(answer)
    }

    async fn get(&self, principal: &Principal, user: UserId) -> Answer<MemberDetail> {
        list::get(self, principal, user).await.map_err(answer)
    }

    async fn invite(&self, principal: &Principal, form: InviteForm) -> Answer<InvitationLink> {
        invite::invite(self, principal, &form).await.map_err(answer)
    }

    async fn renew(&self, principal: &Principal, id: InvitationId) -> Answer<InvitationLink> {
        invite::renew(self, principal, id).await.map_err(answer)
    }

    async fn revoke(&self, principal: &Principal, id: InvitationId) -> Answer<()> {
        invite::revoke(self, principal, id).await.map_err(answer)
    }

    async fn confirm(&self, principal: &Principal, id: InvitationId) -> Answer<String> {
        invite::confirm(self, principal, id).await.map_err(answer)
    }

    async fn refuse(&self, principal: &Principal, id: InvitationId) -> Answer<()> {
        invite::refuse(self, principal, id).await.map_err(answer)
    }

    async fn change_role(&self, principal: &Principal, user: UserId, role: Role) -> Answer<()> {
        standing::change_role(self, principal, user, role).await.map_err(answer)
    }

    async fn suspend(&self, principal: &Principal, user: UserId) -> Answer<()> {
        standing::suspend(self, principal, user).await.map_err(answer)
    }

    async fn resume(&self, principal: &Principal, user: UserId) -> Answer<()> {
        standing::resume(self, principal, user).await.map_err(answer)
    }

    async fn remove(&self, principal: &Principal, user: UserId) -> Answer<()> {
        standing::remove(self, principal, user).await.map_err(answer)
    }

    async fn leave(&self, principal: &Principal) -> Answer<()> {
        standing::leave(self, principal).await.map_err(answer)
    }

    async fn transfer(&self, principal: &Principal, user: UserId) -> Answer<()> {
        standing::transfer(self, principal, user).await.map_err(answer)
    }
}

#[async_trait]
impl Invitations for Engine {
    async fn offer(&self, token: &Secret) -> Answer<Option<InvitationOffer>> {
        invitation::offer(self, token).await.map_err(answer)
    }

    async fn accept(&self, user: UserId, token: &Secret, peer: Peer) -> Answer<()> {
        invitation::accept(self, user, token, peer).await.map_err(answer)
    }

    async fn sign_up(&self, form: SignUp, token: &Secret, peer: Peer) -> Answer<SignedIn> {
        invitation::sign_up(self, form, token, peer).await.map_err(answer)
    }

    async fn decline(&self, token: &Secret, peer: Peer) -> Answer<()> {
        invitation::decline(self, token, peer).await.map_err(answer)
    }
}

/// Somebody was quicker than the person who looks at the page of before.
fn moved_on() -> Error {
    Field::Account
        .problem("This changed meanwhile, so nothing was done. Load the page again.")
        .into()
}
