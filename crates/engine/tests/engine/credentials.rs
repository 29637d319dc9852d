//! Credentials: the rules a person meets.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use crate::env::{
    TestEnv,
    forms::{change, described, new, placement, removal},
    login_of, on_both,
};
use domain::{
    CredentialId, Field, RepositoryId, ServiceError,
    audit::{AuditAction, AuditEvent, AuditQuery},
    credentials::{
        CreateCredential, CredentialDetail, CredentialOrder, CredentialQuery, CredentialState,
        DeleteCredential, Direction, PlaceCredential, Placement, Saved, UpdateCredential,
    },
    repositories::AddRepository,
    service::{Answer, Audit, Credentials, Repositories},
};

on_both!(
    a_stored_credential_is_listed_and_used,
    a_name_is_taken_once,
    i_01_saved_is_what_vault_holds,
    i_04_one_of_two_updates_wins,
    a_remark_does_not_touch_vault,
    a_new_user_name_keeps_the_password,
    an_update_is_delivered_to_every_link,
    ten_thousand_uses_are_one_line,
    the_table_is_searched_and_sorted,
    a_drop_down_is_searched_by_name,
    what_can_hardly_be_meant_is_asked_about_once,
);

async fn get(env: &TestEnv, id: CredentialId) -> CredentialDetail {
    Credentials::get(&env.engine, &env.principal, id).await.unwrap()
}

async fn update(env: &TestEnv, form: UpdateCredential) -> Answer<Saved> {
    Credentials::update(&env.engine, &env.principal, form).await
}

async fn delete(env: &TestEnv, form: DeleteCredential) -> Answer<()> {
    Credentials::delete(&env.engine, &env.principal, form).await
}

async fn password(env: &TestEnv, id: CredentialId) -> String {
    env.login(id).await.1
}

/// A repository whose host nobody asks.
async fn repository(env: &TestEnv, name: &str, credential: CredentialId) -> RepositoryId {
    let form = AddRepository {
        url: format!("http://127.0.0.1:9/{name}").into(),
        name: name.into(),
        kind: "helm".into(),
        credential: credential.to_string(),
        allow: "127.0.0.1:9".into(),
        ..AddRepository::default()
    };
    Repositories::add(&env.engine, &env.principal, form).await.unwrap()
}

async fn log(env: &TestEnv, action: AuditAction) -> Vec<AuditEvent> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    Audit::list(&env.engine, &env.principal, query).await.unwrap().rows
}

async fn a_drop_down_is_searched_by_name(env: TestEnv) {
    let (alpha, beta) = (env.credential("Alpha-one", "x").await, env.credential("beta", "x").await);
    env.credential("alpha_two", "x").await;
    let found = async |search: &str, chosen: Option<CredentialId>| {
        let choices = Credentials::choices(&env.engine, &env.principal, "", chosen, search).await;
        choices.unwrap().into_iter().map(|choice| choice.name).collect::<Vec<_>>()
    };
    assert_eq!(found("", None).await.len(), 3);
    assert_eq!(found(" ALPHA", None).await, ["Alpha-one", "alpha_two"]);
    assert_eq!(found("a_t", None).await, ["alpha_two"], "an underscore is no wildcard");
    assert_eq!(found("one", Some(beta)).await, ["Alpha-one", "beta"], "what is chosen stays");
    assert!(found("%", None).await.is_empty());
    // What another repository uses at the host is found by its name alone, too.
    repository(&env, "a", alpha).await;
    let url = "http://127.0.0.1:9/b";
    let choices = Credentials::choices(&env.engine, &env.principal, url, None, "two").await;
    assert_eq!(choices.unwrap().len(), 1);
}

async fn a_stored_credential_is_listed_and_used(env: TestEnv) {
    let id = env.credential("ghcr", "canary-7f3a").await;
    let detail = get(&env, id).await;
    assert_eq!(
        (detail.state, detail.vault_version, detail.row_version),
        (CredentialState::Active, 1, 1)
    );
    assert_eq!((detail.created_by.as_str(), detail.last_used_at), ("Ada", None));
    let page =
        Credentials::list(&env.engine, &env.principal, CredentialQuery::default()).await.unwrap();
    assert_eq!((page.rows[0].id, page.total.counted()), (id, 1));

    let secret =
        env.engine.secret_for_use(env.scope(), id, &crate::env::by_hawser()).await.unwrap();
    assert_eq!(login_of(&secret), ("robot".into(), "canary-7f3a".into()));
    assert_eq!(
        (secret.owner.organization_name.as_str(), secret.owner.project_name.as_str()),
        ("One", "default")
    );
    assert_eq!((secret.vault_version, secret.epoch), (1, 1));
    assert!(!format!("{secret:?}").contains("canary"));
    assert!(get(&env, id).await.last_used_at.is_some());
    assert_eq!(log(&env, AuditAction::CredentialCreated).await[0].detail, "version 1");
    env.assert_sql_without(&["canary-7f3a"]).await;
}

async fn a_name_is_taken_once(env: TestEnv) {
    let first = env.credential("GHCR", "one").await;
    let second = env.credential("other", "two").await;
    let refused =
        Credentials::create(&env.engine, &env.principal, new("ghcr", "x")).await.unwrap_err();
    assert_eq!(refused.problem_of(Field::Name), Some("This name is taken."));
    let mut rename = described(&get(&env, second).await, "");
    rename.name = "Ghcr".into();
    let describe = async |form| Credentials::describe(&env.engine, &env.principal, form).await;
    assert!(describe(rename.clone()).await.unwrap_err().problem_of(Field::Name).is_some());
    delete(&env, removal(first, "refuse")).await.unwrap();
    describe(rename).await.unwrap();
    assert_eq!(get(&env, second).await.name, "Ghcr");
}

async fn i_01_saved_is_what_vault_holds(env: TestEnv) {
    let id = env.credential("ghcr", "secret-0").await;
    for n in 1..=5 {
        let secret = format!("secret-{n}");
        update(&env, change(&get(&env, id).await, &secret)).await.unwrap();
        let detail = get(&env, id).await;
        assert_eq!((detail.vault_version, detail.row_version), (n + 1, n + 1));
        assert_eq!(password(&env, id).await, secret);
    }
    assert_eq!(log(&env, AuditAction::CredentialUpdated).await.len(), 5);
    assert_eq!(get(&env, id).await.history.len(), 5);
}

async fn i_04_one_of_two_updates_wins(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    for round in 0..5 {
        let detail = get(&env, id).await;
        let (left, right) = (format!("left-{round}"), format!("right-{round}"));
        let (a, b) = tokio::join!(
            update(&env, change(&detail, &left)),
            update(&env, change(&detail, &right))
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let winner = if a.is_ok() { left } else { right };
        let lost = a.err().or(b.err());
        // While the winner's secret is on its way to Vault, nobody knows yet whether it counts.
        let stale = ServiceError::Stale { changed_by: "Ada".into() };
        assert!(lost == Some(ServiceError::UnderWay) || lost == Some(stale), "{lost:?}");
        assert_eq!(password(&env, id).await, winner);
        assert_eq!(get(&env, id).await.row_version, detail.row_version + 1);
    }
    let stale =
        UpdateCredential { row_version: "1".into(), ..change(&get(&env, id).await, "late") };
    assert!(matches!(update(&env, stale).await, Err(ServiceError::Stale { .. })));
}

async fn a_remark_does_not_touch_vault(env: TestEnv) {
    let id = env.credential("ghcr", "same").await;
    repository(&env, "charts", id).await;
    let before = get(&env, id).await;
    let form = described(&before, "for CI");
    let saved = Credentials::describe(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(saved, Saved { id, propagation: None, warning: None });
    let after = get(&env, id).await;
    assert_eq!((after.remarks.description.as_str(), after.vault_version), ("for CI", 1));
    assert_eq!(after.row_version, before.row_version + 1);
    assert_eq!(log(&env, AuditAction::CredentialDescribed).await.len(), 1);
    // Nothing changed at all.
    update(&env, change(&after, "")).await.unwrap();
    let same = described(&after, "for CI");
    Credentials::describe(&env.engine, &env.principal, same).await.unwrap();
    assert_eq!(get(&env, id).await.row_version, after.row_version);
}

async fn a_new_user_name_keeps_the_password(env: TestEnv) {
    let id = env.credential("ghcr", "kept").await;
    let form = UpdateCredential { username: "robot-2".into(), ..change(&get(&env, id).await, "") };
    update(&env, form).await.unwrap();
    let read = log(&env, AuditAction::SecretRead).await;
    assert_eq!(
        read.iter().map(|event| event.detail.as_str()).collect::<Vec<_>>(),
        ["version 1, to store it with other fields"]
    );
    let secret =
        env.engine.secret_for_use(env.scope(), id, &crate::env::by_hawser()).await.unwrap();
    assert_eq!(login_of(&secret), ("robot-2".into(), "kept".into()));
    assert_eq!((secret.vault_version, secret.epoch), (2, 2));
}

async fn an_update_is_delivered_to_every_link(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    for name in ["a", "b", "c"] {
        repository(&env, name, id).await;
    }
    let saved = update(&env, change(&get(&env, id).await, "new")).await.unwrap();
    let progress = env.progress(saved.propagation.unwrap()).await;
    assert_eq!((progress.counts.total(), progress.finished_at), (3, None));
    let detail = get(&env, id).await;
    assert_eq!(detail.links.len(), 3);
    assert_eq!(
        (detail.history[0].vault_version, detail.history[0].started_by.as_str()),
        (2, "Ada")
    );
    let updated = log(&env, AuditAction::CredentialUpdated).await;
    assert_eq!(updated[0].detail, "version 2, 3 repositories");
}

async fn ten_thousand_uses_are_one_line(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    for _ in 0..50 {
        password(&env, id).await;
    }
    assert_eq!(log(&env, AuditAction::SecretRead).await.len(), 1);
    update(&env, change(&get(&env, id).await, "new")).await.unwrap();
    password(&env, id).await;
    assert_eq!(log(&env, AuditAction::SecretRead).await.len(), 2);
}

async fn the_table_is_searched_and_sorted(env: TestEnv) {
    let (a, b) = (env.credential("alpha_1", "x").await, env.credential("Beta", "x").await);
    repository(&env, "r", b).await;
    let list = async |query: CredentialQuery| {
        let page = Credentials::list(&env.engine, &env.principal, query).await.unwrap();
        (
            page.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            page.total.counted(),
            page.is_empty,
        )
    };
    let search = |text: &str| CredentialQuery { search: text.into(), ..CredentialQuery::default() };
    assert_eq!(list(search("BET")).await, (vec![b], 1, false));
    assert_eq!(list(search("_1")).await, (vec![a], 1, false));
    assert_eq!(list(search("%")).await, (vec![], 0, false));
    for order in CredentialOrder::ALL {
        for direction in [Direction::Ascending, Direction::Descending] {
            let query = CredentialQuery { order, direction, ..CredentialQuery::default() };
            let down = direction == Direction::Descending
                && !matches!(
                    order,
                    CredentialOrder::Provider
                        | CredentialOrder::LastUsed
                        | CredentialOrder::Expires
                );
            let expected = if down { vec![b, a] } else { vec![a, b] };
            assert_eq!(list(query).await.0, expected, "{order:?} {direction:?}");
        }
    }
    let second = CredentialQuery { page: 2, ..CredentialQuery::default() };
    assert_eq!(list(second).await, (vec![], 2, false));
    let other = CredentialQuery { provider: "harbor".into(), ..CredentialQuery::default() };
    assert_eq!(list(other).await, (vec![], 0, false));
}

/// Whatever way in a form comes by: the service asks, and one word of the person answers.
async fn what_can_hardly_be_meant_is_asked_about_once(env: TestEnv) {
    let is_asked = |answer: Answer<Saved>, words: &str| {
        let asked = answer.unwrap_err();
        assert!(asked.to_string().contains(words), "{asked}");
        let ServiceError::Choose { ways, .. } = asked else { panic!("{asked}") };
        assert_eq!((ways[0].name.as_str(), ways[0].value.as_str()), ("anyway", "yes"));
    };
    let dead = format!("github_pat_{}", "a".repeat(82));
    let form = CreateCredential { provider: "ghcr".into(), ..new("dead", &dead) };
    let create = async |form| Credentials::create(&env.engine, &env.principal, form).await;
    is_asked(create(form.clone()).await, "fine-grained");
    // What has to be corrected is said first.
    let nameless = CreateCredential { name: String::new(), ..form.clone() };
    assert!(create(nameless).await.unwrap_err().problem_of(Field::Name).is_some());
    let id = create(CreateCredential { anyway: "yes".into(), ..form }).await.unwrap().id;

    let form = change(&get(&env, id).await, &dead);
    is_asked(update(&env, form.clone()).await, "fine-grained");
    update(&env, UpdateCredential { anyway: "yes".into(), ..form }).await.unwrap();

    let place = async |form| Credentials::place(&env.engine, &env.principal, form).await;
    let past = Placement { expires: "2001-02-03".into(), ..Placement::default() };
    let form = placement(&get(&env, id).await, past.clone());
    is_asked(place(form.clone()).await, "2001-02-03 has passed");
    place(PlaceCredential { anyway: "yes".into(), ..form }).await.unwrap();
    // A day that stood there before was meant.
    place(placement(&get(&env, id).await, past)).await.unwrap();
}
