//! Who may push what where, and that no secret gets there in the clear.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::world::git::{REPOSITORY, edited, export, target};
use crate::world::{World, forms, on_both};
use domain::{
    Action, Actor, Cause, CredentialId, Field, Role, ServiceError, UserId,
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

fn with_role(actor: &Actor, role: Role) -> Actor {
    Actor { role, name: "Bob".into(), user: UserId::new(), ..actor.clone() }
}

fn sealed(credential: CredentialId) -> ExportForm {
    let mut form = export("sealed", &[credential]);
    form.carrier = "sops".into();
    form.settings.recipients = RECIPIENT.into();
    form
}

fn commits(server: &GitServer) -> usize {
    server.git(REPOSITORY, &["rev-list", "--count", "--all"]).parse().unwrap()
}

async fn r_authz_roles_are_asked_for_targets(world: World) {
    let setting = world.setting().await;
    for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
        let actor = with_role(&world.actor, role);
        world.known(&actor).await;
        let may = role.includes(Action::ManageExports);
        assert_eq!(GitTargets::list(&world.engine, &actor).await.unwrap().len(), 1);
        let detail = GitTargets::get(&world.engine, &actor, setting.target).await.unwrap();
        assert_eq!(detail.may_change, may, "{role:?}");
        let form = edited(&detail);
        assert_eq!(GitTargets::save(&world.engine, &actor, form).await.is_ok(), may, "{role:?}");
        let preview = GitTargets::preview(&world.engine, &actor, setting.target).await;
        assert_eq!(preview.is_ok(), may, "{role:?}");
        assert_eq!(GitTargets::push(&world.engine, &actor, setting.target).await.is_ok(), may);
        if !may {
            let refused = GitTargets::delete(&world.engine, &actor, setting.target).await;
            assert_eq!(refused, Err(ServiceError::NotAllowed));
        }
    }
}

async fn r_git_01_workflows_are_for_owners(world: World) {
    let setting = world.setting().await;
    let mut form = target(&setting.server, "ci", setting.login, &[setting.export]);
    form.folder = ".github/hawser".into();
    let admin = with_role(&world.actor, Role::Admin);
    world.known(&admin).await;
    let refused = GitTargets::save(&world.engine, &admin, form.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Folder).is_some());
    let id = world.save_target(form).await;
    let workers = world.workers();
    assert_eq!(world.pushed(id).await.files, [".github/hawser/regcred.yaml"]);
    workers.stop().await;
}

async fn targets_do_not_overlap(world: World) {
    let setting = world.setting().await;
    let with = |name: &str, folder: &str, branch: &str| GitTargetForm {
        folder: folder.into(),
        branch: branch.into(),
        ..target(&setting.server, name, setting.login, &[setting.export])
    };
    for folder in ["clusters/prod", "clusters", "", "Clusters/Prod/x"] {
        let form = with("b", folder, "main");
        let refused = GitTargets::save(&world.engine, &world.actor, form).await.unwrap_err();
        assert!(refused.problem_of(Field::Folder).unwrap().contains("prod"), "{folder}");
    }
    world.save_target(with("b", "clusters/prod2", "main")).await;
    world.save_target(with("c", "clusters/prod", "staging")).await;
    // Without `.git` it is the same repository.
    let mut form = with("d", "clusters/prod", "main");
    form.url = form.url.trim_end_matches(".git").into();
    assert!(GitTargets::save(&world.engine, &world.actor, form).await.is_err());
    world.save_target(edited(&world.target(setting.target).await)).await;
    let mut form = with("e", "e", "main");
    form.credential = setting.credential.to_string();
    let refused = GitTargets::save(&world.engine, &world.actor, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "a registry's opens no Git");
}

async fn r_ssrf_what_nobody_may_be_asked_at_is_refused_at_once(world: World) {
    let setting = world.setting().await;
    let good = target(&setting.server, "b", setting.login, &[setting.export]);
    let refused = async |form: GitTargetForm, field: Field| {
        let saved = GitTargets::save(&world.engine, &world.actor, form).await;
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

async fn a_target_that_somebody_changed_is_stale(world: World) {
    let setting = world.setting().await;
    let old = edited(&world.target(setting.target).await);
    world.save_target(GitTargetForm { name: "production".into(), ..old.clone() }).await;
    let refused = GitTargets::save(&world.engine, &world.actor, old).await.unwrap_err();
    assert_eq!(refused, ServiceError::Stale { changed_by: "Ada".into() });
}

async fn a_target_that_was_edited_meanwhile_is_pushed_again(world: World) {
    let setting = world.setting().await;
    let workers = world.workers();
    world.pushed(setting.target).await;
    let other = world.save_export(export("other", &[setting.credential])).await;
    // A push is under way while the target gets another export.
    setting.server.hook(REPOSITORY, "pre-receive", "sleep 1");
    world.update(setting.credential, "second").await;
    let mut form = edited(&world.target(setting.target).await);
    form.exports.push(other.to_string());
    world.save_target(form).await;
    let files = loop {
        let detail = world.settled(setting.target).await;
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

async fn r_git_03_no_secret_gets_into_git(world: World) {
    let setting = world.setting().await;
    let secret = world.registry_credential("secret", "canary-sealed-9c1").await;
    let sealed = world.save_export(sealed(secret)).await;
    let mut form = edited(&world.target(setting.target).await);
    form.exports.push(sealed.to_string());
    world.save_target(form).await;
    let workers = world.workers();
    let preview = GitTargets::preview(&world.engine, &world.actor, setting.target).await.unwrap();
    let detail = world.pushed(setting.target).await;
    let text = setting.server.git(REPOSITORY, &["show", "main:clusters/prod/sealed.sops.yaml"]);
    assert!(text.contains("ENC[AES256_GCM"), "{text}");
    let kept = history(&setting.server);
    let canaries = ["canary-sealed-9c1", CANARY, "Y2FuYXJ5LXNlYWxlZC05YzE"];
    world.assert_sql_without(&canaries).await;
    for canary in canaries {
        assert!(!kept.contains(canary), "in Git");
        assert!(!format!("{preview:?} {detail:?}").contains(canary), "on a page");
    }

    // A secret where it does not belong is found before it is pushed.
    let detail = Exports::get(&world.engine, &world.actor, sealed).await.unwrap();
    let mut leaky = self::sealed(secret);
    (leaky.export, leaky.row_version) = (sealed.to_string(), detail.row_version.to_string());
    leaky.settings.namespace = "canary-sealed-9c1".into();
    let head = setting.server.head(REPOSITORY, "main");
    world.save_export(leaky).await;
    let (cause, detail) = world.not_pushed(setting.target).await;
    assert_eq!(cause, Cause::SecretInOutput);
    assert!(!detail.contains("canary"), "{detail}");
    assert_eq!(setting.server.head(REPOSITORY, "main"), head);

    // So is a token that somebody typed into the wrong field.
    let mut form = forms::new("mistyped", "one");
    form.placement.pattern =
        "https://registry.example.com/ghp_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5".into();
    let mistyped = Credentials::create(&world.engine, &world.actor, form).await.unwrap().id;
    world.allow(mistyped, "https://registry.example.com").await;
    let mut form = export("argo", &[mistyped]);
    form.consumer = "kargo".into();
    let argo = world.save_export(form).await;
    let mut form = edited(&world.target(setting.target).await);
    form.exports = vec![argo.to_string()];
    world.save_target(form).await;
    let detail = world.settled(setting.target).await;
    assert_eq!(detail.summary.cause, Some(Cause::SecretInOutput), "{detail:?}");
    assert!(!detail.detail.contains("ghp_"), "{}", detail.detail);
    assert!(!history(&setting.server).contains("ghp_"));
    workers.stop().await;
}

async fn a_sealed_file_is_committed_once(world: World) {
    let setting = world.setting().await;
    let sealed = world.save_export(sealed(setting.credential)).await;
    let mut form = edited(&world.target(setting.target).await);
    form.exports = vec![sealed.to_string()];
    world.save_target(form).await;
    let before = commits(&setting.server);
    // The answer to the push is lost; the encryption of another try would differ.
    setting.server.bridge(testkit::git_server::Bridge::CutsPushes);
    let workers = world.workers();
    world.pushed(setting.target).await;
    setting.server.bridge(testkit::git_server::Bridge::Honest);
    assert_eq!(commits(&setting.server), before + 1);
    world.pushed(setting.target).await;
    let preview = GitTargets::preview(&world.engine, &world.actor, setting.target).await.unwrap();
    assert!(preview.changes.is_empty(), "{preview:?}");
    assert_eq!(commits(&setting.server), before + 1, "nothing changed");

    let propagation = world.update(setting.credential, "second").await;
    world.end_of(propagation).await;
    assert_eq!(commits(&setting.server), before + 2);
    // What somebody changed is encrypted anew.
    let theirs = [("clusters/prod/sealed.sops.yaml", "kind: Nothing\n")];
    setting.server.commit(REPOSITORY, "main", &theirs);
    world.pushed(setting.target).await;
    let text = setting.server.git(REPOSITORY, &["show", "main:clusters/prod/sealed.sops.yaml"]);
    assert!(text.contains("ENC[AES256_GCM"), "{text}");
    workers.stop().await;
}

async fn a_sealed_file_of_an_older_try_is_known(world: World) {
    let setting = world.setting().await;
    let sealed = world.save_export(sealed(setting.credential)).await;
    let mut form = edited(&world.target(setting.target).await);
    form.exports = vec![sealed.to_string()];
    world.save_target(form).await;
    let workers = world.workers();
    world.pushed(setting.target).await;
    let before = commits(&setting.server);
    // The first of two tries arrived, and the answers to both were lost.
    world
        .sql(
            "update git_target_files set next_identity = identity || ' ' || identity,
               next_blob = blob || ' 0000000000000000000000000000000000000000', identity = '', blob = ''",
        )
        .await;
    world.pushed(setting.target).await;
    assert_eq!(commits(&setting.server), before);
    workers.stop().await;
}

async fn r_authz_other_organizations_see_no_exports(world: World) {
    let setting = world.setting().await;
    let theirs = World::organization(&world.db, "Two").await;
    world.known(&theirs).await;
    assert!(Exports::list(&world.engine, &theirs).await.unwrap().is_empty());
    assert!(GitTargets::list(&world.engine, &theirs).await.unwrap().is_empty());
    let not_found = ServiceError::NotFound;
    let export_id = setting.export;
    assert_eq!(Exports::get(&world.engine, &theirs, export_id).await.unwrap_err(), not_found);
    assert_eq!(Exports::delete(&world.engine, &theirs, export_id).await.unwrap_err(), not_found);
    let stolen = export("mine", &[setting.credential]);
    let refused = Exports::save(&world.engine, &theirs, stolen).await.unwrap_err();
    assert!(refused.problem_of(Field::Credentials).is_some());
    let form = target(&setting.server, "mine", setting.login, &[export_id]);
    let refused = GitTargets::save(&world.engine, &theirs, form).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Invalid(_)), "{refused:?}");
    for answer in [
        GitTargets::push(&world.engine, &theirs, setting.target).await,
        GitTargets::delete(&world.engine, &theirs, setting.target).await,
        GitTargets::preview(&world.engine, &theirs, setting.target).await.map(drop),
        GitTargets::get(&world.engine, &theirs, setting.target).await.map(drop),
    ] {
        assert_eq!(answer.unwrap_err(), not_found);
    }
}
