//! Search: what is found by the beginnings of words, as it is now, and by whom.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv,
    forms::{described, edited, new, removal},
    git::export,
    on_both,
    registry::Registry,
};
use domain::{
    Principal, Role,
    credentials::{CreateCredential, Remarks},
    projects::ProjectForm,
    search::{Findings, FoundKind, Typed},
    service::{Credentials, Exports, Projects, Repositories, Search},
};

on_both!(
    each_kind_is_found_by_the_beginnings_of_its_words,
    what_changes_is_found_by_its_new_words_at_once,
    only_who_manages_credentials_finds_them_by_what_is_written_about_them,
    nobody_finds_what_another_organization_has,
    what_was_stored_before_gets_its_words_at_the_start,
    many_hits_are_cut_and_said,
    words_of_every_script_are_found,
);

async fn found_by(env: &TestEnv, who: &Principal, text: &str) -> Findings {
    Search::search(&env.engine, who, Typed::parse(text).unwrap()).await.unwrap()
}

/// Kind and name of every hit.
async fn found(env: &TestEnv, text: &str) -> Vec<(FoundKind, String)> {
    let found = found_by(env, &env.principal, text).await;
    let hits = found.groups.into_iter().flat_map(|group| group.hits);
    hits.map(|hit| (hit.kind, hit.name)).collect()
}

async fn each_kind_is_found_by_the_beginnings_of_its_words(env: TestEnv) {
    let registry = Registry::start(None).await;
    let credential = env.credential("Payments-Robot", "one").await;
    let repository = env.repository(&registry, "payments", Some(credential)).await;
    assert_eq!(env.sync(repository).await, None);
    let project = ProjectForm { name: "Payments EU".into(), ..ProjectForm::default() };
    Projects::save(&env.engine, &env.principal, project).await.unwrap();
    let export = export("payments pull", &[credential]);
    Exports::save(&env.engine, &env.principal, export).await.unwrap();
    let names = found(&env, "pay").await;
    let url_name = format!("payments-{}", registry.port());
    let expected = [
        (FoundKind::Credential, "Payments-Robot".to_owned()),
        (FoundKind::Repository, url_name.clone()),
        (FoundKind::Export, "payments pull".to_owned()),
        (FoundKind::Project, "Payments EU".to_owned()),
    ];
    assert_eq!(names, expected);

    assert_eq!(found(&env, "rob PAYM").await, [(FoundKind::Credential, "Payments-Robot".into())]);
    assert_eq!(found(&env, "ayments").await, [], "only beginnings count");
    assert_eq!(found(&env, "payments nothing").await, []);
    assert_eq!(found(&env, "ngin").await, [(FoundKind::Chart, "nginx".into())]);
    let by_url = found(&env, &registry.url("payments")).await;
    assert_eq!(by_url, [(FoundKind::Repository, url_name)]);
    for nothing in ["%", "_", "' or 1=1 --", "\\", "<script>"] {
        assert_eq!(found(&env, nothing).await, [], "{nothing}");
    }
}

async fn what_changes_is_found_by_its_new_words_at_once(env: TestEnv) {
    let registry = Registry::start(None).await;
    let credential = env.credential("before", "one").await;
    let detail = Credentials::get(&env.engine, &env.principal, credential).await.unwrap();
    let mut form = described(&detail, "");
    form.name = "renamed".into();
    Credentials::describe(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(found(&env, "before").await, []);
    assert_eq!(found(&env, "renam").await, [(FoundKind::Credential, "renamed".into())]);

    let repository = env.repository(&registry, "old", None).await;
    assert_eq!(env.sync(repository).await, None);
    assert_eq!(found(&env, "redis").await.len(), 1);
    let now = env.look(repository).await;
    let mut form = edited(&now, &registry.url("new"), None);
    form.fields.name = "moved".into();
    Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(found(&env, "old").await, []);
    assert_eq!(found(&env, "moved").await.len(), 1);

    Repositories::delete(&env.engine, &env.principal, repository).await.unwrap();
    assert_eq!((found(&env, "moved").await.len(), found(&env, "redis").await.len()), (0, 0));
    let form = removal(credential, "");
    Credentials::delete(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(found(&env, "renam").await, []);
    let left = env.count("select count(*) from search_words where kind <> 'project'").await;
    assert_eq!(left, 0, "no words are left of what is gone");
}

async fn only_who_manages_credentials_finds_them_by_what_is_written_about_them(env: TestEnv) {
    let form = CreateCredential {
        username: "octocat".into(),
        remarks: Remarks::described("owned by the platform team"),
        ..new("ghcr", "one")
    };
    Credentials::create(&env.engine, &env.principal, form).await.unwrap();
    let viewer = env.member("Grace", Role::Viewer).await;
    for (text, managers, viewers) in [("ghcr", 1, 1), ("octo", 1, 0), ("platf", 1, 0)] {
        let count = async |who| found_by(&env, who, text).await.groups.len();
        assert_eq!(
            (count(&env.principal).await, count(&viewer).await),
            (managers, viewers),
            "{text}"
        );
    }
}

async fn nobody_finds_what_another_organization_has(env: TestEnv) {
    env.credential("harbor", "one").await;
    let outsider = TestEnv::organization(&env.db, "Two").await;
    assert_eq!(found_by(&env, &outsider, "harbor").await, Findings::default());
    assert_eq!(found(&env, "harbor").await.len(), 1);
}

async fn what_was_stored_before_gets_its_words_at_the_start(env: TestEnv) {
    let registry = Registry::start(None).await;
    env.credential("harbor", "one").await;
    let repository = env.repository(&registry, "stable", None).await;
    assert_eq!(env.sync(repository).await, None);
    let words = env.count("select count(*) from search_words").await;
    env.sql("delete from search_words").await;
    assert_eq!(found(&env, "harbor").await, []);
    let workers = env.workers();
    let mut tries = 0;
    while env.count("select count(*) from search_words").await < words {
        tries += 1;
        assert!(tries < 1_200, "the words are not written in time");
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    workers.stop().await;
    for text in ["harbor", "stable", "nginx"] {
        assert_eq!(found(&env, text).await.len(), 1, "{text}");
    }
}

async fn many_hits_are_cut_and_said(env: TestEnv) {
    for n in 0..=Findings::MOST {
        env.credential(&format!("many {n}"), "one").await;
    }
    let page = found_by(&env, &env.principal, "many").await;
    assert_eq!((page.groups[0].hits.len(), page.groups[0].has_more), (Findings::MOST, true));
}

async fn words_of_every_script_are_found(env: TestEnv) {
    for name in ["支払い 本番", "Größe", "данные", "---"] {
        env.credential(name, "one").await;
    }
    for (text, name) in [("本", "支払い 本番"), ("GRÖ", "Größe"), ("дан", "данные"), ("---", "---")]
    {
        assert_eq!(found(&env, text).await, [(FoundKind::Credential, name.into())], "{text}");
    }
}
