//! Who lets Hawser push to a Git target, and with whose account.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::world::git::{REPOSITORY, edited, target, wait_until};
use crate::world::{World, on_both};
use domain::{
    Actor, CredentialId, Field, Role, UserId,
    gitops::{GitTargetForm, TargetState},
    service::GitTargets,
};
use testkit::git_server::CANARY;

on_both!(
    r_git_06_an_account_is_for_who_connected_it,
    r_git_06_an_installation_is_bound_by_owners,
    a_target_that_points_elsewhere_waits_for_a_person,
);

fn with_role(actor: &Actor, role: Role) -> Actor {
    Actor { role, name: "Bob".into(), user: UserId::new(), ..actor.clone() }
}

async fn connect(world: &World, credential: CredentialId, way: &str) {
    let hex = |id: uuid::Uuid| id.simple().to_string();
    let spell = |id: uuid::Uuid| {
        if world.is_sqlite() { format!("x'{}'", hex(id)) } else { format!("'{}'", hex(id)) }
    };
    let (organization, id, user) = (
        spell(world.actor.organization.uuid()),
        spell(credential.uuid()),
        spell(world.actor.user.uuid()),
    );
    world
        .sql(&format!(
            "insert into git_connections (organization_id, credential_id, way, host, account_id, account, scopes,
               user_id, connected_at)
             values ({organization}, {id}, '{way}', 'git.example.com', 1, 'ada', 'repo', {user}, 1)"
        ))
        .await;
}

async fn r_git_06_an_account_is_for_who_connected_it(world: World) {
    let setting = world.setting().await;
    let bob = with_role(&world.actor, Role::Owner);
    world.known(&bob).await;
    connect(&world, setting.login, "web").await;
    let mut form = target(&setting.server, "bobs", setting.login, &[setting.export]);
    form.folder = "bob".into();
    let refused = GitTargets::save(&world.engine, &bob, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).unwrap().contains("Ada"), "{refused:?}");
    let detail = GitTargets::get(&world.engine, &bob, setting.target).await.unwrap();
    assert!(!detail.may_change);
    let form = GitTargetForm { folder: "other".into(), ..edited(&detail) };
    let refused = GitTargets::save(&world.engine, &bob, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some());
    let refused = GitTargets::push(&world.engine, &bob, setting.target).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "the first push is not Bob's");
    let workers = world.workers();
    GitTargets::push(&world.engine, &world.actor, setting.target).await.unwrap();
    world.settled(setting.target).await;
    // Nor does Bob push by hand or look into the repository with it later.
    let refused = GitTargets::push(&world.engine, &bob, setting.target).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some());
    let asked = setting.server.seen().len();
    let refused = GitTargets::preview(&world.engine, &bob, setting.target).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some());
    assert_eq!(setting.server.seen().len(), asked);
    let propagation = world.update(setting.credential, "second").await;
    assert_eq!(world.end_of(propagation).await.counts.healthy, 1, "it follows changes");
    workers.stop().await;
}

async fn r_git_06_an_installation_is_bound_by_owners(world: World) {
    let setting = world.setting().await;
    let installed = world.git_login("installed", CANARY).await;
    connect(&world, installed, "installation").await;
    let mut form = target(&setting.server, "app", installed, &[setting.export]);
    form.folder = "app".into();
    // Who connected it, but is no owner, and another one.
    let connector = Actor { role: Role::Admin, ..world.actor.clone() };
    let admin = with_role(&world.actor, Role::Admin);
    let owner = with_role(&world.actor, Role::Owner);
    world.known(&admin).await;
    world.known(&owner).await;
    for actor in [&connector, &admin] {
        let refused = GitTargets::save(&world.engine, actor, form.clone()).await.unwrap_err();
        assert!(refused.problem_of(Field::Credential).unwrap().contains("owner"), "{refused:?}");
    }
    let id = GitTargets::save(&world.engine, &owner, form).await.unwrap().id;
    assert!(GitTargets::push(&world.engine, &connector, id).await.is_err(), "the first push");
    assert!(GitTargets::preview(&world.engine, &admin, id).await.is_ok());
}

async fn a_target_that_points_elsewhere_waits_for_a_person(world: World) {
    let setting = world.setting().await;
    let server = &setting.server;
    let elsewhere = |branch: &str, detail: &_| GitTargetForm {
        branch: branch.into(),
        base: "main".into(),
        ..edited(detail)
    };
    let branches = || server.git(REPOSITORY, &["branch", "--format=%(refname:short)"]);
    // A push is queued, and the target is pointed to another branch before it runs.
    world.push(setting.target).await;
    world.save_target(elsewhere("one", &world.target(setting.target).await)).await;
    let mut other = target(server, "other", setting.login, &[setting.export]);
    other.folder = "other".into();
    let other = world.save_target(other).await;
    let workers = world.workers();
    world.pushed(other).await;
    workers.stop().await;
    assert_eq!(world.target(setting.target).await.summary.state, TargetState::New);
    assert_eq!(branches(), "main");

    // The same while a push runs.
    let workers = world.workers();
    world.pushed(setting.target).await;
    let count = || server.seen().iter().filter(|seen| seen.starts_with("POST")).count();
    let before = count();
    server.hook(REPOSITORY, "pre-receive", "sleep 1");
    world.update(setting.credential, "second").await;
    wait_until(|| count() > before).await;
    world.save_target(elsewhere("two", &world.target(setting.target).await)).await;
    server.hook(REPOSITORY, "pre-receive", "exit 0");
    world.pushed(other).await;
    workers.stop().await;
    assert_eq!(world.target(setting.target).await.summary.state, TargetState::New);
    assert_eq!(branches(), "main\none");
}
