//! Members and invitations: from the link to the right, and out again.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{net::IpAddr, sync::Arc, time::Duration};

use crate::env::{TestEnv, on_both};
use domain::{
    Action, Field, InvitationId, Principal, Role, Secret, ServiceError, UserId,
    audit::{AuditAction, AuditQuery},
    members::{InviteForm, MOST_AN_HOUR, SignUp},
    service::{Answer, Audit, Invitations, Members},
};
use engine::{Clock, Engine, ManualClock, SystemClock};

on_both!(
    an_invitation_leads_to_a_membership,
    a_link_works_once_and_for_seven_days,
    whoever_may_not_invite_any_more_lets_nobody_in,
    r_authz_an_admin_reaches_viewers_and_editors_alone,
    rights_end_with_the_membership_and_come_back_by_invitation_only,
    invitations_are_limited,
    an_organization_keeps_an_owner,
    no_last_owner_is_lost_in_a_race,
);

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn invite(email: &str, role: Role) -> InviteForm {
    InviteForm { email: email.into(), role: role.as_str().into() }
}

fn sign_up(email: &str) -> SignUp {
    SignUp {
        name: "Bob".into(),
        email: email.into(),
        password: Secret::new("correct horse battery".into()),
    }
}

async fn link(engine: &Engine, by: &Principal, email: &str, role: Role) -> Secret {
    Members::invite(engine, by, invite(email, role)).await.unwrap().token
}

/// The one that waits to be confirmed.
async fn waiting(engine: &Engine, by: &Principal) -> InvitationId {
    let page = Members::list(engine, by).await.unwrap();
    page.invitations.iter().find(|it| it.accepted_by.is_some()).unwrap().id
}

async fn recognized(env: &TestEnv, user: UserId) -> Option<Principal> {
    storage::sessions::principal(&env.db, user).await.unwrap()
}

/// Somebody new who was invited and confirmed.
async fn joined(env: &TestEnv, engine: &Engine, email: &str, role: Role) -> Principal {
    let token = link(engine, &env.principal, email, role).await;
    let user = engine.sign_up(sign_up(email), &token, PEER).await.unwrap().user;
    let id = waiting(engine, &env.principal).await;
    Members::confirm(engine, &env.principal, id).await.unwrap();
    recognized(env, user).await.unwrap()
}

async fn logged(env: &TestEnv, action: AuditAction) -> usize {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    Audit::list(&env.engine, &env.principal, query).await.unwrap().rows.len()
}

async fn an_invitation_leads_to_a_membership(env: TestEnv) {
    let engine = &env.engine;
    let token = link(engine, &env.principal, "Bob@Example.com", Role::Editor).await;
    let offer = engine.offer(&token).await.unwrap().unwrap();
    assert_eq!((offer.email.as_str(), offer.role), ("bob@example.com", Role::Editor));
    let user = engine.sign_up(sign_up("bob@elsewhere.example"), &token, PEER).await.unwrap().user;
    assert_eq!(recognized(&env, user).await, None, "nobody has confirmed it");
    assert_eq!(engine.offer(&token).await, Ok(None), "the link is used");
    let page = Members::list(engine, &env.principal).await.unwrap();
    let who = page.invitations[0].accepted_by.clone().unwrap();
    assert_eq!((who.name.as_str(), who.email.as_str()), ("Bob", "bob@elsewhere.example"));
    let id = page.invitations[0].id;
    assert_eq!(Members::confirm(engine, &env.principal, id).await, Ok("Bob".to_owned()));
    assert_eq!(recognized(&env, user).await.unwrap().role, Role::Editor);
    let again = Members::confirm(engine, &env.principal, id).await;
    assert_eq!(again, Err(ServiceError::NotFound));
    for action in
        [AuditAction::MemberInvited, AuditAction::InvitationAccepted, AuditAction::MemberJoined]
    {
        assert_eq!(logged(&env, action).await, 1, "{action:?}");
    }
}

async fn a_link_works_once_and_for_seven_days(env: TestEnv) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let engine = env.engine_with(clock.clone(), env.vault_config()).await;
    let first = link(&engine, &env.principal, "bob@example.com", Role::Viewer).await;
    let id = Members::list(&engine, &env.principal).await.unwrap().invitations[0].id;
    let second = Members::renew(&engine, &env.principal, id).await.unwrap().token;
    assert_eq!(engine.offer(&first).await, Ok(None), "the old link is dead");
    assert!(engine.offer(&second).await.unwrap().is_some());
    clock.advance(Duration::from_hours(7 * 24));
    assert_eq!(engine.offer(&second).await, Ok(None));
    let late = engine.sign_up(sign_up("bob@example.com"), &second, PEER).await.map(drop);
    assert_eq!(late, Err(ServiceError::NotFound));
    assert_eq!(
        Members::renew(&engine, &env.principal, id).await.map(drop),
        Err(ServiceError::NotFound)
    );
    // The address can be invited again; declining and revoking end it as well.
    let third = link(&engine, &env.principal, "bob@example.com", Role::Viewer).await;
    engine.decline(&third, PEER).await.unwrap();
    assert_eq!(engine.offer(&third).await, Ok(None));
    let fourth = link(&engine, &env.principal, "bob@example.com", Role::Viewer).await;
    let id = Members::list(&engine, &env.principal).await.unwrap().invitations[0].id;
    Members::revoke(&engine, &env.principal, id).await.unwrap();
    assert_eq!(engine.decline(&fourth, PEER).await, Err(ServiceError::NotFound));
    // Who accepted waits for fourteen days.
    let fifth = link(&engine, &env.principal, "bob@example.com", Role::Viewer).await;
    engine.sign_up(sign_up("bob@example.com"), &fifth, PEER).await.unwrap();
    let id = waiting(&engine, &env.principal).await;
    clock.advance(Duration::from_hours(14 * 24));
    let late = Members::confirm(&engine, &env.principal, id).await;
    assert_eq!(late, Err(ServiceError::NotFound));
}

async fn whoever_may_not_invite_any_more_lets_nobody_in(env: TestEnv) {
    let engine = &env.engine;
    let admin = env.member("Cem", Role::Admin).await;
    let taken = link(engine, &admin, "bob@example.com", Role::Editor).await;
    let open = link(engine, &admin, "dora@example.com", Role::Editor).await;
    let user = engine.sign_up(sign_up("bob@example.com"), &taken, PEER).await.unwrap().user;
    Members::change_role(engine, &env.principal, admin.user, Role::Editor).await.unwrap();
    let void = engine.sign_up(sign_up("dora@example.com"), &open, PEER).await.map(drop);
    assert_eq!(void, Err(ServiceError::NotFound));
    assert_eq!(env.count("select count(*) from users where email = 'dora@example.com'").await, 0);
    let id = waiting(engine, &env.principal).await;
    assert!(Members::confirm(engine, &env.principal, id).await.is_err());
    assert_eq!(recognized(&env, user).await, None);
    assert_eq!(logged(&env, AuditAction::InvitationVoid).await, 2);
}

async fn r_authz_an_admin_reaches_viewers_and_editors_alone(env: TestEnv) {
    let engine = &env.engine;
    let admin = env.member("Cem", Role::Admin).await;
    let other = env.member("Dora", Role::Admin).await;
    let viewer = env.member("Eve", Role::Viewer).await;
    let denied = |answer: Answer<()>| assert_eq!(answer, Err(ServiceError::NotAllowed));
    denied(Members::invite(engine, &admin, invite("a@b.example", Role::Admin)).await.map(drop));
    let owner = Members::invite(engine, &env.principal, invite("a@b.example", Role::Owner)).await;
    assert!(owner.unwrap_err().problem_of(Field::Role).is_some());
    for user in [other.user, env.principal.user] {
        denied(Members::change_role(engine, &admin, user, Role::Viewer).await);
        denied(Members::suspend(engine, &admin, user).await);
        denied(Members::remove(engine, &admin, user).await);
    }
    denied(Members::change_role(engine, &admin, admin.user, Role::Owner).await);
    denied(Members::change_role(engine, &admin, viewer.user, Role::Admin).await);
    denied(Members::transfer(engine, &admin, viewer.user).await);
    denied(Members::suspend(engine, &viewer, admin.user).await);
    Members::change_role(engine, &admin, viewer.user, Role::Editor).await.unwrap();
    // An admin's invitation is an owner's matter to the end.
    let token = link(engine, &env.principal, "fay@example.com", Role::Admin).await;
    engine.sign_up(sign_up("fay@example.com"), &token, PEER).await.unwrap();
    let id = waiting(engine, &env.principal).await;
    denied(Members::confirm(engine, &admin, id).await.map(drop));
    denied(Members::refuse(engine, &admin, id).await);
    Members::refuse(engine, &env.principal, id).await.unwrap();
    // What others see of a member.
    let seen = Members::list(engine, &recognized(&env, viewer.user).await.unwrap()).await.unwrap();
    assert!(seen.invitations.is_empty());
    assert!(seen.members.len() == 4 && seen.members.iter().all(|it| it.contact.is_none()));
    // A member of another organization is nobody here.
    let elsewhere = TestEnv::organization(&env.db, "Other").await;
    for answer in [
        Members::get(engine, &env.principal, elsewhere.user).await.map(drop),
        Members::suspend(engine, &env.principal, elsewhere.user).await,
        Members::remove(engine, &env.principal, elsewhere.user).await,
        Members::change_role(engine, &env.principal, elsewhere.user, Role::Viewer).await,
    ] {
        assert_eq!(answer, Err(ServiceError::NotFound));
    }
}

async fn rights_end_with_the_membership_and_come_back_by_invitation_only(env: TestEnv) {
    let engine = &env.engine;
    let bob = joined(&env, engine, "bob@example.com", Role::Editor).await;
    let holds = async |who: &Principal| {
        let grant = who.may(Action::ManageRepositories).unwrap();
        env.db.begin_as(&grant).await.is_ok()
    };
    assert!(holds(&bob).await);
    Members::suspend(engine, &env.principal, bob.user).await.unwrap();
    assert!(!holds(&bob).await && recognized(&env, bob.user).await.is_none());
    let twice = Members::suspend(engine, &env.principal, bob.user).await;
    assert!(matches!(twice, Err(ServiceError::Invalid(_))), "{twice:?}");
    Members::resume(engine, &env.principal, bob.user).await.unwrap();
    assert!(!holds(&bob).await, "what was recognized before counts no more");
    let bob = recognized(&env, bob.user).await.unwrap();
    assert!(holds(&bob).await);
    Members::leave(engine, &bob).await.unwrap();
    assert!(!holds(&bob).await && recognized(&env, bob.user).await.is_none());
    let resumed = Members::resume(engine, &env.principal, bob.user).await;
    assert_eq!(resumed, Err(ServiceError::NotFound));
    // By invitation, with the account they have, and as what they are invited.
    let token = link(engine, &env.principal, "bob@example.com", Role::Viewer).await;
    engine.accept(bob.user, &token, PEER).await.unwrap();
    let id = waiting(engine, &env.principal).await;
    let own = Members::confirm(engine, &bob, id).await;
    assert!(own.is_err(), "{own:?}");
    Members::confirm(engine, &env.principal, id).await.unwrap();
    assert_eq!(recognized(&env, bob.user).await.unwrap().role, Role::Viewer);
    assert!(!holds(&bob).await, "the rights of before stay gone");
    Members::remove(engine, &env.principal, bob.user).await.unwrap();
    assert_eq!(recognized(&env, bob.user).await, None);
}

async fn invitations_are_limited(env: TestEnv) {
    let engine = &env.engine;
    let address = |number: u32| format!("p{number}@example.com");
    for number in 0..MOST_AN_HOUR {
        link(engine, &env.principal, &address(number), Role::Viewer).await;
    }
    let more = Members::invite(engine, &env.principal, invite("q@example.com", Role::Viewer)).await;
    assert!(matches!(more, Err(ServiceError::TooMany { .. })), "{more:?}");
    let admin = env.member("Cem", Role::Admin).await;
    let twice = Members::invite(engine, &admin, invite(&address(1), Role::Viewer)).await;
    assert!(twice.unwrap_err().problem_of(Field::Email).unwrap().contains("is open"));
    let open = Members::list(engine, &admin).await.unwrap().invitations.len();
    assert_eq!(open, usize::try_from(MOST_AN_HOUR).unwrap());
}

async fn an_organization_keeps_an_owner(env: TestEnv) {
    let engine = &env.engine;
    let only = &env.principal;
    let last = |answer: Answer<()>| match answer {
        Err(ServiceError::LastOwner(names)) => names,
        other => panic!("{other:?}"),
    };
    assert!(last(Members::leave(engine, only).await).is_empty());
    let bob = env.member("Bob", Role::Editor).await;
    assert_eq!(last(Members::leave(engine, only).await), ["Bob"]);
    last(Members::change_role(engine, only, only.user, Role::Admin).await);
    // A suspended owner is none.
    Members::change_role(engine, only, bob.user, Role::Owner).await.unwrap();
    Members::suspend(engine, only, bob.user).await.unwrap();
    last(Members::leave(engine, only).await);
    Members::resume(engine, only, bob.user).await.unwrap();
    Members::change_role(engine, only, bob.user, Role::Editor).await.unwrap();
    Members::transfer(engine, only, bob.user).await.unwrap();
    assert_eq!(recognized(&env, bob.user).await.unwrap().role, Role::Owner);
    assert_eq!(recognized(&env, only.user).await.unwrap().role, Role::Admin);
}

/// Two owners end each other's right at the same time, in every way there is.
async fn no_last_owner_is_lost_in_a_race(env: TestEnv) {
    let engine = &env.engine;
    let (ada, bob) = (env.principal.user, env.member("Bob", Role::Owner).await.user);
    let owners = "select count(*) from members where role = 'owner' and state = 'active'";
    for round in 0..800 {
        env.sql("update members set role = 'owner', state = 'active'").await;
        let (one, two) =
            (recognized(&env, ada).await.unwrap(), recognized(&env, bob).await.unwrap());
        let end = async |by: &Principal, other: UserId| match round % 4 {
            0 => Members::change_role(engine, by, other, Role::Viewer).await,
            1 => Members::remove(engine, by, other).await,
            2 => Members::suspend(engine, by, other).await,
            _ => Members::leave(engine, by).await,
        };
        let (first, second) = tokio::join!(end(&one, bob), end(&two, ada));
        assert!(first.is_ok() != second.is_ok(), "{round}: {first:?} {second:?}");
        assert_eq!(env.count(owners).await, 1, "{round}");
    }
}
