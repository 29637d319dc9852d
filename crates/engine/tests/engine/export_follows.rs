//! What a sync finds reaches the exports that are written from it, and no others.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::env::git::{REPOSITORY, Setting, edited, export};
use crate::env::{
    TestEnv, forms, on_both,
    registry::{Registry, index},
};
use axum::{Router, http::Uri};
use domain::{
    GitTargetId, RepositoryId,
    credentials::Placement,
    repositories::{AddRepository, EditRepository},
    service::{Credentials, Repositories},
};
use testkit::git_server::GitServer;

on_both!(
    a_chart_that_moves_is_written_where_it_lies_now,
    what_no_export_names_moves_nothing,
    a_registry_without_tls_is_told_to_clients,
    r_cred_03_what_is_withdrawn_is_taken_out_of_git,
);

/// An export for Flux of these repositories in the target, which is in step with it.
async fn followed(env: &TestEnv, setting: &Setting, repositories: &[RepositoryId]) {
    let mut form = export("flux", &[]);
    form.consumer = "flux".into();
    form.settings.charts = "web@1.x".into();
    form.repositories = repositories.iter().map(ToString::to_string).collect();
    let flux = env.save_export(form).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports = vec![flux.to_string()];
    env.save_target(form).await;
    env.pushed(setting.target).await;
}

async fn is_pending(env: &TestEnv, target: GitTargetId) -> bool {
    env.target(target).await.summary.is_pending
}

fn written(server: &GitServer) -> String {
    server.git(REPOSITORY, &["grep", "-h", "-e", "url:", "-e", "insecure:", "main"])
}

/// The registries of these tests speak Helm; for an export, the kind is a fact like others.
async fn become_oci(env: &TestEnv) {
    env.sql("update repositories set kind = 'oci', url = 'oci://registry.example/' || name").await;
}

async fn become_helm(env: &TestEnv, registry: &Registry) {
    let url = registry.url("");
    env.sql(&format!("update repositories set kind = 'helm', url = '{url}' || name")).await;
}

async fn a_chart_that_moves_is_written_where_it_lies_now(env: TestEnv) {
    let setting = env.setting().await;
    let (old, new) = (Registry::start(None).await, Registry::start(None).await);
    old.set_index(index(&[("web", &["1.0.0"])]));
    let before = env.repository(&old, "before", None).await;
    let after = env.repository(&new, "after", None).await;
    assert_eq!((env.sync(before).await, env.sync(after).await), (None, None));
    let workers = env.workers();
    become_oci(&env).await;
    followed(&env, &setting, &[before, after]).await;
    let chart = |registry: &Registry, path: &str| {
        format!("oci://registry.example/{path}-{}/web", registry.port())
    };
    let (there, here) = (chart(&old, "before"), chart(&new, "after"));
    let text = written(&setting.server);
    assert!(text.contains(&there) && !text.contains(&here), "{text}");
    workers.stop().await;

    // The chart comes to the other one, and leaves this one.
    become_helm(&env, &old).await;
    old.set_index(index(&[("nginx", &["1.0.0"])]));
    assert_eq!(env.sync(before).await, None);
    assert!(is_pending(&env, setting.target).await, "it left");
    become_helm(&env, &new).await;
    new.set_index(index(&[("web", &["1.0.0"])]));
    assert_eq!(env.sync(after).await, None);
    become_oci(&env).await;
    let workers = env.workers();
    env.pushed(setting.target).await;
    let text = written(&setting.server);
    assert!(!text.contains(&there) && text.contains(&here), "{text}");
    workers.stop().await;
}

async fn what_no_export_names_moves_nothing(env: TestEnv) {
    let setting = env.setting().await;
    let registry = Registry::start(None).await;
    registry.set_index(index(&[("web", &["1.0.0"]), ("nginx", &["1.0.0"])]));
    let named = env.repository(&registry, "named", None).await;
    let other = env.repository(&registry, "other", None).await;
    assert_eq!(env.sync(named).await, None);
    let workers = env.workers();
    followed(&env, &setting, &[named]).await;
    workers.stop().await;
    // A new version of the chart, a chart that comes and one that leaves.
    registry.set_index(index(&[("web", &["1.0.0", "1.1.0"]), ("redis", &["1.0.0"])]));
    assert_eq!(env.sync(named).await, None);
    assert!(!is_pending(&env, setting.target).await);
    assert_eq!(env.sync(other).await, None, "the chart comes to a repository that is in no export");
    assert!(!is_pending(&env, setting.target).await);
    assert_eq!(env.sync(named).await, None, "nothing changed");
    assert!(!is_pending(&env, setting.target).await);
    assert_eq!(env.count("select count(*) from jobs where kind = 'push'").await, 0);
    registry.set_index(index(&[("redis", &["1.0.0"])]));
    assert_eq!(env.sync(named).await, None);
    assert!(is_pending(&env, setting.target).await, "the chart left");
}

async fn r_cred_03_what_is_withdrawn_is_taken_out_of_git(env: TestEnv) {
    let setting = env.setting().await;
    let mut ids = Vec::new();
    for name in ["kept", "taken"] {
        let id = env.credential(name, "one").await;
        let url = format!("https://{name}.example/team");
        env.allow(id, &url).await;
        let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
        let placed =
            Placement { pattern: url, pattern_kind: "exact".into(), ..Placement::default() };
        let form = forms::placement(&detail, placed);
        Credentials::place(&env.engine, &env.principal, form).await.unwrap();
        ids.push(id);
    }
    let mut form = export("kargo", &ids);
    form.consumer = "kargo".into();
    let kargo = env.save_export(form).await;
    let mut form = edited(&env.target(setting.target).await);
    form.exports = vec![kargo.to_string()];
    let workers = env.workers();
    env.save_target(form).await;
    env.pushed(setting.target).await;
    let written = || setting.server.git(REPOSITORY, &["grep", "-h", "-e", "repoURL:", "main"]);
    assert!(written().contains("https://taken.example/team"), "{}", written());

    let Some(taken) = ids.last().copied() else { return };
    let address = {
        let detail = Credentials::get(&env.engine, &env.principal, taken).await.unwrap();
        detail.allowed.first().map(|address| address.id).unwrap()
    };
    Credentials::withdraw_address(&env.engine, &env.principal, taken, address).await.unwrap();
    assert!(is_pending(&env, setting.target).await);
    env.pushed(setting.target).await;
    assert!(!written().contains("taken") && written().contains("kept"), "{}", written());
    env.allow(taken, "https://taken.example").await;
    env.pushed(setting.target).await;
    assert!(written().contains("https://taken.example/team"), "{}", written());
    workers.stop().await;
}

/// Stands for a registry that speaks no TLS and holds no charts.
async fn plain_registry() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = |uri: Uri| async move {
        if uri.path() == "/v2/_catalog" { r#"{"repositories":[]}"# } else { "{}" }
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

async fn a_registry_without_tls_is_told_to_clients(env: TestEnv) {
    let setting = env.setting().await;
    let url = format!("oci://127.0.0.1:{}", plain_registry().await);
    let form =
        AddRepository { url: url.clone().into(), name: "plain".into(), ..AddRepository::default() };
    let id = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    let workers = env.workers();
    followed(&env, &setting, &[id]).await;
    workers.stop().await;
    env.sql("update repositories set speaks_plain = false").await;

    assert_eq!(env.sync(id).await, None);
    assert!(is_pending(&env, setting.target).await);
    let workers = env.workers();
    env.pushed(setting.target).await;
    let text = written(&setting.server);
    assert_eq!(text.matches("insecure: true").count(), 2, "source and chart: {text}");
    workers.stop().await;
    assert_eq!(env.sync(id).await, None);
    assert!(!is_pending(&env, setting.target).await, "that is known");

    // What was learned of one place is not said of another.
    let detail = env.look(id).await;
    let form = EditRepository {
        repository: id.to_string(),
        row_version: detail.row_version.to_string(),
        fields: AddRepository {
            url: "oci://other.example".into(),
            name: "plain".into(),
            kind: "oci".into(),
            ..AddRepository::default()
        },
    };
    Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(env.count("select count(*) from repositories where speaks_plain").await, 0);
}
