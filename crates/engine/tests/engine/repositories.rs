//! Repositories, their links, their syncs and their charts.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use crate::env::{
    TestEnv,
    forms::{changed, edited},
    on_both,
    registry::{Registry, index},
};
use domain::{
    Cause, CredentialId, Field, RepositoryId, ServiceError,
    cause::RemoteKind,
    charts::ChartQuery,
    repositories::{
        AddRepository, EditRepository, LinkState, RepositoryQuery, RepositorySelection,
        RepositoryState, SyncTrigger,
    },
    service::{Charts, Repositories},
};
use engine::SystemClock;

on_both!(
    a_refused_login_keeps_the_last_good_set,
    f4_vault_away_says_nothing_about_the_login,
    r_cred_03_a_new_origin_gets_no_login,
    f8_a_sync_writes_nothing_to_a_deleted_repository,
    f8_a_sync_writes_nothing_to_a_changed_repository,
    names_are_unique_and_forms_are_not_overwritten,
    nothing_crosses_organizations,
    sync_now_runs_through_the_workers,
    addresses_that_are_no_repository_are_refused,
);

async fn edit(
    env: &TestEnv,
    repository: RepositoryId,
    url: &str,
    credential: Option<CredentialId>,
) -> Result<RepositoryId, ServiceError> {
    let form = edited(&env.look(repository).await, url, credential);
    Repositories::edit(&env.engine, &env.principal, form).await
}

async fn a_refused_login_keeps_the_last_good_set(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "private", Some(credential)).await;
    assert_eq!(env.sync(id).await, None);

    registry.set_password("two");
    assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    let seen = env.look(id).await;
    assert_eq!((seen.summary.state, seen.summary.charts), (RepositoryState::Failing, 2));
    assert_eq!(
        (seen.summary.cause, seen.runs[0].status),
        (Some(Cause::InvalidCredentials), Some(401))
    );
    assert!(seen.summary.stale_since.is_some());
    let pause = seen.next_sync_at.unwrap().since(seen.summary.last_sync_at.unwrap());
    assert_eq!(pause, Duration::from_hours(1), "no tries that could lock the account");
    let page = Charts::list(&env.engine, &env.principal, ChartQuery::default()).await.unwrap();
    assert!(page.total.counted() == 2 && page.rows[0].stale_since.is_some());

    registry.set_password("one");
    assert_eq!(env.sync(id).await, None);
    let seen = env.look(id).await;
    assert_eq!((seen.summary.cause, seen.summary.stale_since), (None, None));
}

async fn f4_vault_away_says_nothing_about_the_login(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "private", Some(credential)).await;
    let mut nowhere = env.vault_config();
    nowhere.address.set_port(Some(1)).unwrap();
    let away = env.engine_with(Arc::new(SystemClock), nowhere).await;
    let cause = away.sync_repository(env.scope(), id, SyncTrigger::Interval).await.unwrap();
    assert_eq!((cause, registry.requests()), (Some(Cause::VaultUnavailable), 0));
    let seen = env.look(id).await;
    assert!(
        seen.next_sync_at.unwrap().since(seen.summary.last_sync_at.unwrap())
            <= Duration::from_secs(30)
    );
    assert_eq!(env.sync(id).await, None);
}

async fn r_cred_03_a_new_origin_gets_no_login(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let other = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "private", Some(credential)).await;
    assert_eq!(env.sync(id).await, None);

    edit(&env, id, &other.url("private"), Some(credential)).await.unwrap();
    assert_eq!(env.look(id).await.summary.link.unwrap().state, LinkState::Suspended);
    assert_eq!(env.sync(id).await, Some(Cause::LinkSuspended));
    assert_eq!((other.requests(), other.logins()), (0, 0));

    // Whoever may allow the address is asked first.
    let asked = edit(&env, id, &other.url("private"), Some(credential)).await;
    assert!(matches!(asked, Err(ServiceError::Choose { .. })), "{asked:?}");
    assert_eq!(other.logins(), 0);
    let agreed =
        changed(edited(&env.look(id).await, &other.url("private"), Some(credential)), |fields| {
            fields.allow = other.authority();
        });
    Repositories::edit(&env.engine, &env.principal, agreed).await.unwrap();
    assert_eq!(env.look(id).await.summary.link.unwrap().state, LinkState::Active);
    assert_eq!(env.sync(id).await, None);
    assert_eq!(other.logins(), 1);

    edit(&env, id, &registry.url("elsewhere"), None).await.unwrap();
    assert_eq!(env.look(id).await.summary.link, None);
    assert_eq!(env.sync(id).await, Some(Cause::NoCredential));
}

async fn f8_a_sync_writes_nothing_to_a_deleted_repository(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "slow", None).await;
    registry.hold();
    let (synced, ()) = tokio::join!(env.sync(id), async {
        registry.held(1).await;
        Repositories::delete(&env.engine, &env.principal, id).await.unwrap();
        registry.release();
    });
    assert_eq!(synced, None);
    let runs = storage::repositories::runs(&env.db, env.scope(), id, 20).await.unwrap();
    assert_eq!(runs, []);
    assert!(!storage::charts::any(&env.db, env.scope()).await.unwrap());
    assert_eq!(
        Repositories::get(&env.engine, &env.principal, id).await.unwrap_err(),
        ServiceError::NotFound
    );
    env.repository(&registry, "slow", None).await;
}

async fn f8_a_sync_writes_nothing_to_a_changed_repository(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "slow", None).await;
    registry.hold();
    let (_, edited) = tokio::join!(env.sync(id), async {
        registry.held(1).await;
        registry.answer_others();
        let edited = edit(&env, id, &registry.url("other"), None).await;
        registry.release();
        edited
    });
    edited.unwrap();
    let seen = env.look(id).await;
    assert_eq!(
        (seen.summary.state, seen.summary.charts, seen.runs.len()),
        (RepositoryState::Syncing, 0, 0)
    );
}

async fn names_are_unique_and_forms_are_not_overwritten(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "a", None).await;
    let again = AddRepository {
        url: registry.url("b").into(),
        name: env.look(id).await.summary.name.to_uppercase(),
        kind: "helm".into(),
        ..AddRepository::default()
    };
    let error = Repositories::add(&env.engine, &env.principal, again).await.unwrap_err();
    assert_eq!(error.problem_of(Field::Name), Some("This name is taken."));

    let other = env.repository(&registry, "b", None).await;
    let seen = env.look(other).await;
    let mut form = EditRepository {
        repository: other.to_string(),
        row_version: seen.row_version.to_string(),
        fields: AddRepository {
            url: registry.url("b").into(),
            name: "c".into(),
            ..AddRepository::default()
        },
    };
    Repositories::edit(&env.engine, &env.principal, form.clone()).await.unwrap();
    let error = Repositories::edit(&env.engine, &env.principal, form.clone()).await.unwrap_err();
    assert_eq!(error, ServiceError::Stale { changed_by: "Ada".into() });
    form.row_version = env.look(other).await.row_version.to_string();
    form.fields.name = env.look(id).await.summary.name;
    let error = Repositories::edit(&env.engine, &env.principal, form).await.unwrap_err();
    assert!(error.problem_of(Field::Name).is_some());
}

async fn nothing_crosses_organizations(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "a", None).await;
    let credential = env.credential("robot", "one").await;
    let stranger = TestEnv::organization(&env.db, "Two").await;
    let engine = &env.engine;
    assert_eq!(Repositories::get(engine, &stranger, id).await.unwrap_err(), ServiceError::NotFound);
    assert_eq!(
        Repositories::delete(engine, &stranger, id).await.unwrap_err(),
        ServiceError::NotFound
    );
    assert_eq!(
        Repositories::sync(engine, &stranger, RepositorySelection::These(vec![id]))
            .await
            .unwrap_err(),
        ServiceError::NotFound
    );
    let theirs = Repositories::list(engine, &stranger, RepositoryQuery::default()).await.unwrap();
    assert!(theirs.is_empty && theirs.rows.is_empty());
    let form = AddRepository {
        url: registry.url("b").into(),
        kind: "helm".into(),
        credential: credential.to_string(),
        ..AddRepository::default()
    };
    let error = Repositories::add(engine, &stranger, form).await.unwrap_err();
    assert!(error.problem_of(Field::Credential).is_some());
    let page = Repositories::list(
        engine,
        &env.principal,
        RepositoryQuery { search: "A-".into(), ..RepositoryQuery::default() },
    );
    assert_eq!(page.await.unwrap().total.counted(), 1);
}

async fn sync_now_runs_through_the_workers(env: TestEnv) {
    let registry = Registry::start(None).await;
    let mut ids = Vec::new();
    for path in ["a", "b", "c"] {
        ids.push(env.repository(&registry, path, None).await);
    }
    let workers = env.workers();
    env.synced(&ids).await;
    registry.break_path("b", 503);
    registry.set_index(index(&[("mysql", &["1.0.0"])]));
    assert_eq!(
        Repositories::sync(&env.engine, &env.principal, RepositorySelection::all()).await.unwrap(),
        3
    );
    for _ in 0..400 {
        let a = env.look(ids[0]).await.runs.len() == 2;
        if a && env.look(ids[1]).await.runs.len() >= 2 && env.look(ids[2]).await.runs.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(env.look(ids[0]).await.summary.charts, 1);
    let broken = env.look(ids[1]).await;
    assert_eq!((broken.summary.cause, broken.summary.charts), (Some(Cause::ServerError), 2));
    registry.break_path("b", 0);
    for _ in 0..800 {
        if env.look(ids[1]).await.summary.state == RepositoryState::Healthy {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(env.look(ids[1]).await.summary.charts, 1, "tried again by itself");
    workers.stop().await;
}

async fn addresses_that_are_no_repository_are_refused(env: TestEnv) {
    let registry = Registry::start(None).await;
    registry.set_index("<!doctype html><title>Sign in</title>".into());
    let form = AddRepository { url: registry.url("page").into(), ..AddRepository::default() };
    let error = Repositories::add(&env.engine, &env.principal, form).await.unwrap_err();
    assert!(error.problem_of(Field::Url).is_some(), "{error:?}");
    let form = AddRepository { url: "http://10.1.2.3/charts".into(), ..AddRepository::default() };
    let error = Repositories::add(&env.engine, &env.principal, form).await.unwrap_err();
    assert_eq!(
        error.problem_of(Field::Url),
        Some(Cause::BlockedAddress.words(RemoteKind::Registry).message)
    );

    registry.set_index(index(&[("nginx", &["1.0.0"])]));
    let form = AddRepository { url: registry.url("good").into(), ..AddRepository::default() };
    let id = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(env.look(id).await.summary.kind, domain::repositories::RepositoryKind::Helm);
}
