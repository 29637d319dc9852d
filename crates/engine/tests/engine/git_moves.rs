//! What becomes of the files of a Git target that moves to another folder or branch.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::git::{REPOSITORY, edited, target};
use crate::env::{TestEnv, on_both};
use domain::{
    audit::{AuditAction, AuditQuery},
    gitops::{DestinationState, GitTargetForm},
    service::{Audit, Exports, GitTargets},
};
use engine::{Clock, SystemClock};
use storage::gitops::Touched;
use testkit::git_server::GitServer;

on_both!(
    a_target_that_comes_back_to_a_branch_takes_its_files_over,
    a_branch_that_begins_at_another_one_brings_its_files_along,
    a_second_target_makes_its_branch_from_the_first,
    a_request_for_another_branch_has_a_branch_of_its_own,
    r_audit_all_that_changes_at_a_target_is_told,
    a_folder_that_moves_takes_its_files_along,
    what_moved_since_it_was_found_waits_for_a_person,
);

const FILE: &str = "clusters/prod/regcred.yaml";

fn file(server: &GitServer) -> String {
    at(server, "main")
}

fn at(server: &GitServer, branch: &str) -> String {
    server.git(REPOSITORY, &["show", &format!("{branch}:{FILE}")])
}

async fn a_target_that_comes_back_to_a_branch_takes_its_files_over(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let first = env.pushed(setting.target).await;
    let form = GitTargetForm { branch: "next".into(), ..edited(&first) };
    let saved = GitTargets::save(&env.engine, &env.principal, form).await.unwrap();
    let left = saved.left.unwrap();
    assert_eq!((left.count, left.branch.as_str()), (1, "main"));
    assert_eq!(env.target(setting.target).await.summary.state, DestinationState::New);
    env.pushed(setting.target).await;
    let back = edited(&env.target(setting.target).await);
    env.save_target(GitTargetForm { branch: "main".into(), ..back }).await;
    assert_eq!(env.pushed(setting.target).await.files, first.files);
    let before = file(&setting.server);
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    assert_ne!(file(&setting.server), before);
    workers.stop().await;
}

async fn a_branch_that_begins_at_another_one_brings_its_files_along(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let first = env.pushed(setting.target).await;
    let form = GitTargetForm { branch: "next".into(), ..edited(&first) };
    env.save_target(form).await;
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    assert!(preview.is_new_branch && preview.changes.is_empty());
    assert_eq!(preview.notes, [], "nobody else wrote the file");
    assert_eq!(env.pushed(setting.target).await.files, first.files);
    let heads =
        ["main", "next"].map(|branch| setting.server.git(REPOSITORY, &["rev-parse", branch]));
    assert_eq!(heads[0], heads[1], "the branch is there, and needs no commit");
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    assert_eq!(env.settled(setting.target).await.summary.state, DestinationState::InStep);
    assert_ne!(at(&setting.server, "next"), at(&setting.server, "main"));
    workers.stop().await;
}

async fn a_second_target_makes_its_branch_from_the_first(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    let mut form = target(&setting.server, "stage", setting.login, &[setting.export]);
    form.branch = "stage".into();
    let stage = env.save_target(form).await;
    assert_eq!(env.pushed(stage).await.files.len(), 1);
    assert_eq!(at(&setting.server, "stage"), at(&setting.server, "main"));
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    for id in [setting.target, stage] {
        assert_eq!(env.settled(id).await.summary.state, DestinationState::InStep);
    }
    assert_eq!(at(&setting.server, "stage"), at(&setting.server, "main"));
    workers.stop().await;
}

/// The first request holds what its branch began with, which is not for the other branch.
async fn a_request_for_another_branch_has_a_branch_of_its_own(env: TestEnv) {
    let setting = env.setting().await;
    let server = &setting.server;
    server.git(REPOSITORY, &["branch", "release", "main"]);
    server.commit(REPOSITORY, "main", &[("unfinished.md", "not for a release\n")]);
    let mut form = edited(&env.target(setting.target).await);
    form.mode = "pull_request".into();
    env.save_target(form).await;
    let workers = env.workers();
    let first = env.pushed(setting.target).await;
    let form = GitTargetForm { branch: "release".into(), ..edited(&first) };
    env.save_target(form).await;
    env.pushed(setting.target).await;
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    let second = env.settled(setting.target).await;
    assert_eq!(second.summary.state, DestinationState::InStep);
    assert_ne!(first.work_branch, second.work_branch);
    let range = format!("release..{}", second.work_branch);
    let brought = server.git(REPOSITORY, &["log", "--format=%an", &range]);
    assert_eq!(brought.lines().collect::<Vec<_>>(), ["Hawser", "Hawser"]);
    let files = server.git(REPOSITORY, &["diff", "--name-only", &range.replace("..", "...")]);
    assert_eq!(files, FILE);
    workers.stop().await;
}

async fn r_audit_all_that_changes_at_a_target_is_told(env: TestEnv) {
    let setting = env.setting().await;
    let mut form = edited(&env.target(setting.target).await);
    form.credential = env.git_login("other", testkit::git_server::CANARY).await.to_string();
    (form.mode, form.folder) = ("pull_request".into(), "apps".into());
    env.save_target(form).await;
    let action = Some(AuditAction::GitTargetSaved);
    let query = AuditQuery { action, ..AuditQuery::default() };
    let lines = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!(lines[0].detail, "writes below apps now; opens pull requests now; other credential");
}

async fn a_folder_that_moves_takes_its_files_along(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let detail = env.pushed(setting.target).await;
    let form = GitTargetForm { folder: "clusters/new".into(), ..edited(&detail) };
    env.save_target(form).await;
    env.settled(setting.target).await;
    let files = setting.server.git(REPOSITORY, &["ls-tree", "-r", "--name-only", "main"]);
    assert_eq!(files, "README.md\napps/a.yaml\nclusters/new/regcred.yaml");
    assert_eq!(env.target(setting.target).await.files, ["clusters/new/regcred.yaml"]);
    // The next update goes there, and is listed.
    let propagation = env.update(setting.credential, "second").await;
    let end = env.end_of(propagation).await;
    let uses = Exports::uses(&env.engine, &env.principal, setting.credential).await.unwrap();
    assert_eq!(uses[0].vault_version, Some(2), "{end:?}");
    workers.stop().await;
}

/// A change finds the target, somebody has it write elsewhere, and the change goes on.
async fn what_moved_since_it_was_found_waits_for_a_person(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    workers.stop().await;
    let touched = Touched::Export(setting.export);
    let mut tx = env.db.begin().await.unwrap();
    let found = storage::gitops::affected(&mut tx, env.scope(), touched).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found.targets, [setting.target]);

    let mut form = edited(&env.target(setting.target).await);
    form.branch = "other".into();
    env.save_target(form).await;
    let now = SystemClock.now();
    let mut tx = env.db.begin().await.unwrap();
    let marked = storage::gitops::targets_pending(&mut tx, env.scope(), &found.targets, now).await;
    assert_eq!(marked.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(env.target(setting.target).await.summary.state, DestinationState::New);
}
