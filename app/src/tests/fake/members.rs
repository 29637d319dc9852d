//! Members and invitations.

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    InvitationId, Principal, Role, Secret, ServiceError, UserId,
    members::{
        Contact, Dependents, InvitationLink, InvitationOffer, InviteForm, Invitee, Member,
        MemberDetail, MemberPage, OpenInvitation, SignUp, Standing,
    },
    service::{Answer, Invitations, Members, Peer},
    sessions::SignedIn,
};

use super::{Fake, NOW, SECRET, id};

fn member(name: &str, role: Role) -> Member {
    Member {
        user: id(),
        name: name.into(),
        standing: Standing::new(role),
        joined_at: NOW,
        contact: Some(Contact { email: "<b>ada@example.com".into(), last_seen_at: None }),
    }
}

fn link() -> InvitationLink {
    InvitationLink {
        email: "bob@example.com".into(),
        token: Secret::new(SECRET.into()),
        expires_at: NOW.plus(Duration::from_hours(24)),
    }
}

#[async_trait]
impl Members for Fake {
    async fn list(&self, _: &Principal) -> Answer<MemberPage> {
        let invitation = |accepted_by| OpenInvitation {
            id: id(),
            email: "bob@example.com".into(),
            role: Role::Editor,
            invited_by: "Ada".into(),
            invited_at: NOW,
            expires_at: NOW.plus(Duration::from_hours(24)),
            accepted_by,
        };
        let bob = Invitee {
            user: uuid::Uuid::nil().into(),
            name: "Bob".into(),
            email: "bob@elsewhere.example".into(),
        };
        Ok(MemberPage {
            members: vec![member("Ada", Role::Owner)],
            invitations: vec![invitation(Some(bob)), invitation(None)],
        })
    }
    async fn get(&self, _: &Principal, user: UserId) -> Answer<MemberDetail> {
        if user != id() {
            return Err(ServiceError::NotFound);
        }
        let dependents =
            Dependents { git_accounts: vec!["octocat".into()], git_targets: vec!["prod".into()] };
        Ok(MemberDetail { member: member("Bob", Role::Viewer), dependents })
    }
    async fn invite(&self, _: &Principal, form: InviteForm) -> Answer<InvitationLink> {
        form.parse().map(|_| link())
    }
    async fn renew(&self, _: &Principal, _: InvitationId) -> Answer<InvitationLink> {
        Ok(link())
    }
    async fn revoke(&self, _: &Principal, _: InvitationId) -> Answer<()> {
        self.answers()
    }
    async fn confirm(&self, _: &Principal, _: InvitationId) -> Answer<String> {
        self.answers().map(|()| "Bob".into())
    }
    async fn refuse(&self, _: &Principal, _: InvitationId) -> Answer<()> {
        self.answers()
    }
    async fn change_role(&self, _: &Principal, _: UserId, _: Role) -> Answer<()> {
        self.answers()
    }
    async fn suspend(&self, _: &Principal, _: UserId) -> Answer<()> {
        self.answers()
    }
    async fn resume(&self, _: &Principal, _: UserId) -> Answer<()> {
        self.answers()
    }
    async fn remove(&self, _: &Principal, _: UserId) -> Answer<()> {
        self.answers()
    }
    async fn leave(&self, _: &Principal) -> Answer<()> {
        self.answers()
    }
    async fn transfer(&self, _: &Principal, _: UserId) -> Answer<()> {
        self.answers()
    }
}

#[async_trait]
impl Invitations for Fake {
    async fn offer(&self, _: &Secret) -> Answer<Option<InvitationOffer>> {
        Ok(Some(InvitationOffer {
            organization: "Acme".into(),
            email: "bob@example.com".into(),
            role: Role::Editor,
            invited_by: "Ada".into(),
            expires_at: NOW.plus(Duration::from_hours(24)),
        }))
    }
    async fn accept(&self, _: UserId, _: &Secret, _: Peer) -> Answer<()> {
        self.answers()
    }
    async fn sign_up(&self, form: SignUp, _: &Secret, _: Peer) -> Answer<SignedIn> {
        self.answers()?;
        form.parse().map(|_| SignedIn { user: id(), browser: None })
    }
    async fn decline(&self, _: &Secret, _: Peer) -> Answer<()> {
        self.answers()
    }
}
