//! Who lets Hawser push to a Git target, and with whose account.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::env::git::{REPOSITORY, edited, target, wait_until};
use crate::env::{TestEnv, on_both};
use domain::{
    CredentialId, Field, Role,
    gitops::{DestinationState, GitTargetForm},
    service::GitTargets,
};
use testkit::git_server::CANARY;

on_both!(
    r_git_06_an_account_is_for_who_connected_it,
    r_git_06_an_installation_is_bound_by_owners,
    a_target_that_points_elsewhere_waits_for_a_person,
);

async fn connect(env: &TestEnv, credential: CredentialId, way: &str) {
    let hex = |id: uuid::Uuid| id.simple().to_string();
    let spell = |id: uuid::Uuid| {
        if env.is_sqlite() { format!("x'{}'", hex(id)) } else { format!("'{}'", hex(id)) }
    };
    let (organization, id, user) = (
        spell(env.principal.organization.uuid()),
        spell(credential.uuid()),
        spell(env.principal.user.uuid()),
    );
    env
        .sql(&format!(
            "insert into git_connections (organization_id, credential_id, way, host, account_id, account, scopes,
               user_id, connected_at)
             values ({organization}, {id}, '{way}', 'git.example.com', 1, 'ada', 'repo', {user}, 1)"
        ))
        .await;
}

async fn r_git_06_an_account_is_for_who_connected_it(env: TestEnv) {
    let setting = env.setting().await;
    let bob = env.member("Bob", Role::Owner).await;
    connect(&env, setting.login, "web").await;
    let mut form = target(&setting.server, "bobs", setting.login, &[setting.export]);
    form.folder = "bob".into();
    let refused = GitTargets::save(&env.engine, &bob, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).unwrap().contains("Ada"), "{refused:?}");
    let detail = GitTargets::get(&env.engine, &bob, setting.target).await.unwrap();
    assert!(!detail.may_change);
    let form = GitTargetForm { folder: "other".into(), ..edited(&detail) };
    let refused = GitTargets::save(&env.engine, &bob, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some());
    let refused = GitTargets::push(&env.engine, &bob, setting.target).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "the first push is not Bob's");
    let workers = env.workers();
    GitTargets::push(&env.engine, &env.principal, setting.target).await.unwrap();
    env.settled(setting.target).await;
    // Nor does Bob push by hand or look into the repository with it later.
    let refused = GitTargets::push(&env.engine, &bob, setting.target).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some());
    let asked = setting.server.seen().len();
    let refused = GitTargets::preview(&env.engine, &bob, setting.target).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some());
    assert_eq!(setting.server.seen().len(), asked);
    let propagation = env.update(setting.credential, "second").await;
    assert_eq!(env.end_of(propagation).await.counts.healthy, 1, "it follows changes");
    workers.stop().await;
}

async fn r_git_06_an_installation_is_bound_by_owners(env: TestEnv) {
    let setting = env.setting().await;
    let installed = env.git_login("installed", CANARY).await;
    connect(&env, installed, "installation").await;
    let mut form = target(&setting.server, "app", installed, &[setting.export]);
    form.folder = "app".into();
    // Who connected it, but is no owner, and another one.
    let connector = env.with_role(&env.principal, Role::Admin).await;
    let admin = env.member("Bob", Role::Admin).await;
    let owner = env.member("Bob", Role::Owner).await;
    for principal in [&connector, &admin] {
        let refused = GitTargets::save(&env.engine, principal, form.clone()).await.unwrap_err();
        assert!(refused.problem_of(Field::Credential).unwrap().contains("owner"), "{refused:?}");
    }
    let id = GitTargets::save(&env.engine, &owner, form).await.unwrap().id;
    assert!(GitTargets::push(&env.engine, &connector, id).await.is_err(), "the first push");
    assert!(GitTargets::preview(&env.engine, &admin, id).await.is_ok());
}

async fn a_target_that_points_elsewhere_waits_for_a_person(env: TestEnv) {
    let setting = env.setting().await;
    let server = &setting.server;
    let elsewhere = |branch: &str, detail: &_| GitTargetForm {
        branch: branch.into(),
        base: "main".into(),
        ..edited(detail)
    };
    let branches = || server.git(REPOSITORY, &["branch", "--format=%(refname:short)"]);
    // A push is queued, and the target is pointed to another branch before it runs.
    env.push(setting.target).await;
    env.save_target(elsewhere("one", &env.target(setting.target).await)).await;
    let mut other = target(server, "other", setting.login, &[setting.export]);
    other.folder = "other".into();
    let other = env.save_target(other).await;
    let workers = env.workers();
    env.pushed(other).await;
    workers.stop().await;
    assert_eq!(env.target(setting.target).await.summary.state, DestinationState::New);
    assert_eq!(branches(), "main");

    // The same while a push runs.
    let workers = env.workers();
    env.pushed(setting.target).await;
    let count = || server.seen().iter().filter(|seen| seen.starts_with("POST")).count();
    let before = count();
    server.hook(REPOSITORY, "pre-receive", "sleep 1");
    env.update(setting.credential, "second").await;
    wait_until(|| count() > before).await;
    env.save_target(elsewhere("two", &env.target(setting.target).await)).await;
    server.hook(REPOSITORY, "pre-receive", "exit 0");
    env.pushed(other).await;
    workers.stop().await;
    assert_eq!(env.target(setting.target).await.summary.state, DestinationState::New);
    assert_eq!(branches(), "main\none");
}
