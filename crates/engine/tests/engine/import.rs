//! Import of files: what is previewed is what is added, all of a row or nothing, and nothing of a file is kept.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::time::Duration;

use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    BulkRunId, Principal, Role, ServiceError,
    bulk::{BulkRowState, BulkRun},
    credentials::CredentialQuery,
    import::{ImportPlan, ImportPreview},
    repositories::RepositoryQuery,
    service::{BulkRuns, Credentials, Imported, Imports, Repositories},
};

on_both!(
    a_table_becomes_credentials_and_linked_repositories,
    a_docker_config_becomes_credentials_at_their_hosts,
    another_file_is_previewed_and_not_imported,
    a_row_that_fails_keeps_nothing,
    rows_take_the_rights_of_their_forms,
    an_import_without_its_process_is_ended,
);

const SECRET: &str = "canary-7f3a";

async fn import(env: &TestEnv, who: &Principal, file: &str, previewed: &str) -> Imported {
    Imports::import(&env.engine, who, file.as_bytes(), previewed).await.unwrap()
}

async fn preview(env: &TestEnv, file: &str) -> ImportPreview {
    match import(env, &env.principal, file, "").await {
        Imported::Preview(preview) => preview,
        Imported::Begun(run) => panic!("{run} begun without a preview"),
    }
}

/// Previews a file, imports it, and waits until its last row ended.
async fn imported(env: &TestEnv, file: &str) -> (ImportPreview, BulkRun) {
    let preview = preview(env, file).await;
    let begun = import(env, &env.principal, file, &preview.fingerprint).await;
    let Imported::Begun(run) = begun else { panic!("{begun:?}") };
    (preview, end_of(env, run).await)
}

async fn end_of(env: &TestEnv, run: BulkRunId) -> BulkRun {
    for _ in 0..1_200 {
        let seen = BulkRuns::get(&env.engine, &env.principal, run).await.unwrap();
        if seen.finished_at.is_some() {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not ended in time");
}

async fn counts(env: &TestEnv) -> (u32, u32) {
    let credentials =
        Credentials::list(&env.engine, &env.principal, CredentialQuery::default()).await.unwrap();
    let repositories =
        Repositories::list(&env.engine, &env.principal, RepositoryQuery::default()).await.unwrap();
    (credentials.total.counted(), repositories.total.counted())
}

fn plans(preview: &ImportPreview) -> Vec<ImportPlan> {
    preview.lines.iter().map(|line| line.plan).collect()
}

async fn a_table_becomes_credentials_and_linked_repositories(env: TestEnv) {
    let registry = Registry::start(Some(SECRET)).await;
    let url = |path: &str| registry.url(path);
    env.repository(&registry, "there", None).await;
    let file = format!(
        "name,url,username,password,kind\r\n\
         one,{},robot,{SECRET},helm\r\n\
         two,{},robot,{SECRET},helm\r\n\
         open,{},,,helm\r\n\
         again,{},,,helm\r\n\
         known,{},,,helm\r\n\
         half,{},robot,,helm\r\n",
        url("a"),
        url("b"),
        url("c"),
        url("a"),
        url("there"),
        url("d"),
    );
    let (preview, run) = imported(&env, &file).await;
    assert_eq!(
        plans(&preview),
        [
            ImportPlan::Both,
            ImportPlan::Repository,
            ImportPlan::Repository,
            ImportPlan::Skipped,
            ImportPlan::Skipped,
            ImportPlan::Skipped,
        ]
    );
    assert_eq!(preview.lines[1].detail, "Linked to the credential of line 2.");
    assert_eq!((run.counts.done, run.counts.skipped), (3, 3), "{run:?}");
    assert_eq!(counts(&env).await, (1, 4));
    let found = Repositories::list(&env.engine, &env.principal, RepositoryQuery::default()).await;
    let rows = found.unwrap().rows;
    let link = |name: &str| rows.iter().find(|row| row.name == name).unwrap().link.clone();
    let credential = link("one").unwrap().credential;
    assert_eq!(link("two").unwrap().credential, credential, "one login, one credential");
    assert!(link("open").is_none());
    assert_eq!(env.login(credential).await, ("robot".to_owned(), SECRET.to_owned()));
    assert!(!format!("{preview:?} {run:?}").contains("canary"));
    for (table, columns) in [("bulk_rows", "name || detail"), ("audit_events", "target || detail")]
    {
        let text = format!("select count(*) from {table} where {columns} like '%canary%'");
        assert_eq!(env.count(&text).await, 0, "{table}");
    }
    // The same file once more adds nothing.
    let again = self::preview(&env, &file).await;
    assert_eq!(again.adds(), 0, "{again:?}");
    let nothing = import(&env, &env.principal, &file, &again.fingerprint).await;
    assert!(matches!(nothing, Imported::Preview(_)), "{nothing:?}");
}

async fn a_docker_config_becomes_credentials_at_their_hosts(env: TestEnv) {
    // robot:canary-7f3a
    let file = r#"{"auths": {"registry.example:5000": {"auth": "cm9ib3Q6Y2FuYXJ5LTdmM2E="},
        "https://index.docker.io/v1/": {"auth": "cm9ib3Q6Y2FuYXJ5LTdmM2E="}, "quay.io": {}},
        "credsStore": "desktop"}"#;
    let (preview, run) = imported(&env, file).await;
    assert_eq!(preview.adds(), 2, "{preview:?}");
    assert_eq!((run.counts.done, run.counts.skipped), (2, 1), "{run:?}");
    let skipped = run.rows.iter().find(|row| row.state == BulkRowState::Skipped).unwrap();
    assert!(skipped.detail.contains("desktop"), "{skipped:?}");
    let query = CredentialQuery::default();
    let found = Credentials::list(&env.engine, &env.principal, query).await.unwrap();
    let one = found.rows.iter().find(|row| row.name == "registry.example:5000").unwrap();
    assert_eq!(env.login(one.id).await, ("robot".to_owned(), SECRET.to_owned()));
    let detail = Credentials::get(&env.engine, &env.principal, one.id).await.unwrap();
    let origins: Vec<_> = detail.allowed.iter().map(|it| it.origin.as_str()).collect();
    assert_eq!(origins, ["https://registry.example:5000"]);
}

async fn another_file_is_previewed_and_not_imported(env: TestEnv) {
    let registry = Registry::start(None).await;
    let file = |name: &str| format!("name,url,kind\n{name},{},helm\n", registry.url(name));
    let first = preview(&env, &file("a")).await;
    let other = import(&env, &env.principal, &file("b"), &first.fingerprint).await;
    let Imported::Preview(other) = other else { panic!("{other:?}") };
    assert_ne!(other.fingerprint, first.fingerprint);
    assert_eq!(counts(&env).await, (0, 0));
    // In another organization the same file is another one: nobody learns what others imported.
    let stranger = TestEnv::organization(&env.db, "Two").await;
    let theirs = import(&env, &stranger, &file("a"), &first.fingerprint).await;
    assert!(matches!(theirs, Imported::Preview(_)), "{theirs:?}");
}

async fn a_row_that_fails_keeps_nothing(env: TestEnv) {
    let file = format!("name,url,username,password\nblocked,https://10.0.0.1/x,robot,{SECRET}\n");
    let (preview, run) = imported(&env, &file).await;
    assert_eq!(plans(&preview), [ImportPlan::Both]);
    assert_eq!(run.counts.failed, 1, "{run:?}");
    let row = run.rows.first().unwrap();
    assert!(row.detail.ends_with("Nothing of this row was kept."), "{row:?}");
    assert_eq!(counts(&env).await, (0, 0));
}

async fn rows_take_the_rights_of_their_forms(env: TestEnv) {
    let registry = Registry::start(None).await;
    let file = format!(
        "name,url,username,password,kind\nopen,{},,,helm\nlogin,ghcr.io,robot,{SECRET},\n",
        registry.url("a")
    );
    let viewer = env.member("Vic", Role::Viewer).await;
    let refused = Imports::import(&env.engine, &viewer, file.as_bytes(), "").await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    let editor = env.member("Eve", Role::Editor).await;
    let Imported::Preview(seen) = import(&env, &editor, &file, "").await else { panic!() };
    assert_eq!(plans(&seen), [ImportPlan::Repository, ImportPlan::Skipped]);
    assert_eq!(seen.lines.last().unwrap().detail, "Your role may not add credentials.");
    for broken in ["", "canary", "{", "[1]", "name,canary\n"] {
        let told = Imports::import(&env.engine, &editor, broken.as_bytes(), "").await.unwrap_err();
        assert!(matches!(told, ServiceError::Invalid(_)), "{broken}: {told:?}");
        assert!(!format!("{told:?}").contains("canary"), "{told:?}");
    }
}

async fn an_import_without_its_process_is_ended(env: TestEnv) {
    let registry = Registry::start(None).await;
    let file = format!("name,url,kind\na,{},helm\n", registry.url("a"));
    let (_, run) = imported(&env, &file).await;
    let id = env.sql_id(run.id.uuid());
    // As a killed process leaves it, an hour ago and longer.
    let earlier = "update bulk_runs set finished_at = null, started_at = started_at - 7200000";
    env.sql(&format!("{earlier} where id = {id}")).await;
    env.sql(&format!("update bulk_rows set state = 'waiting' where run_id = {id}")).await;
    let _workers = env.workers();
    let ended = end_of(&env, run.id).await;
    assert_eq!(ended.counts.skipped, 1, "{ended:?}");
    assert!(ended.rows.first().unwrap().detail.contains("Import the file again"), "{ended:?}");
}
