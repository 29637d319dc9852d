//! Who may push what where, and that no secret gets there in the clear.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::env::git::{REPOSITORY, edited, export, target};
use crate::env::{TestEnv, forms, on_both};
use domain::{
    Action, Cause, CredentialId, Field, Role, ServiceError,
    exports::ExportForm,
    gitops::GitTargetForm,
    service::{Credentials, Exports, GitTargets},
};
use testkit::git_server::{CANARY, GitServer};

on_both!(
    r_authz_other_organizations_see_no_exports,
    r_authz_roles_are_asked_for_targets,
    r_git_01_workflows_are_for_owners,
    targets_do_not_overlap,
    r_ssrf_what_nobody_may_be_asked_at_is_refused_at_once,
    a_target_that_somebody_changed_is_stale,
    a_target_that_was_edited_meanwhile_is_pushed_again,
    r_git_03_no_secret_gets_into_git,
    a_sealed_file_is_committed_once,
    a_sealed_file_of_an_older_try_is_known,
);

const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

fn sealed(credential: CredentialId) -> ExportForm {
    let mut form = export("sealed", &[credential]);
    form.carrier = "sops".into();
    form.settings.recipients = RECIPIENT.into();
    form
}

fn commits(server: &GitServer) -> usize {
    server.git(REPOSITORY, &["rev-list", "--count", "--all"]).parse().unwrap()
}

async fn r_authz_roles_are_asked_for_targets(env: TestEnv) {
    let setting = env.setting().await;
    for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
        let principal = env.member("Bob", role).await;
        let may = role.includes(Action::ManageExports);
        assert_eq!(GitTargets::list(&env.engine, &principal).await.unwrap().len(), 1);
        let detail = GitTargets::get(&env.engine, &principal, setting.target).await.unwrap();
        assert_eq!(detail.may_change, may, "{role:?}");
        let form = edited(&detail);
        assert_eq!(GitTargets::save(&env.engine, &principal, form).await.is_ok(), may, "{role:?}");
        let preview = GitTargets::preview(&env.engine, &principal, setting.target).await;
        assert_eq!(preview.is_ok(), may, "{role:?}");
        assert_eq!(GitTargets::push(&env.engine, &principal, setting.target).await.is_ok(), may);
        if !may {
            let refused = GitTargets::delete(&env.engine, &principal, setting.target).await;
            assert_eq!(refused, Err(ServiceError::NotAllowed));
        }
    }
}

async fn r_git_01_workflows_are_for_owners(env: TestEnv) {
    let setting = env.setting().await;
    let mut form = target(&setting.server, "ci", setting.login, &[setting.export]);
    form.folder = ".github/hawser".into();
    let admin = env.member("Bob", Role::Admin).await;
    let refused = GitTargets::save(&env.engine, &admin, form.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Folder).is_some());
    let id = env.save_target(form).await;
    let workers = env.workers();
    assert_eq!(env.pushed(id).await.files, [".github/hawser/regcred.yaml"]);
    workers.stop().await;
}

async fn targets_do_not_overlap(env: TestEnv) {
    let setting = env.setting().await;
    let with = |name: &str, folder: &str, branch: &str| GitTargetForm {
        folder: folder.into(),
        branch: branch.into(),
        ..target(&setting.server, name, setting.login, &[setting.export])
    };
    for folder in ["clusters/prod", "clusters", "", "Clusters/Prod/x"] {
        let form = with("b", folder, "main");
        let refused = GitTargets::save(&env.engine, &env.principal, form).await.unwrap_err();
        assert!(refused.problem_of(Field::Folder).unwrap().contains("prod"), "{folder}");
    }
    env.save_target(with("b", "clusters/prod2", "main")).await;
    env.save_target(with("c", "clusters/prod", "staging")).await;
    // Without `.git` it is the same repository.
    let mut form = with("d", "clusters/prod", "main");
    form.url = form.url.trim_end_matches(".git").into();
    assert!(GitTargets::save(&env.engine, &env.principal, form).await.is_err());
    env.save_target(edited(&env.target(setting.target).await)).await;
    let mut form = with("e", "e", "main");
    form.credential = setting.credential.to_string();
    let refused = GitTargets::save(&env.engine, &env.principal, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "a registry's opens no Git");
}

async fn r_ssrf_what_nobody_may_be_asked_at_is_refused_at_once(env: TestEnv) {
    let setting = env.setting().await;
    let good = target(&setting.server, "b", setting.login, &[setting.export]);
    let refused = async |form: GitTargetForm, field: Field| {
        let saved = GitTargets::save(&env.engine, &env.principal, form).await;
        assert!(saved.unwrap_err().problem_of(field).is_some(), "{field:?}");
    };
    for url in ["https://169.254.169.254/a/b", "https://10.0.0.1/a/b", "http://8.8.8.8/a/b"] {
        refused(GitTargetForm { url: url.into(), ..good.clone() }, Field::Url).await;
    }
    let folder = "/clusters/prod".to_owned();
    refused(GitTargetForm { folder, ..good.clone() }, Field::Folder).await;
    refused(GitTargetForm { proxy: "nobody's".into(), ..good.clone() }, Field::Proxy).await;
    for ca in ["-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----", "PRIVATE KEY"] {
        refused(GitTargetForm { ca: ca.into(), ..good.clone() }, Field::Ca).await;
    }
}

async fn a_target_that_somebody_changed_is_stale(env: TestEnv) {
    let setting = env.setting().await;
    let old = edited(&env.target(setting.target).await);
    env.save_target(GitTargetForm { name: "production".into(), ..old.clone() }).await;
    let refused = GitTargets::save(&env.engine, &env.principal, old).await.unwrap_err();
    assert_eq!(refused, ServiceError::Stale { changed_by: "Ada".into() });
}

async fn a_target_that_was_edited_meanwhile_is_pushed_again(env: TestEnv) {
    let setting = env.setting().await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    let other = env.save_export(export("other", &[setting.credential])).await;
    // A push is under way while the target gets another export.
    setting.server.hook(REPOSITORY, "pre-receive", "sleep 1");
    env.update(setting.credential, "second").await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports.push(other.to_string());
    env.save_target(form).await;
    let files = loop {
        let detail = env.settled(setting.target).await;
        if detail.files.len() == 2 {
            break detail.files;
        }
    };
    assert_eq!(files, ["clusters/prod/other.yaml", "clusters/prod/regcred.yaml"]);
    for file in files {
        let text = setting.server.git(REPOSITORY, &["show", &format!("main:{file}")]);
        assert!(text.contains("version: \"2\""), "{text}");
    }
    workers.stop().await;
}

/// Every commit of the repository with every line that it changed.
fn history(server: &GitServer) -> String {
    server.git(REPOSITORY, &["log", "--all", "--patch", "--format=fuller"])
}

async fn r_git_03_no_secret_gets_into_git(env: TestEnv) {
    let setting = env.setting().await;
    let secret = env.registry_credential("secret", "canary-sealed-9c1").await;
    let sealed = env.save_export(sealed(secret)).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports.push(sealed.to_string());
    env.save_target(form).await;
    let workers = env.workers();
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    let detail = env.pushed(setting.target).await;
    let text = setting.server.git(REPOSITORY, &["show", "main:clusters/prod/sealed.sops.yaml"]);
    assert!(text.contains("ENC[AES256_GCM"), "{text}");
    let kept = history(&setting.server);
    let canaries = ["canary-sealed-9c1", CANARY, "Y2FuYXJ5LXNlYWxlZC05YzE"];
    env.assert_sql_without(&canaries).await;
    for canary in canaries {
        assert!(!kept.contains(canary), "in Git");
        assert!(!format!("{preview:?} {detail:?}").contains(canary), "on a page");
    }

    // A secret where it does not belong is found before it is pushed.
    let detail = Exports::get(&env.engine, &env.principal, sealed).await.unwrap();
    let mut leaky = self::sealed(secret);
    (leaky.export, leaky.row_version) = (sealed.to_string(), detail.row_version.to_string());
    leaky.settings.namespace = "canary-sealed-9c1".into();
    let head = setting.server.head(REPOSITORY, "main");
    env.save_export(leaky).await;
    let (cause, detail) = env.not_pushed(setting.target).await;
    assert_eq!(cause, Cause::SecretInOutput);
    assert!(!detail.contains("canary"), "{detail}");
    assert_eq!(setting.server.head(REPOSITORY, "main"), head);

    // So is a token that somebody typed into the wrong field.
    let mut form = forms::new("mistyped", "one");
    form.placement.pattern =
        "https://registry.example.com/ghp_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5".into();
    let mistyped = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
    env.allow(mistyped, "https://registry.example.com").await;
    let mut form = export("argo", &[mistyped]);
    form.consumer = "kargo".into();
    let argo = env.save_export(form).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports = vec![argo.to_string()];
    env.save_target(form).await;
    let detail = env.settled(setting.target).await;
    assert_eq!(detail.summary.cause, Some(Cause::SecretInOutput), "{detail:?}");
    assert!(!detail.detail.contains("ghp_"), "{}", detail.detail);
    assert!(!history(&setting.server).contains("ghp_"));
    workers.stop().await;
}

async fn a_sealed_file_is_committed_once(env: TestEnv) {
    let setting = env.setting().await;
    let sealed = env.save_export(sealed(setting.credential)).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports = vec![sealed.to_string()];
    env.save_target(form).await;
    let before = commits(&setting.server);
    // The answer to the push is lost; the encryption of another try would differ.
    setting.server.bridge(testkit::git_server::Bridge::CutsPushes);
    let workers = env.workers();
    env.pushed(setting.target).await;
    setting.server.bridge(testkit::git_server::Bridge::Honest);
    assert_eq!(commits(&setting.server), before + 1);
    env.pushed(setting.target).await;
    let preview = GitTargets::preview(&env.engine, &env.principal, setting.target).await.unwrap();
    assert!(preview.changes.is_empty(), "{preview:?}");
    assert_eq!(commits(&setting.server), before + 1, "nothing changed");

    let propagation = env.update(setting.credential, "second").await;
    env.end_of(propagation).await;
    assert_eq!(commits(&setting.server), before + 2);
    // What somebody changed is encrypted anew.
    let theirs = [("clusters/prod/sealed.sops.yaml", "kind: Nothing\n")];
    setting.server.commit(REPOSITORY, "main", &theirs);
    env.pushed(setting.target).await;
    let text = setting.server.git(REPOSITORY, &["show", "main:clusters/prod/sealed.sops.yaml"]);
    assert!(text.contains("ENC[AES256_GCM"), "{text}");
    workers.stop().await;
}

async fn a_sealed_file_of_an_older_try_is_known(env: TestEnv) {
    let setting = env.setting().await;
    let sealed = env.save_export(sealed(setting.credential)).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports = vec![sealed.to_string()];
    env.save_target(form).await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    let before = commits(&setting.server);
    // The first of two tries arrived, and the answers to both were lost.
    env
        .sql(
            "update git_target_files set next_identity = identity || ' ' || identity,
               next_blob = blob || ' 0000000000000000000000000000000000000000', identity = '', blob = ''",
        )
        .await;
    env.pushed(setting.target).await;
    assert_eq!(commits(&setting.server), before);
    workers.stop().await;
}

async fn r_authz_other_organizations_see_no_exports(env: TestEnv) {
    let setting = env.setting().await;
    let theirs = TestEnv::organization(&env.db, "Two").await;
    assert!(Exports::list(&env.engine, &theirs).await.unwrap().is_empty());
    assert!(GitTargets::list(&env.engine, &theirs).await.unwrap().is_empty());
    let not_found = ServiceError::NotFound;
    let export_id = setting.export;
    assert_eq!(Exports::get(&env.engine, &theirs, export_id).await.unwrap_err(), not_found);
    assert_eq!(Exports::delete(&env.engine, &theirs, export_id).await.unwrap_err(), not_found);
    let stolen = export("mine", &[setting.credential]);
    let refused = Exports::save(&env.engine, &theirs, stolen).await.unwrap_err();
    assert!(refused.problem_of(Field::Credentials).is_some());
    let form = target(&setting.server, "mine", setting.login, &[export_id]);
    let refused = GitTargets::save(&env.engine, &theirs, form).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Invalid(_)), "{refused:?}");
    for answer in [
        GitTargets::push(&env.engine, &theirs, setting.target).await,
        GitTargets::delete(&env.engine, &theirs, setting.target).await,
        GitTargets::preview(&env.engine, &theirs, setting.target).await.map(drop),
        GitTargets::get(&env.engine, &theirs, setting.target).await.map(drop),
    ] {
        assert_eq!(answer.unwrap_err(), not_found);
    }
}
