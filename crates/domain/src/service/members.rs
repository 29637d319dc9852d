//! Members, and invitations.

use async_trait::async_trait;

use super::{Answer, Peer};
use crate::{
    InvitationId, Principal, Role, Secret, UserId,
    members::{InvitationLink, InvitationOffer, InviteForm, MemberDetail, MemberPage, SignUp},
    sessions::SignedIn,
};

/// Members of the organization.
#[async_trait]
pub trait Members: Send + Sync {
    /// Everybody, as far as the person who asks may see them.
    async fn list(&self, principal: &Principal) -> Answer<MemberPage>;
    /// One, with what depends on them.
    async fn get(&self, principal: &Principal, user: UserId) -> Answer<MemberDetail>;
    /// Invites somebody; the link is told once.
    async fn invite(&self, principal: &Principal, form: InviteForm) -> Answer<InvitationLink>;
    /// Gives an invitation another link and seven more days.
    async fn renew(&self, principal: &Principal, id: InvitationId) -> Answer<InvitationLink>;
    /// Takes an invitation back.
    async fn revoke(&self, principal: &Principal, id: InvitationId) -> Answer<()>;
    /// Makes who accepted an invitation a member; answers their name.
    async fn confirm(&self, principal: &Principal, id: InvitationId) -> Answer<String>;
    /// Says no to who accepted an invitation.
    async fn refuse(&self, principal: &Principal, id: InvitationId) -> Answer<()>;
    /// Gives a member another role.
    async fn change_role(&self, principal: &Principal, user: UserId, role: Role) -> Answer<()>;
    /// Takes all rights from a member until somebody resumes them.
    async fn suspend(&self, principal: &Principal, user: UserId) -> Answer<()>;
    /// Gives a suspended member their rights again.
    async fn resume(&self, principal: &Principal, user: UserId) -> Answer<()>;
    /// Ends a membership.
    async fn remove(&self, principal: &Principal, user: UserId) -> Answer<()>;
    /// Ends one's own.
    async fn leave(&self, principal: &Principal) -> Answer<()>;
    /// Makes another member an owner and oneself an admin, at once.
    async fn transfer(&self, principal: &Principal, user: UserId) -> Answer<()>;
}

/// Invitations, for whoever holds their link.
#[async_trait]
pub trait Invitations: Send + Sync {
    /// What a link offers; `None` for one that is unknown, used, expired, revoked or void.
    async fn offer(&self, token: &Secret) -> Answer<Option<InvitationOffer>>;
    /// Takes it, as the person who is signed in.
    async fn accept(&self, user: UserId, token: &Secret, peer: Peer) -> Answer<()>;
    /// Makes an account and takes it.
    async fn sign_up(&self, form: SignUp, token: &Secret, peer: Peer) -> Answer<SignedIn>;
    /// Declines it.
    async fn decline(&self, token: &Secret, peer: Peer) -> Answer<()>;
}
