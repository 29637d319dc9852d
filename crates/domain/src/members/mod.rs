//! Members of an organization, and invitations to it.

#[cfg(test)]
mod model;
mod states;

pub use states::{
    Accepted, CONFIRMATION_LIFE, Invitation, InvitationState, Invited, Inviter, LINK_LIFE,
    MemberState, Standing, right_over, roles_given_by,
};

use serde::{Deserialize, Serialize};

use crate::{
    Email, Field, FieldProblem, InvitationId, Name, NewPassword, Role, Secret, ServiceError,
    Timestamp, UserId, error::all,
};

/// The most invitations of an organization that are open at once.
pub const MOST_OPEN: u32 = 200;

/// The most invitations that one person sends or renews in an hour.
pub const MOST_AN_HOUR: u32 = 20;

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Role and state: active or suspended.
    pub standing: Standing,
    /// Since when.
    pub joined_at: Timestamp,
    /// What those who manage members see; `None` for others.
    pub contact: Option<Contact>,
}

/// What of a member only those see who manage members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The e-mail address.
    pub email: String,
    /// When they last used Hawser, as far as a session of theirs still tells.
    pub last_seen_at: Option<Timestamp>,
}

/// An invitation that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Which.
    pub id: InvitationId,
    /// For whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Who sent it.
    pub invited_by: String,
    /// When, or when it was last renewed.
    pub invited_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Who took it, where it waits to be confirmed.
    pub accepted_by: Option<Invitee>,
}

/// Who took an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// The person.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address, which need not be the one that was invited.
    pub email: String,
}

/// Everybody, as far as the person who asks may see them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberPage {
    /// Active and suspended members, by name.
    pub members: Vec<Member>,
    /// Invitations that are not over, those that wait to be confirmed first; none for those who do not manage members.
    pub invitations: Vec<OpenInvitation>,
}

/// What works with the account of a person, and stops working without them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependents {
    /// The Git accounts that they connected.
    pub git_accounts: Vec<String>,
    /// The Git targets that push with one of these.
    pub git_targets: Vec<String>,
}

impl Dependents {
    /// Whether nothing does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.git_accounts.is_empty() && self.git_targets.is_empty()
    }
}

/// A member and what depends on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDetail {
    /// The member.
    pub member: Member,
    /// What depends on them; nothing for those who do not manage members.
    pub dependents: Dependents,
}

/// What the link of an invitation shows to whoever holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationOffer {
    /// The organization.
    pub organization: String,
    /// For whom it was made.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Who sent it.
    pub invited_by: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a link is made of, once.
#[derive(Debug, Clone)]
pub struct InvitationLink {
    /// For whom.
    pub email: String,
    /// What the link carries; only its SHA-256 is kept.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The form that invites somebody, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InviteForm {
    /// The e-mail address.
    pub email: String,
    /// The role.
    pub role: String,
}

impl InviteForm {
    /// Checks both fields.
    ///
    /// # Errors
    /// All problems at once; an owner cannot be invited.
    pub fn parse(&self) -> Result<(Email, Role), ServiceError> {
        let role = match Role::parse(&self.role) {
            Some(Role::Owner) => Err(Field::Role
                .problem("Owners are made by promotion. Invite an admin and promote them later.")),
            Some(role) => Ok(role),
            None => Err(Field::Role.problem("Choose a role.")),
        };
        Ok(all!(Email::parse(&self.email), role))
    }
}

/// Reads the role of a form.
///
/// # Errors
/// The field's problem when it is none.
pub fn parse_role(text: &str) -> Result<Role, FieldProblem> {
    Role::parse(text).ok_or_else(|| Field::Role.problem("Choose a role."))
}

/// The form of a new person with an invitation, as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignUp {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: Secret,
}

/// A sign-up that passed the rules.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields of `SignUp`, checked")]
pub struct NewAccount {
    pub name: Name,
    pub email: Email,
    pub password: NewPassword,
}

impl SignUp {
    /// Checks every field.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(self) -> Result<NewAccount, ServiceError> {
        let (name, email, password) = all!(
            Name::parse(&self.name),
            Email::parse(&self.email),
            NewPassword::parse(self.password)
        );
        Ok(NewAccount { name, email, password })
    }
}
