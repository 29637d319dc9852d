//! Exports on their way to a real Git repository, whatever happens meanwhile.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::git::{REPOSITORY, wait_until};
use crate::env::{TestEnv, forms, on_both, registry::Registry};
use domain::{
    Cause,
    audit::{AuditAction, AuditQuery},
    gitops::{DestinationState, DiffKind, FileChangeKind},
    propagation::{DeliveryState, DeliveryTarget},
    service::{Audit, Credentials, Exports, GitTargets},
};
use testkit::git_server::{Bridge, CANARY, GitServer};

on_both!(
    the_first_push_is_a_persons,
    an_update_renders_again_and_its_progress_shows_it,
    nothing_is_committed_twice,
    r_git_04_a_moved_branch_is_rendered_again,
    a_rejected_push_needs_a_person,
    a_commit_whose_answer_was_lost_is_found,
    a_killed_push_is_taken_up_and_commits_once,
    a_candidate_is_in_no_manifest,
    a_wrong_password_needs_a_person_and_an_update_heals,
    a_deleted_target_holds_up_no_propagation,
);

const FILE: &str = "main:clusters/prod/regcred.yaml";

fn count(server: &GitServer) -> usize {
    server.git(REPOSITORY, &["rev-list", "--count", "main"]).parse().unwrap()
}

fn file(server: &GitServer) -> String {
    server.git(REPOSITORY, &["show", FILE])
}

async fn the_first_push_is_a_persons(env: TestEnv) {
    let setting = env.setting().await;
    let (server, before) = (&setting.server, count(&setting.server));
    let workers = env.workers();
    let saved = env.update_of(setting.credential, "second").await;
    assert_eq!(saved.propagation, None, "a place that nobody brought in step waits for nothing");
    let detail = env.target(setting.target).await;
    assert_eq!((detail.summary.state, detail.may_change), (DestinationState::New, true));
    assert_eq!((count(server), server.seen().len()), (before, 0), "the server was not asked");

    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    assert_eq!(preview.head, server.head(REPOSITORY, "main"));
    let change = &preview.changes[0];
    assert_eq!(
        (preview.changes.len(), change.path.as_str(), change.kind),
        (1, "clusters/prod/regcred.yaml", FileChangeKind::Added)
    );
    assert!(change.lines.iter().all(|line| line.kind == DiffKind::Added));

    let detail = env.pushed(setting.target).await;
    assert_eq!(detail.summary.last_commit, server.head(REPOSITORY, "main"));
    assert_eq!(detail.files, ["clusters/prod/regcred.yaml"]);
    let text: Vec<_> = change.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(file(server), text.join("\n"), "the preview is what was pushed");
    assert!(file(server).contains("kind: ExternalSecret"));
    let log = server.git(REPOSITORY, &["log", "-1", "--format=%an <%ae>|%B", "main"]);
    assert_eq!(
        log,
        "Hawser <hawser@localhost>|hawser: update 1 file of prod\n\nregistry: version 2"
    );
    assert_eq!(count(server), before + 1);
    server.assert_sound(REPOSITORY);
    let query = AuditQuery { action: Some(AuditAction::GitPushed), ..AuditQuery::default() };
    assert_eq!(Audit::list(&env.engine, &env.principal, query).await.unwrap().rows.len(), 1);
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    assert!(preview.changes.is_empty());
    workers.stop().await;
}

async fn an_update_renders_again_and_its_progress_shows_it(env: TestEnv) {
    let setting = env.setting().await;
    let registry = Registry::start(Some("first")).await;
    env.linked(&registry, setting.credential, 2).await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    assert!(file(&setting.server).contains(&format!("127.0.0.1:{}", registry.port())));

    registry.set_password("second");
    let propagation = env.update(setting.credential, "second").await;
    let progress = env.end_of(propagation).await;
    assert_eq!((progress.counts.healthy, progress.counts.total()), (3, 3), "{progress:?}");
    let line =
        progress.lines.iter().find(|line| line.place == DeliveryTarget::GitTarget(setting.target));
    let line = line.unwrap();
    assert_eq!((line.name.as_str(), line.state), ("prod", DeliveryState::Healthy));
    assert!(file(&setting.server).contains("version: \"2\""), "{}", file(&setting.server));

    let uses = Exports::uses(&env.engine, &env.principal, setting.credential).await.unwrap();
    assert_eq!(uses.len(), 1);
    assert_eq!(
        (uses[0].place, uses[0].place_name.as_str(), uses[0].vault_version),
        (Some(DeliveryTarget::GitTarget(setting.target)), "prod", Some(2))
    );
    let history = Credentials::get(&env.engine, &env.principal, setting.credential).await.unwrap();
    assert_eq!(history.history[0].counts.healthy, 3);
    workers.stop().await;
}

async fn nothing_is_committed_twice(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let first = env.pushed(setting.target).await;
    let commits = count(&setting.server);
    let second = env.pushed(setting.target).await;
    assert_eq!(first.summary.last_commit, second.summary.last_commit);
    // Every hour by itself.
    let seen = setting.server.seen().len();
    env.sql("update git_targets set check_at = 1").await;
    wait_until(|| setting.server.seen().len() > seen).await;
    env.settled(setting.target).await;
    assert_eq!(count(&setting.server), commits);
    workers.stop().await;
}

async fn r_git_04_a_moved_branch_is_rendered_again(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    setting.server.bridge(Bridge::Races);
    let before = count(&setting.server);
    env.pushed(setting.target).await;
    assert_eq!(count(&setting.server), before + 2, "theirs and ours");
    assert_eq!(setting.server.git(REPOSITORY, &["show", "main:race.txt"]), "first");
    assert!(file(&setting.server).contains("ExternalSecret"));
    setting.server.assert_sound(REPOSITORY);
    workers.stop().await;
}

async fn a_rejected_push_needs_a_person(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let before = setting.server.head(REPOSITORY, "main");
    setting.server.hook(REPOSITORY, "pre-receive", "echo 'sign off first' >&2; exit 1");
    let (cause, detail) = env.not_pushed(setting.target).await;
    assert_eq!(cause, Cause::PushRejected);
    assert!(detail.starts_with("The server said:"), "{detail}");
    let protected = "echo 'GH006: Protected branch update failed for refs/heads/main.' >&2; exit 1";
    setting.server.hook(REPOSITORY, "pre-receive", protected);
    assert_eq!(env.not_pushed(setting.target).await.0, Cause::BranchProtected);
    assert_eq!(setting.server.head(REPOSITORY, "main"), before);

    let propagation = env.update(setting.credential, "second").await;
    let progress = env.end_of(propagation).await;
    assert_eq!((progress.counts.needs_attention, progress.counts.total()), (1, 1));
    assert_eq!(progress.lines[0].cause, Some(Cause::BranchProtected));
    assert!(env.target(setting.target).await.summary.is_pending);
    setting.server.hook(REPOSITORY, "pre-receive", "exit 0");
    env.pushed(setting.target).await;
    workers.stop().await;
}

async fn a_commit_whose_answer_was_lost_is_found(env: TestEnv) {
    let setting = env.setting().await;
    let before = count(&setting.server);
    setting.server.bridge(Bridge::CutsPushes);
    let workers = env.workers();
    let detail = env.pushed(setting.target).await;
    assert_eq!(count(&setting.server), before + 1);
    assert_eq!(detail.summary.last_commit, setting.server.head(REPOSITORY, "main"));
    assert_eq!(detail.files.len(), 1);
    workers.stop().await;
}

async fn a_killed_push_is_taken_up_and_commits_once(env: TestEnv) {
    let setting = env.setting().await;
    let before = count(&setting.server);
    // The server takes the commit while nobody waits for its answer any more.
    setting.server.hook(REPOSITORY, "post-receive", "sleep 2");
    let workers = env.workers();
    env.push(setting.target).await;
    wait_until(|| count(&setting.server) > before).await;
    workers.kill().await;
    env.sql("update jobs set run_at = 1 where kind = 'push'").await;
    assert!(env.target(setting.target).await.files.is_empty(), "nothing was written down");

    setting.server.hook(REPOSITORY, "post-receive", "exit 0");
    let workers = env.workers();
    let detail = env.settled(setting.target).await;
    assert_eq!(detail.summary.state, DestinationState::InStep);
    assert_eq!((count(&setting.server), detail.files.len()), (before + 1, 1));
    workers.stop().await;
}

async fn a_candidate_is_in_no_manifest(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    let registry = Registry::start(Some("first")).await;
    env.linked(&registry, setting.credential, 1).await;
    let detail = Credentials::get(&env.engine, &env.principal, setting.credential).await.unwrap();
    let form = forms::candidate(&detail, "refused everywhere");
    Credentials::update(&env.engine, &env.principal, form).await.unwrap();
    env.pushed(setting.target).await;
    assert!(file(&setting.server).contains("version: \"1\""));
    assert!(!file(&setting.server).contains("version: \"2\""));
    workers.stop().await;
}

async fn a_wrong_password_needs_a_person_and_an_update_heals(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.update_of(setting.login, "wrong").await;
    assert_eq!(env.not_pushed(setting.target).await.0, Cause::InvalidCredentials);
    // No job is left that could try it again, and no time is set for one.
    let tries = "select (select count(*) from jobs where kind = 'push')
                      + (select count(*) from git_targets where check_at is not null)";
    assert_eq!(env.count(tries).await, 0, "no account is locked by tries");
    let saved = env.update_of(setting.login, CANARY).await;
    env.end_of(saved.propagation.unwrap()).await;
    assert_eq!(env.settled(setting.target).await.summary.state, DestinationState::InStep);
    workers.stop().await;
}

async fn a_deleted_target_holds_up_no_propagation(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    workers.stop().await;
    let propagation = env.update(setting.credential, "second").await;
    GitTargets::delete(&env.engine, &env.principal, setting.target).await.unwrap();
    let workers = env.workers();
    let progress = env.end_of(propagation).await;
    assert_eq!((progress.counts.superseded, progress.counts.total()), (1, 1));
    assert!(file(&setting.server).contains("version: \"1\""), "what it wrote stays");
    workers.stop().await;
}
