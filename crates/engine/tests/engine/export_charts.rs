//! Exports of charts and packages, as the catalog and the database know them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    Field, RepositoryId,
    exports::{ExportFile, ExportForm, ExportPreview, ExportSettings, NoteTone},
    service::Exports,
};

on_both!(
    a_chart_is_written_where_the_catalog_knows_it,
    packages_are_kept_and_what_carvel_combines_names_its_export,
);

fn form(consumer: &str, settings: ExportSettings) -> ExportForm {
    ExportForm {
        name: consumer.into(),
        consumer: consumer.into(),
        carrier: "external_secret".into(),
        settings,
        ..ExportForm::default()
    }
}

async fn preview(env: &TestEnv, repositories: &[RepositoryId], charts: &str) -> ExportPreview {
    let settings = ExportSettings { charts: charts.into(), ..ExportSettings::default() };
    let repositories = repositories.iter().map(ToString::to_string).collect();
    let form = ExportForm { repositories, ..form("flux", settings) };
    Exports::preview(&env.engine, &env.principal, form).await.unwrap()
}

async fn a_chart_is_written_where_the_catalog_knows_it(env: TestEnv) {
    let registry = Registry::start(None).await;
    let known = env.repository(&registry, "known", None).await;
    let other = env.repository(&registry, "other", None).await;
    assert_eq!(env.sync(known).await, None);
    let (places, names) = ([known, other], ["nginx", "web"]);
    let found = storage::exports::charts(&env.db, env.scope(), &places, &names).await.unwrap();
    let found: Vec<_> = found.iter().map(|row| (row.repository, row.name.as_str())).collect();
    assert_eq!(found, [(known, "nginx")]);
    // The registry of these tests speaks Helm; for an export, the kind and the charts are facts.
    env.sql("update repositories set kind = 'oci', url = 'oci://registry.example/' || name").await;

    let shown = preview(&env, &[known, other], "nginx@>=1.0.0 <2.0.0, web").await;
    let text = |file: &ExportFile| file.text.clone();
    let all = shown.files.iter().map(text).collect::<String>();
    let times = |words: &str| all.matches(words).count();
    let url = format!("url: oci://registry.example/known-{}/nginx", registry.port());
    assert_eq!(times(&url), 1, "{all}");
    assert_eq!(times("/nginx"), 1, "{all}");
    assert_eq!(times("semver: \">=1.0.0 <2.0.0\""), 1, "{all}");
    assert_eq!(times("/web"), 2, "{all}");
    let warned: Vec<_> = shown.notes.iter().filter(|note| note.tone == NoteTone::Warning).collect();
    let [warning] = warned.as_slice() else { panic!("{warned:?}") };
    assert!(warning.text.starts_with("web: the catalog knows this chart in none"), "{warning:?}");
}

async fn packages_are_kept_and_what_carvel_combines_names_its_export(env: TestEnv) {
    let credential = env.credential("robot", "one").await;
    let registry = Registry::start(Some("one")).await;
    env.repository(&registry, "r", Some(credential)).await;
    let settings = ExportSettings {
        namespace: "apps".into(),
        to_namespaces: "*".into(),
        packages: "prometheus.example.com@2.x".into(),
        ..ExportSettings::default()
    };
    let mut form =
        ExportForm { credentials: vec![credential.to_string()], ..form("carvel", settings) };
    let refused = Exports::save(&env.engine, &env.principal, form.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::ServiceAccount).is_some());
    form.settings.service_account = "installer".into();
    let id = Exports::save(&env.engine, &env.principal, form.clone()).await.unwrap();
    let seen = Exports::get(&env.engine, &env.principal, id).await.unwrap();
    assert_eq!(
        (seen.settings.packages.as_str(), seen.settings.service_account.as_str()),
        ("prometheus.example.com@2.x", "installer")
    );
    let paths: Vec<_> = seen.preview.files.iter().map(|file| file.path.as_str()).collect();
    assert!(paths.contains(&"prometheus.example.com.install.yaml"), "{paths:?}");
    let sources = Exports::carvel(&env.engine, &env.principal).await.unwrap();
    assert_eq!(sources.iter().map(|source| source.export).collect::<Vec<_>>(), [id]);
}
