//! What becomes of the files of a Git target when something changes, here or there.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::git::{REPOSITORY, edited, export, wait_until};
use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    Cause,
    gitops::{DestinationState, DiffKind, FileChangeKind, GitTargetForm},
    service::{Exports, GitTargets},
};
use testkit::git_server::GitServer;

on_both!(
    what_somebody_changed_is_brought_back,
    a_foreign_file_is_left_alone,
    a_foreign_file_with_the_same_bytes_stays_theirs,
    a_target_that_is_added_again_takes_its_files_over,
    what_an_open_request_would_replace_is_taken_over_too,
    two_exports_do_not_share_a_file,
    a_change_without_a_new_version_is_pushed_too,
    changes_come_by_pull_request,
);

fn file(server: &GitServer) -> String {
    server.git(REPOSITORY, &["show", "main:clusters/prod/regcred.yaml"])
}

async fn what_somebody_changed_is_brought_back(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    let wanted = file(&setting.server);
    setting.server.commit(
        REPOSITORY,
        "main",
        &[("clusters/prod/regcred.yaml", "kind: Nothing\n"), ("clusters/prod/theirs.yaml", "x\n")],
    );
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    let change = &preview.changes[0];
    assert_eq!(change.kind, FileChangeKind::Changed);
    assert!(
        change
            .lines
            .iter()
            .any(|line| line.kind == DiffKind::Removed && line.text == "kind: Nothing")
    );
    setting.server.leaves_nothing_out(REPOSITORY);
    let whole = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    assert_eq!(whole, preview, "it is the same whether files come along or later");
    env.pushed(setting.target).await;
    assert_eq!(file(&setting.server), wanted);
    assert_eq!(setting.server.git(REPOSITORY, &["show", "main:clusters/prod/theirs.yaml"]), "x");
    workers.stop().await;
}

async fn a_foreign_file_is_left_alone(env: TestEnv) {
    let setting = env.setting().await;
    let theirs = [("clusters/prod/regcred.yaml", "theirs: true\n")];
    let head = setting.server.commit(REPOSITORY, "main", &theirs);
    let workers = env.workers();
    let (cause, detail) = env.not_pushed(setting.target).await;
    assert_eq!(cause, Cause::FileNotOurs);
    assert!(detail.contains("clusters/prod/regcred.yaml"), "{detail}");
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    assert!(preview.is_refused() && preview.notes[0].text == detail, "{preview:?}");
    assert_eq!(setting.server.head(REPOSITORY, "main"), head);
    workers.stop().await;
}

async fn a_foreign_file_with_the_same_bytes_stays_theirs(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    let same = format!("{}\n", file(&setting.server));
    setting.server.commit(REPOSITORY, "main", &[("clusters/other/regcred.yaml", &same)]);
    let form = edited(&env.target(setting.target).await);
    let target = env.save_target(added(form, "clusters/other")).await;
    let preview = GitTargets::preview(&env.engine, &env.principal, target).await.unwrap();
    let warned = |text: &str| text.contains("Somebody else wrote clusters/other/regcred.yaml");
    assert!(preview.changes.is_empty(), "{preview:?}");
    assert!(preview.notes.iter().any(|note| warned(&note.text)), "{preview:?}");
    assert!(env.pushed(target).await.files.is_empty());
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    assert_eq!(env.target(target).await.summary.cause, Some(Cause::FileNotOurs));
    let theirs = setting.server.git(REPOSITORY, &["show", "main:clusters/other/regcred.yaml"]);
    assert_eq!(format!("{theirs}\n"), same);
    workers.stop().await;
}

fn added(form: GitTargetForm, folder: &str) -> GitTargetForm {
    GitTargetForm {
        target: String::new(),
        row_version: String::new(),
        name: format!("at {folder}"),
        folder: folder.into(),
        ..form
    }
}

async fn a_target_that_is_added_again_takes_its_files_over(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let detail = env.pushed(setting.target).await;
    GitTargets::delete(&env.engine, &env.principal, setting.target).await.unwrap();
    let before = file(&setting.server);
    assert_eq!(env.update_of(setting.credential, "second").await.propagation, None);

    let target = env.save_target(added(edited(&detail), "clusters/prod")).await;
    let preview = GitTargets::preview(&env.engine, &env.principal, target).await.unwrap();
    assert_eq!(preview.changes[0].kind, FileChangeKind::Changed);
    assert_eq!(env.pushed(target).await.files, detail.files);
    let second = file(&setting.server);
    assert_ne!(second, before);
    let propagation = env.update(setting.credential, "third").await;
    env.end_of(propagation).await;
    assert_ne!(file(&setting.server), second);

    // What somebody changed in between is theirs.
    GitTargets::delete(&env.engine, &env.principal, target).await.unwrap();
    setting.server.commit(REPOSITORY, "main", &[("clusters/prod/regcred.yaml", "theirs: true\n")]);
    let target = env.save_target(added(edited(&detail), "clusters/prod")).await;
    assert_eq!(env.not_pushed(target).await.0, Cause::FileNotOurs);
    workers.stop().await;
}

async fn what_an_open_request_would_replace_is_taken_over_too(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    let first = env.pushed(setting.target).await;
    env.save_target(GitTargetForm { mode: "pull_request".into(), ..edited(&first) }).await;
    env.settled(setting.target).await;
    let on_main = file(&setting.server);
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    assert_eq!(file(&setting.server), on_main, "it waits on a branch of its own");
    GitTargets::delete(&env.engine, &env.principal, setting.target).await.unwrap();

    let target = env.save_target(added(edited(&first), "clusters/prod")).await;
    assert_eq!(env.pushed(target).await.files, first.files);
    assert_ne!(file(&setting.server), on_main);
    workers.stop().await;
}

async fn two_exports_do_not_share_a_file(env: TestEnv) {
    let setting = env.setting().await;
    let mut same = export("other", &[setting.credential]);
    same.settings.secret_name = "regcred".into();
    let same = env.save_export(same).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports.push(same.to_string());
    env.save_target(form).await;
    let workers = env.workers();
    let files = env.pushed(setting.target).await.files;
    assert_eq!(files, ["clusters/prod/other.regcred.yaml", "clusters/prod/regcred.yaml"]);
    workers.stop().await;
}

async fn a_change_without_a_new_version_is_pushed_too(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    // A link brings an address.
    let registry = Registry::start(Some("first")).await;
    let ids = env.linked(&registry, setting.credential, 1).await;
    let address = format!("127.0.0.1:{}", registry.port());
    wait_until(|| file(&setting.server).contains(&address)).await;
    env.settled(setting.target).await;
    domain::service::Repositories::delete(&env.engine, &env.principal, ids[0]).await.unwrap();
    wait_until(|| !file(&setting.server).contains(&address)).await;
    env.settled(setting.target).await;
    // An export that changes.
    let before = Exports::get(&env.engine, &env.principal, setting.export).await.unwrap();
    let mut form = export("regcred", &[setting.credential]);
    (form.export, form.row_version) = (setting.export.to_string(), before.row_version.to_string());
    form.settings.namespace = "elsewhere".into();
    env.save_export(form).await;
    wait_until(|| file(&setting.server).contains("elsewhere")).await;
    workers.stop().await;
}

async fn changes_come_by_pull_request(env: TestEnv) {
    let setting = env.setting().await;
    let mut form = edited(&env.target(setting.target).await);
    form.mode = "pull_request".into();
    env.save_target(form).await;
    let server = &setting.server;
    let main = server.head(REPOSITORY, "main");
    let workers = env.workers();
    let detail = env.pushed(setting.target).await;
    assert_eq!(server.head(REPOSITORY, "main"), main, "the branch itself stays");
    assert!(detail.detail.contains("Open a pull request from it"), "{}", detail.detail);
    let branches =
        || server.git(REPOSITORY, &["branch", "--format=%(refname:short)", "--list", "hawser/*"]);
    let work = branches();
    assert_eq!(detail.summary.last_commit, server.head(REPOSITORY, &work));

    // More changes go on top while it is open.
    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    let range = format!("main..{work}");
    assert_eq!(server.git(REPOSITORY, &["rev-list", "--count", &range]), "2");

    // After it was merged, the next change begins anew on another branch.
    server.git(REPOSITORY, &["update-ref", "refs/heads/main", &format!("refs/heads/{work}")]);
    server.commit(REPOSITORY, "main", &[("README.md", "merged\n")]);
    env.pushed(setting.target).await;
    assert_eq!(branches(), work, "everything is there");
    // The answer to that push is lost; its branch is found again.
    server.bridge(testkit::git_server::Bridge::CutsPushes);
    let propagation = env.update(setting.credential, "third").await;
    env.end_of(propagation).await;
    server.bridge(testkit::git_server::Bridge::Honest);
    let detail = env.target(setting.target).await;
    assert_eq!(detail.summary.state, DestinationState::InStep);
    let next = format!("{work}-2");
    assert_eq!(branches(), format!("{work}\n{next}"));
    let range = format!("main..{next}");
    assert_eq!(server.git(REPOSITORY, &["rev-list", "--count", &range]), "1");
    workers.stop().await;
}
