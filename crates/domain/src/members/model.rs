//! Memberships and invitations against a model: 10,000 runs of 40 events.

use std::{collections::BTreeMap, time::Duration};

use super::{Invitation, InvitationState, Invited, Inviter, MemberState, Standing};
use crate::{Role, Timestamp, UserId};

/// What is told in words, as the table of the documentation tells it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Words {
    invitation: Option<&'static str>,
    member: BTreeMap<u8, &'static str>,
}

/// Numbers that follow from a seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }
}

fn user(number: u8) -> UserId {
    uuid::Uuid::from_u128(u128::from(number)).into()
}

/// One organization with one invitation at a time, by our functions.
struct Ours {
    now: Timestamp,
    invitation: Option<Invitation>,
    members: BTreeMap<u8, Standing>,
}

/// The same by words: which event leads from which state to which, and after how many days one ends.
#[derive(Default)]
struct Model {
    words: Words,
    ends_in_days: u64,
    taken_by: u8,
}

const EVENTS: [&str; 12] = [
    "invite", "renew", "revoke", "decline", "accept", "confirm", "refuse", "suspend", "resume",
    "remove", "leave", "days",
];

#[test]
fn every_run_of_events_ends_where_the_model_does() {
    for seed in 0..10_000 {
        let mut numbers = Numbers(seed);
        let mut ours = Ours {
            now: Timestamp::from_millis(0),
            invitation: None,
            members: BTreeMap::from([(0, Standing::new(Role::Owner))]),
        };
        let mut model = Model::default();
        model.words.member.insert(0, "active");
        for step in 0..40 {
            let event = EVENTS[usize::try_from(numbers.below(12)).unwrap()];
            let (who, by) = (
                1 + u8::try_from(numbers.below(2)).unwrap(),
                u8::try_from(numbers.below(3)).unwrap(),
            );
            let days = 1 + numbers.below(9);
            let inviter = if numbers.below(5) == 0 { Inviter::MayNot } else { Inviter::May };
            ours.take(event, (who, by), days, inviter);
            model.take(event, (who, by), days, inviter == Inviter::May);
            assert_eq!(ours.words(), model.words, "seed {seed}, step {step}: {event} {who} {by}");
        }
    }
}

impl Ours {
    fn take(&mut self, event: &str, (who, by): (u8, u8), days: u64, inviter: Inviter) {
        if event == "days" {
            self.now = self.now.plus(Duration::from_hours(24 * days));
        }
        self.invitation = self.invitation.map(|it| it.at(self.now));
        match (event, self.invitation) {
            ("invite", None | Some(Invitation::Ended(_))) => {
                self.invitation = Some(Invitation::Invited(Invited::new(self.now)));
            }
            ("renew", Some(Invitation::Invited(it))) => {
                self.invitation = Some(Invitation::Invited(it.renewed(self.now)));
            }
            ("revoke", Some(Invitation::Invited(it))) => self.invitation = Some(it.revoked()),
            ("decline", Some(Invitation::Invited(it))) => self.invitation = Some(it.declined()),
            ("accept", Some(Invitation::Invited(it))) if !self.is_member(who) => {
                self.invitation = Some(it.accepted(user(who), inviter, self.now));
            }
            ("confirm", Some(Invitation::Accepted(it))) => {
                if let Some(after) = it.confirmed(user(by), inviter) {
                    self.invitation = Some(after);
                    if after.state() == InvitationState::Active {
                        let joined = u8::try_from(it.by.uuid().as_u128()).unwrap();
                        self.members.insert(joined, Standing::new(Role::Editor));
                    }
                }
            }
            ("refuse", Some(Invitation::Accepted(it))) => self.invitation = Some(it.refused()),
            _ => {}
        }
        if let Some(before) = self.members.get(&who).copied() {
            let after = match event {
                "suspend" => before.suspended(),
                "resume" => before.resumed(),
                "remove" => before.removed(),
                "leave" => before.left(),
                _ => None,
            };
            self.members.insert(who, after.unwrap_or(before));
        }
    }

    fn is_member(&self, who: u8) -> bool {
        self.members.get(&who).is_some_and(|standing| standing.is_member())
    }

    fn words(&self) -> Words {
        let invitation = self.invitation.map(|it| it.state().as_str());
        let member = self.members.iter().map(|(who, it)| (*who, it.state.as_str())).collect();
        Words { invitation, member }
    }
}

impl Model {
    fn take(&mut self, event: &str, (who, by): (u8, u8), days: u64, inviter_may: bool) {
        let is_open = matches!(self.words.invitation, Some("invited" | "accepted"));
        if event == "days" && is_open {
            self.ends_in_days = self.ends_in_days.saturating_sub(days);
            if self.ends_in_days == 0 {
                self.words.invitation = Some("expired");
            }
        }
        let is_member = matches!(self.words.member.get(&who), Some(&("active" | "suspended")));
        let after = match (event, self.words.invitation.unwrap_or("none")) {
            ("invite", "none" | "active" | "revoked" | "expired" | "declined" | "void")
            | ("renew", "invited") => {
                self.ends_in_days = 7;
                Some("invited")
            }
            ("revoke", "invited") => Some("revoked"),
            ("decline", "invited") | ("refuse", "accepted") => Some("declined"),
            ("accept", "invited") if !is_member && inviter_may => {
                (self.ends_in_days, self.taken_by) = (14, who);
                Some("accepted")
            }
            ("accept", "invited") if !is_member => Some("void"),
            ("confirm", "accepted") if by != self.taken_by && inviter_may => {
                self.words.member.insert(self.taken_by, "active");
                Some("active")
            }
            ("confirm", "accepted") if by != self.taken_by => Some("void"),
            _ => None,
        };
        if after.is_some() {
            self.words.invitation = after;
        }
        let member = match (event, self.words.member.get(&who).copied().unwrap_or("none")) {
            ("suspend", "active") => "suspended",
            ("resume", "suspended") => "active",
            ("remove", "active" | "suspended") => "removed",
            ("leave", "active" | "suspended") => "left",
            _ => return,
        };
        self.words.member.insert(who, member);
    }
}

#[test]
fn only_an_active_membership_gives_rights() {
    for state in MemberState::ALL {
        let standing = Standing { role: Role::Owner, state };
        let is_active = state == MemberState::Active;
        assert_eq!(standing.includes(crate::Action::View), is_active, "{state:?}");
        assert_eq!(standing.owns(), is_active, "{state:?}");
    }
}
