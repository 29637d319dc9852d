//! One word for how a thing is doing, the same in lists, filters and pages.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    Access, CredentialId, ProjectId, RepositoryId, ServiceError, Status,
    credentials::{CredentialQuery, CredentialSummary, Direction, PlaceCredential, Placement},
    notices::AttentionCounts,
    projects::ProjectForm,
    repositories::{AddRepository, RepositoryOrder, RepositoryQuery, RepositorySelection},
    service::{Credentials, Notices, Projects, Repositories},
};
use engine::{Clock, SystemClock};

on_both!(
    a_repository_is_found_by_the_word_it_is_told_with,
    sync_all_takes_what_the_page_finds,
    a_credential_says_the_worst_of_what_holds,
    a_project_finds_what_belongs_to_it,
    f56_what_a_credential_may_do_is_stored_and_changed,
    a_list_is_sorted_by_the_column_that_is_asked_for,
    what_needs_somebody_is_counted_for_the_side_bar,
);

fn by_status(status: Status) -> RepositoryQuery {
    RepositoryQuery { status: Some(status), ..RepositoryQuery::default() }
}

async fn found(env: &TestEnv, query: RepositoryQuery) -> Vec<(RepositoryId, Status)> {
    let page = Repositories::list(&env.engine, &env.principal, query).await.unwrap();
    assert_eq!(page.total.counted() as usize, page.rows.len());
    page.rows.iter().map(|row| (row.id, row.status())).collect()
}

/// A healthy, a stale, a failing, a paused and a syncing repository, in this order.
async fn of_every_kind(
    env: &TestEnv,
    open: &Registry,
    closed: &Registry,
) -> Vec<(RepositoryId, Status)> {
    let healthy = env.repository(open, "healthy", None).await;
    let stale = env.repository(open, "stale", None).await;
    let failing = env.repository(open, "failing", None).await;
    for id in [healthy, stale, failing] {
        assert_eq!(env.sync(id).await, None);
    }
    open.break_path("stale", 503);
    open.break_path("failing", 404);
    for id in [stale, failing] {
        assert!(env.sync(id).await.is_some());
    }
    let credential = env.credential("robot", "one").await;
    let paused = env.repository(closed, "paused", Some(credential)).await;
    for _ in 0..storage::circuit_breaker::REFUSALS {
        assert!(env.sync(paused).await.is_some());
    }
    let syncing = env.repository(open, "syncing", None).await;
    vec![
        (healthy, Status::Healthy),
        (stale, Status::Stale),
        (failing, Status::Failing),
        (paused, Status::Paused),
        (syncing, Status::Syncing),
    ]
}

async fn a_repository_is_found_by_the_word_it_is_told_with(env: TestEnv) {
    let (open, closed) = (Registry::start(None).await, Registry::start(Some("other")).await);
    let all = of_every_kind(&env, &open, &closed).await;
    for (id, status) in &all {
        assert_eq!(env.look(*id).await.summary.status(), *status);
        assert_eq!(found(&env, by_status(*status)).await, [(*id, *status)]);
    }
    assert_eq!(found(&env, by_status(Status::Unused)).await, []);
    let listed: Vec<_> = found(&env, RepositoryQuery::default()).await;
    let bad = listed.iter().take_while(|(_, status)| status.is_bad()).count();
    assert_eq!((listed.len(), bad), (5, 3), "what fails comes first: {listed:?}");
    // A row that fails says so while somebody has it synced again, and stays where it was.
    let (failing, _) = all[2];
    let which = RepositorySelection::These(vec![failing]);
    Repositories::sync(&env.engine, &env.principal, which).await.unwrap();
    assert_eq!(env.look(failing).await.summary.status(), Status::Syncing);
    let after: Vec<_> = found(&env, RepositoryQuery::default()).await;
    assert_eq!(
        after.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        listed.iter().map(|(id, _)| id).collect::<Vec<_>>()
    );
}

async fn sync_all_takes_what_the_page_finds(env: TestEnv) {
    let (open, closed) = (Registry::start(None).await, Registry::start(Some("other")).await);
    let all = of_every_kind(&env, &open, &closed).await;
    let sync = async |query: RepositoryQuery| {
        Repositories::sync(&env.engine, &env.principal, RepositorySelection::Found(query))
            .await
            .unwrap()
    };
    let searched =
        |text: &str| RepositoryQuery { search: text.into(), ..RepositoryQuery::default() };
    assert_eq!(sync(searched("no such name")).await, 0);
    assert_eq!(sync(by_status(Status::Stale)).await, 1);
    assert_eq!(env.look(all[1].0).await.summary.status(), Status::Syncing);
    for (id, status) in [all[0], all[2], all[3]] {
        assert_eq!(env.look(id).await.summary.status(), status, "it was not asked for");
    }
    // The page only says which part is shown, and takes nothing away.
    assert_eq!(sync(RepositoryQuery { page: 7, ..searched("FAILING") }).await, 1);
    assert_eq!(sync(RepositoryQuery::default()).await, 5);
    let stranger = TestEnv::organization(&env.db, "Two").await;
    let theirs =
        Repositories::sync(&env.engine, &stranger, RepositorySelection::all()).await.unwrap();
    assert_eq!(theirs, 0);
    let none = RepositorySelection::These(Vec::new());
    let refused = Repositories::sync(&env.engine, &env.principal, none).await;
    assert_eq!(refused, Err(ServiceError::NotFound), "nothing is never all");
}

async fn a_list_is_sorted_by_the_column_that_is_asked_for(env: TestEnv) {
    let (open, closed) = (Registry::start(None).await, Registry::start(Some("other")).await);
    of_every_kind(&env, &open, &closed).await;
    let names = async |order, direction| {
        let query = RepositoryQuery { order, direction, ..RepositoryQuery::default() };
        let page = Repositories::list(&env.engine, &env.principal, query).await.unwrap();
        let name = |name: &str| name.split('-').next().unwrap().to_owned();
        page.rows.iter().map(|row| name(&row.name)).collect::<Vec<_>>()
    };
    let up = ["failing", "healthy", "paused", "stale", "syncing"];
    assert_eq!(names(RepositoryOrder::Name, Direction::Ascending).await, up);
    let mut down = up;
    down.reverse();
    assert_eq!(names(RepositoryOrder::Name, Direction::Descending).await, down);
    let worst = names(RepositoryOrder::State, Direction::Ascending).await;
    assert_eq!(worst, ["failing", "paused", "stale", "healthy", "syncing"]);
    let best = names(RepositoryOrder::State, Direction::Descending).await;
    assert_eq!(best, ["healthy", "syncing", "failing", "paused", "stale"]);
    let linked = names(RepositoryOrder::Credential, Direction::Descending).await;
    assert_eq!(
        linked.first().map(String::as_str),
        Some("paused"),
        "the only one with a credential"
    );
    let synced = names(RepositoryOrder::LastSync, Direction::Ascending).await;
    assert_eq!(synced.first().map(String::as_str), Some("syncing"), "never synced");
    for order in RepositoryOrder::ALL {
        for direction in Direction::ALL {
            let mut all = names(order, direction).await;
            all.sort();
            assert_eq!(all, up, "{order:?} {direction:?} loses nothing");
        }
    }
}

async fn what_needs_somebody_is_counted_for_the_side_bar(env: TestEnv) {
    let (open, closed) = (Registry::start(None).await, Registry::start(Some("other")).await);
    let nothing = Notices::attention(&env.engine, &env.principal).await.unwrap();
    assert_eq!(nothing, AttentionCounts::default());
    assert!(!nothing.fails());
    of_every_kind(&env, &open, &closed).await;
    let found = Notices::attention(&env.engine, &env.principal).await.unwrap();
    let expected = AttentionCounts {
        credentials: 1,
        repositories: 3,
        notices: found.notices,
        ..AttentionCounts::default()
    };
    assert_eq!(found, expected, "the paused credential, and what is stale, failing or paused");
    assert!(found.fails());
    let stranger = TestEnv::organization(&env.db, "Two").await;
    let theirs = Notices::attention(&env.engine, &stranger).await.unwrap();
    assert_eq!(theirs, AttentionCounts::default());
}

async fn summary(env: &TestEnv, id: CredentialId) -> CredentialSummary {
    let query = CredentialQuery::default();
    let page = Credentials::list(&env.engine, &env.principal, query).await.unwrap();
    page.rows.into_iter().find(|row| row.id == id).unwrap()
}

async fn a_credential_says_the_worst_of_what_holds(env: TestEnv) {
    let now = SystemClock.now();
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let status = async || summary(&env, credential).await.health().status(now);
    assert_eq!(status().await, Status::Unused);
    let id = env.repository(&registry, "a", Some(credential)).await;
    assert_eq!(env.sync(id).await, None);
    assert_eq!(status().await, Status::Healthy);
    registry.set_password("other");
    assert!(env.sync(id).await.is_some());
    assert_eq!(status().await, Status::Failing);
    for _ in 1..storage::circuit_breaker::REFUSALS {
        assert!(env.sync(id).await.is_some());
    }
    assert_eq!(status().await, Status::Paused);
    let detail = Credentials::get(&env.engine, &env.principal, credential).await.unwrap();
    assert_eq!(detail.health(None, false).status(now), Status::Paused, "its page says the same");
    assert_eq!(detail.links[0].status, Status::Paused);

    // One that is used by an export alone is used.
    let other = env.credential("other", "one").await;
    assert_eq!(summary(&env, other).await.health().status(now), Status::Unused);
    let organization = env.principal.organization.uuid().simple().to_string();
    let blob = |hex: &str| {
        if env.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
    };
    let (organization, other_id) = (blob(&organization), blob(&other.uuid().simple().to_string()));
    let export = blob(&"7".repeat(32));
    env
        .sql(&format!(
            "insert into exports (organization_id, id, name, name_key, consumer, carrier, created_at, updated_at, updated_by)
             values ({organization}, {export}, 'e', 'e', 'pull_secret', 'sops', 1, 1, 'Ada')"
        ))
        .await;
    env.sql(&format!(
        "insert into export_credentials (organization_id, export_id, credential_id)
             values ({organization}, {export}, {other_id})"
    ))
    .await;
    assert_eq!(summary(&env, other).await.health().status(now), Status::Healthy);
}

async fn place(env: &TestEnv, id: CredentialId, placement: Placement) {
    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let form = PlaceCredential {
        credential: id.to_string(),
        row_version: detail.row_version.to_string(),
        placement,
        ..PlaceCredential::default()
    };
    Credentials::place(&env.engine, &env.principal, form).await.unwrap();
}

async fn a_project_finds_what_belongs_to_it(env: TestEnv) {
    let registry = Registry::start(None).await;
    let form = ProjectForm { name: "payments".into(), ..ProjectForm::default() };
    let project: ProjectId = Projects::save(&env.engine, &env.principal, form).await.unwrap();
    env.repository(&registry, "elsewhere", None).await;
    let form = AddRepository {
        url: registry.url("here").into(),
        name: "here".into(),
        kind: "helm".into(),
        project: project.to_string(),
        ..AddRepository::default()
    };
    let here = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    let query = RepositoryQuery { project: Some(project), ..RepositoryQuery::default() };
    let rows = Repositories::list(&env.engine, &env.principal, query.clone()).await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| (row.id, row.project)).collect::<Vec<_>>(), [(here, project)]);
    let synced = RepositorySelection::Found(query);
    assert_eq!(Repositories::sync(&env.engine, &env.principal, synced).await.unwrap(), 1);

    let (inside, _) =
        (env.credential("inside", "one").await, env.credential("outside", "one").await);
    place(&env, inside, Placement { project: project.to_string(), ..Placement::default() }).await;
    for (direction, order) in [("up", "name"), ("down", "created")] {
        let query = CredentialQuery {
            project: Some(project),
            order: domain::credentials::CredentialOrder::parse(order).unwrap(),
            direction: domain::credentials::Direction::parse(direction).unwrap(),
            ..CredentialQuery::default()
        };
        let page = Credentials::list(&env.engine, &env.principal, query).await.unwrap();
        assert_eq!((page.total.counted(), page.is_empty, page.rows[0].id), (1, false, inside));
    }
}

async fn f56_what_a_credential_may_do_is_stored_and_changed(env: TestEnv) {
    let form = domain::credentials::CreateCredential {
        placement: Placement { access: "push".into(), ..Placement::default() },
        ..crate::env::forms::new("robot", "one")
    };
    let id = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
    let told = async || {
        let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
        assert_eq!(summary(&env, id).await.access, detail.access);
        detail.access
    };
    assert_eq!(told().await, Some(Access::Push));
    place(&env, id, Placement { access: "read".into(), ..Placement::default() }).await;
    assert_eq!(told().await, Some(Access::Read));
    place(&env, id, Placement::default()).await;
    assert_eq!(told().await, None);
}
