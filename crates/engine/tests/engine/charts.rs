//! The catalog, as syncs fill it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv, on_both,
    registry::{Registry, index},
};
use domain::{charts::ChartQuery, repositories::RepositoryState, service::Charts};

on_both!(
    a_sync_reads_the_charts_and_an_unchanged_index_costs_one_request,
    a_large_index_is_stored_quickly,
    what_a_sync_leaves_out_is_kept_and_told,
);

async fn a_sync_reads_the_charts_and_an_unchanged_index_costs_one_request(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "stable", None).await;
    assert_eq!(env.sync(id).await, None);

    let seen = env.look(id).await;
    assert_eq!((seen.summary.state, seen.summary.charts), (RepositoryState::Healthy, 2));
    assert_eq!(
        (seen.runs.len(), seen.runs[0].charts, seen.runs[0].versions),
        (1, Some(2), Some(3))
    );
    assert!(seen.next_sync_at.is_some());

    let search = |text: &str| ChartQuery { search: text.into(), ..ChartQuery::default() };
    let page = Charts::list(&env.engine, &env.principal, search("NGINX-word")).await.unwrap();
    assert_eq!(
        (page.total.counted(), page.is_empty, page.rows[0].version.as_str()),
        (1, false, "1.1.0")
    );
    assert_eq!(
        Charts::list(&env.engine, &env.principal, search("%")).await.unwrap().total.counted(),
        0
    );
    let nginx = page.rows[0].id;
    let chart = Charts::get(&env.engine, &env.principal, nginx).await.unwrap();
    let versions: Vec<_> = chart.versions.iter().map(|version| version.version.as_str()).collect();
    assert_eq!(versions, ["1.1.0", "1.0.0"]);
    assert_eq!(chart.metadata.keywords, ["web", "nginx-word"]);

    let before = registry.requests();
    assert_eq!(env.sync(id).await, None);
    assert_eq!(registry.requests(), before + 1);
    assert_eq!(env.look(id).await.runs[0].charts, None, "nothing had changed");

    registry
        .set_index(index(&[("nginx", &["1.0.0", "1.1.0"]), ("mysql", &["1.0.0-rc.1", "0.9.0"])]));
    assert_eq!(env.sync(id).await, None);
    let page = Charts::list(&env.engine, &env.principal, ChartQuery::default()).await.unwrap();
    let charts: Vec<_> =
        page.rows.iter().map(|row| (row.name.as_str(), row.version.as_str())).collect();
    assert_eq!(charts, [("mysql", "0.9.0"), ("nginx", "1.1.0")]);
    assert_eq!(page.rows[1].id, nginx, "an unchanged chart keeps its id");
}

async fn a_large_index_is_stored_quickly(env: TestEnv) {
    let registry = Registry::start(None).await;
    let names: Vec<_> = (0..150).map(|n| format!("chart-{n}")).collect();
    let versions: Vec<_> = (0..100).map(|n| format!("1.{n}.0")).collect();
    let versions: Vec<_> = versions.iter().map(String::as_str).collect();
    let charts: Vec<_> = names.iter().map(|name| (name.as_str(), versions.as_slice())).collect();
    registry.set_index(index(&charts));
    let id = env.repository(&registry, "large", None).await;
    let start = std::time::Instant::now();
    assert_eq!(env.sync(id).await, None);
    println!("15,000 versions read and stored in {:?}", start.elapsed());
    let seen = env.look(id).await;
    assert_eq!((seen.summary.charts, seen.runs[0].versions), (150, Some(15_000)));
}

/// The index of a repository that is not kept with care.
const CARELESS: &str = "apiVersion: v1
entries:
  web:
  - {name: web, version: 2023.10.1, urls: [web-2023.10.1.tgz]}
  - {name: web, version: 2024.01.05, urls: [web-2024.01.05.tgz]}
  - {name: web, version: latest, urls: [web-latest.tgz]}
  - {version: 1.0.0, urls: [web-1.0.0.tgz]}
  text: web
";

async fn what_a_sync_leaves_out_is_kept_and_told(env: TestEnv) {
    let registry = Registry::start(None).await;
    registry.set_index(CARELESS.to_owned());
    let id = env.repository(&registry, "careless", None).await;
    assert_eq!(env.sync(id).await, None);
    let told = "1 chart without a list, 1 entry without a name, \
                1 entry without a version that Helm reads";
    assert_eq!(env.look(id).await.left_out.words(), told);
    let page = Charts::list(&env.engine, &env.principal, ChartQuery::default()).await.unwrap();
    assert_eq!(page.rows[0].version, "2024.01.05", "the newest as Helm sees it, as published");
    // Neither a sync that finds nothing new nor one that fails takes it back.
    assert_eq!(env.sync(id).await, None);
    assert_eq!(env.look(id).await.left_out.words(), told);
    registry.break_path("careless", 500);
    assert!(env.sync(id).await.is_some());
    assert_eq!(env.look(id).await.left_out.words(), told);
    registry.break_path("careless", 0);
    registry.set_index(index(&[("web", &["2024.01.05"])]));
    assert_eq!(env.sync(id).await, None);
    assert!(env.look(id).await.left_out.is_empty());
}
