//! Bulk runs: one action on many rows, each by the rules of the single action.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::time::Duration;

use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    BulkRunId, CredentialId, Principal, RepositoryId, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    bulk::{BulkAction, BulkRowState, BulkRun, BulkThing, SelectedRows},
    credentials::{CredentialQuery, CredentialSelection},
    repositories::{RepositoryQuery, RepositorySelection},
    service::{Audit, BulkRuns, Credentials, Repositories},
};

on_both!(
    what_was_found_is_deleted_after_a_yes_and_not_before,
    credentials_in_use_are_refused_as_one_by_one,
    each_row_is_tested_with_its_own_login,
    ten_thousand_intervals_are_set_and_undone_in_one_request,
    a_run_takes_the_rights_of_the_action_on_one_row,
    a_run_ends_with_the_rights_of_who_began_it,
);

async fn begin(env: &TestEnv, action: BulkAction, rows: SelectedRows) -> BulkRunId {
    BulkRuns::begin(&env.engine, &env.principal, action, rows).await.unwrap()
}

async fn look(env: &TestEnv, run: BulkRunId) -> BulkRun {
    BulkRuns::get(&env.engine, &env.principal, run).await.unwrap()
}

async fn end_of(env: &TestEnv, run: BulkRunId) -> BulkRun {
    for _ in 0..1_200 {
        let seen = look(env, run).await;
        if seen.finished_at.is_some() {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not ended in time: {:?}", look(env, run).await);
}

fn these(ids: &[RepositoryId]) -> SelectedRows {
    SelectedRows::Repositories(RepositorySelection::These(ids.to_vec()))
}

fn told(run: &BulkRun, name: &str) -> (BulkRowState, String) {
    let row = run.rows.iter().find(|row| row.name == name).unwrap();
    (row.state, row.detail.clone())
}

async fn what_was_found_is_deleted_after_a_yes_and_not_before(env: TestEnv) {
    let registry = Registry::start(None).await;
    let mut ids = Vec::new();
    for path in ["a", "b", "c"] {
        ids.push(env.repository(&registry, path, None).await);
    }
    let stranger = TestEnv::organization(&env.db, "Two").await;
    let named = [ids[0], ids[1], RepositoryId::new(), RepositoryId::new()];
    let run = begin(&env, BulkAction::DeleteRepositories, these(&named)).await;
    let _workers = env.workers();
    let asked = look(&env, run).await;
    assert!(asked.asks.is_some() && asked.finished_at.is_none());
    assert_eq!((asked.counts.waiting, asked.missing), (2, 2));
    assert_eq!(env.look(ids[0]).await.summary.id, ids[0], "nobody said yes");
    // Of another organization it is not even known.
    for refused in [
        BulkRuns::confirm(&env.engine, &stranger, run).await,
        BulkRuns::get(&env.engine, &stranger, run).await.map(drop),
    ] {
        assert_eq!(refused, Err(ServiceError::NotFound));
    }
    let rows = these(&ids);
    let theirs =
        BulkRuns::begin(&env.engine, &stranger, BulkAction::DeleteRepositories, rows).await;
    assert_eq!(theirs, Err(ServiceError::NotFound));

    // One goes meanwhile, by hand.
    Repositories::delete(&env.engine, &env.principal, ids[1]).await.unwrap();
    for _ in 0..2 {
        BulkRuns::confirm(&env.engine, &env.principal, run).await.unwrap();
    }
    let ended = end_of(&env, run).await;
    assert_eq!((ended.counts.done, ended.counts.skipped), (1, 1), "{ended:?}");
    let left =
        Repositories::list(&env.engine, &env.principal, RepositoryQuery::default()).await.unwrap();
    assert_eq!(left.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[2]]);
    let query =
        AuditQuery { action: Some(AuditAction::RepositoryDeleted), ..AuditQuery::default() };
    let events = Audit::list(&env.engine, &env.principal, query).await.unwrap();
    assert_eq!(events.rows.len(), 2, "each deletion is told as one by hand");
}

async fn credentials_in_use_are_refused_as_one_by_one(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let (used, free) = (env.credential("used", "one").await, env.credential("free", "two").await);
    env.repository(&registry, "a", Some(used)).await;
    let all = SelectedRows::Credentials(CredentialSelection::Found(CredentialQuery::default()));
    let run = begin(&env, BulkAction::DeleteCredentials, all).await;
    assert_eq!(look(&env, run).await.asks.unwrap().in_use, ["used"]);
    let _workers = env.workers();
    BulkRuns::confirm(&env.engine, &env.principal, run).await.unwrap();
    let ended = end_of(&env, run).await;
    let repository = format!("a-{}", registry.port());
    let (state, detail) = told(&ended, "used");
    assert_eq!((state, detail), (BulkRowState::Failed, format!("In use by {repository}.")));
    assert_eq!(told(&ended, "free").0, BulkRowState::Done);
    let gone = |id: CredentialId| Credentials::get(&env.engine, &env.principal, id);
    assert!(gone(used).await.is_ok() && gone(free).await.is_err());
}

async fn each_row_is_tested_with_its_own_login(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let (good, bad) = (env.credential("good", "one").await, env.credential("bad", "two").await);
    let unused = env.credential("unused", "three").await;
    let ids = [
        env.repository(&registry, "a", Some(good)).await,
        env.repository(&registry, "b", Some(bad)).await,
    ];
    let _workers = env.workers();
    let run = begin(&env, BulkAction::TestRepositories, these(&ids)).await;
    let ended = end_of(&env, run).await;
    assert_eq!((ended.counts.done, ended.counts.failed), (1, 1), "{ended:?}");
    let (state, detail) = told(&ended, &format!("b-{}", registry.port()));
    assert!(state == BulkRowState::Failed && !detail.is_empty(), "{ended:?}");

    let rows = CredentialSelection::These(vec![good, bad, unused]);
    let run = begin(&env, BulkAction::TestCredentials, SelectedRows::Credentials(rows)).await;
    let ended = end_of(&env, run).await;
    assert_eq!(told(&ended, "good"), (BulkRowState::Done, "Works at 1 place.".to_owned()));
    assert_eq!(told(&ended, "bad").0, BulkRowState::Failed);
    assert_eq!(told(&ended, "unused").0, BulkRowState::Skipped);
    assert!(!format!("{ended:?}").contains("two"), "no secret is told");
}

async fn ten_thousand_intervals_are_set_and_undone_in_one_request(env: TestEnv) {
    let registry = Registry::start(None).await;
    let one = env.repository(&registry, "a", None).await;
    let random = if env.is_sqlite() { "randomblob(16)" } else { "gen_random_uuid()" };
    env.sql(&format!(
        "insert into repositories (organization_id, id, name, name_key, kind, url, origin, chart_names,
           interval_seconds, state, created_at, updated_by, project_id, is_automatic, environment, ca, proxy)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
         select r.organization_id, {random}, 'row ' || n.i, 'row ' || n.i, r.kind, r.url, r.origin, '',
           case when n.i % 2 = 0 then 300 else 86400 end, 'new', 0, '', r.project_id, false, '', '', ''
         from n cross join repositories r"
    ))
    .await;
    let rows = || {
        RepositorySelection::Found(RepositoryQuery {
            search: "row".into(),
            ..RepositoryQuery::default()
        })
    };
    let with = async |seconds: u32| {
        let text = format!("select count(*) from repositories where interval_seconds = {seconds}");
        env.count(&text).await
    };
    let set = BulkRuns::set_interval(&env.engine, &env.principal, rows(), "300").await.unwrap();
    assert_eq!((set.rows, set.changed, set.missing), (10_000, 5_000, 0));
    assert_eq!(with(300).await, 10_000);
    // What somebody set meanwhile stays as they set it.
    env.sql("update repositories set interval_seconds = 900 where name = 'row 1'").await;
    let undone = BulkRuns::undo_interval(&env.engine, &env.principal, set.run).await.unwrap();
    assert_eq!((undone, with(300).await, with(86_400).await), (4_999, 5_000, 4_999));
    let again = BulkRuns::undo_interval(&env.engine, &env.principal, set.run).await.unwrap();
    assert_eq!(again, 0, "twice is once");
    assert_eq!(env.look(one).await.interval, 3_600, "it was not found");
    let refused = BulkRuns::set_interval(&env.engine, &env.principal, rows(), "7").await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{refused:?}");

    let run = begin(&env, BulkAction::DeleteRepositories, SelectedRows::Repositories(rows())).await;
    let asked = look(&env, run).await;
    assert_eq!((asked.counts.waiting, asked.rows.len()), (10_000, 200));
}

async fn a_run_takes_the_rights_of_the_action_on_one_row(env: TestEnv) {
    let registry = Registry::start(None).await;
    let repository = env.repository(&registry, "a", None).await;
    let credential = env.credential("c", "x").await;
    let editor = env.member("Eve", Role::Editor).await;
    let viewer = env.member("Vic", Role::Viewer).await;
    let run = begin(&env, BulkAction::DeleteRepositories, these(&[repository])).await;
    let begun = async |person: &Principal, action: BulkAction| {
        let rows = match action.thing() {
            BulkThing::Credential => {
                SelectedRows::Credentials(CredentialSelection::These(vec![credential]))
            }
            _ => these(&[repository]),
        };
        BulkRuns::begin(&env.engine, person, action, rows).await.map(drop)
    };
    for (person, action) in [
        (&viewer, BulkAction::TestRepositories),
        (&viewer, BulkAction::DeleteRepositories),
        (&editor, BulkAction::TestCredentials),
        (&editor, BulkAction::DeleteCredentials),
    ] {
        assert_eq!(begun(person, action).await, Err(ServiceError::NotAllowed), "{action:?}");
    }
    let refused = BulkRuns::confirm(&env.engine, &viewer, run).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    let rows = RepositorySelection::These(vec![repository]);
    let refused = BulkRuns::set_interval(&env.engine, &viewer, rows, "300").await;
    assert_eq!(refused.map(drop), Err(ServiceError::NotAllowed));
    begun(&editor, BulkAction::DeleteRepositories).await.unwrap();
    assert_eq!(BulkRuns::get(&env.engine, &viewer, run).await.unwrap().counts.waiting, 1);
}

async fn a_run_ends_with_the_rights_of_who_began_it(env: TestEnv) {
    let registry = Registry::start(None).await;
    let repository = env.repository(&registry, "a", None).await;
    let editor = env.member("Eve", Role::Editor).await;
    let action = BulkAction::DeleteRepositories;
    let run = BulkRuns::begin(&env.engine, &editor, action, these(&[repository])).await.unwrap();
    BulkRuns::confirm(&env.engine, &editor, run).await.unwrap();
    env.with_role(&editor, Role::Viewer).await;
    let _workers = env.workers();
    let ended = end_of(&env, run).await;
    assert_eq!(ended.counts.skipped, 1, "{ended:?}");
    assert!(ended.rows[0].detail.contains("no longer allowed"), "{ended:?}");
    assert_eq!(env.look(repository).await.summary.id, repository);
}
