//! Reading members: names and roles for everybody, the rest for those who manage members.

use domain::{
    Action, Principal, ServiceError, UserId,
    members::{Contact, Dependents, Member, MemberDetail, MemberPage},
};
use storage::members::MemberRow;

use crate::{Engine, Error, audit::reading};

/// What of a member the person who asks may see.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sees {
    Names,
    Contacts,
}

impl Sees {
    fn of(principal: &Principal) -> Self {
        if principal.role.includes(Action::ManageMembers) { Self::Contacts } else { Self::Names }
    }

    fn member(self, row: MemberRow) -> Member {
        let MemberRow { user, name, email, standing, joined_at, last_seen_at } = row;
        let contact = (self == Self::Contacts).then_some(Contact { email, last_seen_at });
        Member { user, name, standing, joined_at, contact }
    }
}

pub(super) async fn list(engine: &Engine, principal: &Principal) -> Result<MemberPage, Error> {
    let now = engine.clock.now();
    let (engine, scope) = reading(engine, principal, Action::View, "see the members").await?;
    let sees = Sees::of(principal);
    let rows = storage::members::list(&engine.db, scope).await?;
    let invitations = match sees {
        Sees::Contacts => storage::members::open_invitations(&engine.db, scope, now).await?,
        Sees::Names => Vec::new(),
    };
    Ok(MemberPage { members: rows.into_iter().map(|row| sees.member(row)).collect(), invitations })
}

pub(super) async fn get(
    engine: &Engine,
    principal: &Principal,
    user: UserId,
) -> Result<MemberDetail, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see a member").await?;
    let sees = Sees::of(principal);
    let row = storage::members::get(&engine.db, scope, user).await?;
    let member = sees.member(row.ok_or(ServiceError::NotFound)?);
    let dependents = match sees {
        Sees::Contacts => storage::members::dependents(&engine.db, scope, user).await?,
        Sees::Names => Dependents::default(),
    };
    Ok(MemberDetail { member, dependents })
}
