//! How memberships and invitations stand, and what may become of each. Whatever is no function here cannot happen.

use std::time::Duration;

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{Action, Role, Timestamp, UserId};

/// How long a link of an invitation can be used.
pub const LINK_LIFE: Duration = Duration::from_hours(7 * 24);

/// How long an accepted invitation waits to be confirmed.
pub const CONFIRMATION_LIFE: Duration = Duration::from_hours(14 * 24);

/// How a membership stands. Only an active one gives rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum MemberState {
    /// With the rights of its role.
    Active,
    /// Without rights, until somebody resumes it.
    Suspended,
    /// Ended by somebody else.
    Removed,
    /// Ended by the person.
    Left,
}

spelled!(MemberState);

/// Role and state of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The role.
    pub role: Role,
    /// The state.
    pub state: MemberState,
}

impl Standing {
    /// A membership that begins.
    #[must_use]
    pub const fn new(role: Role) -> Self {
        Self { role, state: MemberState::Active }
    }

    /// Whether it gives this right now.
    #[must_use]
    pub const fn includes(self, action: Action) -> bool {
        matches!(self.state, MemberState::Active) && self.role.includes(action)
    }

    /// Whether there is a membership at all.
    #[must_use]
    pub const fn is_member(self) -> bool {
        matches!(self.state, MemberState::Active | MemberState::Suspended)
    }

    /// Whether the organization has this person as an owner.
    #[must_use]
    pub const fn owns(self) -> bool {
        matches!(self, Self { role: Role::Owner, state: MemberState::Active })
    }

    /// Another role; of an active member only.
    #[must_use]
    pub fn with_role(self, role: Role) -> Option<Self> {
        (self.state == MemberState::Active && self.role != role).then_some(Self { role, ..self })
    }

    /// Without rights for a while; of an active member only.
    #[must_use]
    pub fn suspended(self) -> Option<Self> {
        self.becomes(MemberState::Active, MemberState::Suspended)
    }

    /// With rights again; of a suspended member only.
    #[must_use]
    pub fn resumed(self) -> Option<Self> {
        self.becomes(MemberState::Suspended, MemberState::Active)
    }

    /// Ended by somebody else.
    #[must_use]
    pub fn removed(self) -> Option<Self> {
        self.is_member().then_some(Self { state: MemberState::Removed, ..self })
    }

    /// Ended by the person, who is active or suspended.
    #[must_use]
    pub fn left(self) -> Option<Self> {
        self.is_member().then_some(Self { state: MemberState::Left, ..self })
    }

    fn becomes(self, from: MemberState, to: MemberState) -> Option<Self> {
        (self.state == from).then_some(Self { state: to, ..self })
    }
}

/// The right that it takes to have power over somebody with this role, or to give it.
#[must_use]
pub const fn right_over(role: Role) -> Action {
    match role {
        Role::Viewer | Role::Editor => Action::ManageMembers,
        Role::Admin | Role::Owner => Action::ManageAdmins,
    }
}

/// The roles that somebody with `role` may give, the least first.
pub fn roles_given_by(role: Role) -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().rev().filter(move |given| role.includes(right_over(*given)))
}

/// How an invitation is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum InvitationState {
    /// Its link waits for its person.
    Invited,
    /// It waits to be confirmed.
    Accepted,
    /// It became a membership.
    Active,
    /// Whoever manages members took it back.
    Revoked,
    /// Nobody took it, or confirmed it, in time.
    Expired,
    /// The person, or whoever had to confirm it, said no.
    Declined,
    /// Whoever sent it may not invite any more.
    Void,
}

spelled!(InvitationState);

/// An invitation in its state, with what may become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitation {
    /// Its link waits for its person.
    Invited(Invited),
    /// It waits to be confirmed.
    Accepted(Accepted),
    /// Nothing becomes of it any more.
    Ended(InvitationState),
}

/// An invitation whose link waits for its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// When the link ends.
    pub expires_at: Timestamp,
}

/// An invitation that was taken, and waits to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Who took it.
    pub by: UserId,
    /// When it has waited too long.
    pub expires_at: Timestamp,
}

/// Whether the person who invited may still do so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inviter {
    /// Active, and with the right over the role.
    May,
    /// Gone, suspended, or without it.
    MayNot,
}

impl Inviter {
    /// What a membership says of inviting to `role`.
    #[must_use]
    pub fn of(standing: Option<Standing>, role: Role) -> Self {
        match standing {
            Some(standing) if standing.includes(right_over(role)) => Self::May,
            _ => Self::MayNot,
        }
    }
}

impl Invitation {
    /// The same at this time: what has waited too long has expired.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Invited(Invited { expires_at }) | Self::Accepted(Accepted { expires_at, .. })
                if expires_at <= now =>
            {
                Self::Ended(InvitationState::Expired)
            }
            same => same,
        }
    }

    /// As it is stored.
    #[must_use]
    pub const fn state(self) -> InvitationState {
        match self {
            Self::Invited(_) => InvitationState::Invited,
            Self::Accepted(_) => InvitationState::Accepted,
            Self::Ended(state) => state,
        }
    }
}

impl Invited {
    /// A new one.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { expires_at: now.plus(LINK_LIFE) }
    }

    /// With a new link; the old one is dead.
    #[must_use]
    pub fn renewed(self, now: Timestamp) -> Self {
        Self::new(now)
    }

    /// Taken back.
    #[must_use]
    pub const fn revoked(self) -> Invitation {
        Invitation::Ended(InvitationState::Revoked)
    }

    /// Refused by the person.
    #[must_use]
    pub const fn declined(self) -> Invitation {
        Invitation::Ended(InvitationState::Declined)
    }

    /// Taken by `by`, if whoever sent it may still invite.
    #[must_use]
    pub fn accepted(self, by: UserId, inviter: Inviter, now: Timestamp) -> Invitation {
        match inviter {
            Inviter::May => {
                Invitation::Accepted(Accepted { by, expires_at: now.plus(CONFIRMATION_LIFE) })
            }
            Inviter::MayNot => Invitation::Ended(InvitationState::Void),
        }
    }
}

impl Accepted {
    /// Confirmed by somebody else, if whoever sent it may still invite; `None` where the person confirms
    /// themselves.
    #[must_use]
    pub fn confirmed(self, by: UserId, inviter: Inviter) -> Option<Invitation> {
        let state = match inviter {
            Inviter::May => InvitationState::Active,
            Inviter::MayNot => InvitationState::Void,
        };
        (by != self.by).then_some(Invitation::Ended(state))
    }

    /// Refused by whoever had to confirm it.
    #[must_use]
    pub const fn refused(self) -> Invitation {
        Invitation::Ended(InvitationState::Declined)
    }
}
