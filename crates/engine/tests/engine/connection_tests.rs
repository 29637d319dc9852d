//! Connection tests: what they tell, who may start them, and what they may not do.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv,
    forms::edited,
    on_both,
    registry::Registry,
    tested::{failed, form, stored, test},
};
use domain::{
    Cause, CredentialId, Field, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    cause::RemoteKind,
    connection_tests::{ConnectionTest, Stage, TestConnection},
    credentials::CredentialQuery,
    repositories::RepositoryQuery,
    service::{Audit, ConnectionTests, Credentials, Repositories},
};

on_both!(
    a_form_is_tested_and_nothing_is_stored,
    a_failure_is_told_by_its_stage,
    r_cred_03_a_stored_secret_goes_to_no_foreign_address,
    a_changed_form_uses_the_stored_secret_for_those_who_manage_it,
    tests_need_the_right_to_manage_what_is_tested,
    r_brute_01_tests_are_limited,
    a_repository_is_tested_with_its_link,
    a_credential_is_tested_at_each_of_its_repositories,
);

async fn audited(env: &TestEnv, action: AuditAction) -> Vec<(String, String)> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    let page = Audit::list(&env.engine, &env.principal, query).await.unwrap();
    page.rows.into_iter().map(|event| (event.target, event.detail)).collect()
}

async fn a_form_is_tested_and_nothing_is_stored(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let passed = test(&env, form(&registry.url("a"), "one")).await.unwrap();
    assert!(passed.has_passed(), "{passed:?}");
    assert_eq!(passed.stages.len(), Stage::ALL.len());
    assert_eq!((passed.repository, passed.url), (None, registry.url("a")));
    let wrong = test(&env, form(&registry.url("a"), "canary-7f3a")).await.unwrap();
    assert_eq!(wrong.cause(), Some(Cause::InvalidCredentials), "{wrong:?}");
    assert!(!format!("{wrong:?}").contains("canary"));

    let credentials =
        Credentials::list(&env.engine, &env.principal, CredentialQuery::default()).await.unwrap();
    let repositories =
        Repositories::list(&env.engine, &env.principal, RepositoryQuery::default()).await.unwrap();
    assert!(credentials.is_empty && repositories.is_empty);
    let told = audited(&env, AuditAction::ConnectionTested).await;
    let host = "127.0.0.1".to_owned();
    assert_eq!(
        told,
        [
            (host.clone(), Cause::InvalidCredentials.words(RemoteKind::Registry).title.to_owned()),
            (host, "passed".to_owned())
        ]
    );
}

async fn a_failure_is_told_by_its_stage(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let open = TestConnection { url: registry.url("a").into(), ..TestConnection::default() };
    let locked = test(&env, open).await.unwrap();
    assert_eq!(locked.cause(), Some(Cause::NoCredential));
    let nobody = test(&env, form("http://127.0.0.1:1/", "one")).await.unwrap();
    assert_eq!(failed(&nobody), Some((Stage::Tcp, Some(Cause::ConnectionRefused))));
    let blocked = test(&env, form("https://10.0.0.1/", "one")).await.unwrap();
    assert_eq!(failed(&blocked), Some((Stage::Url, Some(Cause::BlockedAddress))));
    for (url, field) in [("https://u:p@a/", Field::Url), ("", Field::Url)] {
        let problem = test(&env, form(url, "one")).await.unwrap_err();
        assert!(problem.problem_of(field).is_some(), "{url}: {problem:?}");
    }
    let proxy = TestConnection { proxy: "nope".into(), ..form(&registry.url("a"), "one") };
    let problem = test(&env, proxy).await.unwrap_err();
    assert!(problem.problem_of(Field::Proxy).is_some(), "{problem:?}");
    let ca = TestConnection { ca: "nope".into(), ..form(&registry.url("a"), "one") };
    let problem = test(&env, ca).await.unwrap_err();
    assert!(problem.problem_of(Field::Ca).is_some(), "{problem:?}");
    let charts = TestConnection { charts: "No Chart!".into(), ..form(&registry.url("a"), "one") };
    let problem = test(&env, charts).await.unwrap_err();
    assert!(problem.problem_of(Field::Charts).is_some(), "{problem:?}");
}

async fn r_cred_03_a_stored_secret_goes_to_no_foreign_address(env: TestEnv) {
    let (registry, foreign) = (Registry::start(Some("one")).await, Registry::start(None).await);
    let credential = env.credential("robot", "one").await;
    let refused = test(&env, stored(&registry.url("a"), credential)).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "not linked yet: {refused:?}");
    let id = env.repository(&registry, "a", Some(credential)).await;
    assert!(test(&env, stored(&registry.url("b"), credential)).await.unwrap().has_passed());
    let refused = test(&env, stored(&foreign.url("a"), credential)).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
    assert_eq!((foreign.requests(), registry.requests() > 0), (0, true));
    // A repository that moves takes no address along.
    let form = edited(&env.look(id).await, &foreign.url("a"), Some(credential));
    Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    let refused = test(&env, stored(&foreign.url("a"), credential)).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
    assert_eq!(foreign.logins(), 0);
    // Nor is another organization's used at all.
    let outsider = TestEnv::organization(&env.db, "Two").await;
    let form = stored(&registry.url("a"), credential);
    let answer = ConnectionTests::test_form(&env.engine, &outsider, form).await;
    assert_eq!(answer, Err(ServiceError::NotFound));
}

async fn a_changed_form_uses_the_stored_secret_for_those_who_manage_it(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    env.repository(&registry, "a", Some(credential)).await;
    let other_name =
        TestConnection { username: "other".into(), ..stored(&registry.url("a"), credential) };
    let told = test(&env, other_name.clone()).await.unwrap();
    assert_eq!(told.cause(), Some(Cause::InvalidCredentials), "the new user name is tested");
    let editor = env.member("Ada", Role::Editor).await;
    let refused = ConnectionTests::test_form(&env.engine, &editor, other_name).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    let other_shape = TestConnection {
        shape: "client_certificate".into(),
        ..stored(&registry.url("a"), credential)
    };
    let refused = test(&env, other_shape).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
}

async fn tests_need_the_right_to_manage_what_is_tested(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    let refused = Err(ServiceError::NotAllowed);
    let viewer = env.member("Ada", Role::Viewer).await;
    let editor = env.member("Ada", Role::Editor).await;
    let url = registry.url("a");
    let engine = &env.engine;
    for form in [form(&url, "one"), stored(&url, credential), TestConnection::default()] {
        assert_eq!(ConnectionTests::test_form(engine, &viewer, form).await, refused);
    }
    assert_eq!(ConnectionTests::test_repository(engine, &viewer, id).await, refused);
    for principal in [&viewer, &editor] {
        let answer = ConnectionTests::test_credential(engine, principal, credential).await;
        assert_eq!(answer, Err(ServiceError::NotAllowed));
    }
    assert_eq!(registry.requests(), 0);
    assert_eq!(ConnectionTests::test_form(engine, &editor, form(&url, "one")).await, refused);
    let ambient = TestConnection {
        url: url.clone().into(),
        provider: "amazon_ecr".into(),
        shape: "ecr_role".into(),
        ..TestConnection::default()
    };
    assert_eq!(ConnectionTests::test_form(engine, &editor, ambient).await, refused);
    let answer = ConnectionTests::test_form(engine, &editor, stored(&url, credential)).await;
    assert!(answer.unwrap().has_passed());
    assert!(ConnectionTests::test_repository(engine, &editor, id).await.unwrap().has_passed());
    assert_eq!(audited(&env, AuditAction::Refused).await.len(), 8);
}

async fn r_brute_01_tests_are_limited(env: TestEnv) {
    let registry = Registry::start(None).await;
    let open = || TestConnection { url: registry.url("a").into(), ..TestConnection::default() };
    for _ in 0..20 {
        test(&env, open()).await.unwrap();
    }
    // A few may have come back meanwhile.
    let mut more = 0;
    let refused = loop {
        match test(&env, open()).await {
            Ok(_) => more += 1,
            Err(error) => break error,
        }
        assert!(more < 100);
    };
    assert!(matches!(refused, ServiceError::TooMany { .. }), "{refused:?}");
    let other = env.member("Ada", Role::Owner).await;
    ConnectionTests::test_form(&env.engine, &other, open()).await.unwrap();
}

async fn a_repository_is_tested_with_its_link(env: TestEnv) {
    let (registry, other) = (Registry::start(Some("one")).await, Registry::start(None).await);
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    let look = || ConnectionTests::test_repository(&env.engine, &env.principal, id);
    let found = look().await.unwrap();
    assert!(found.has_passed(), "{found:?}");
    assert_eq!((found.repository, found.url), (Some(id), registry.url("a")));
    registry.set_password("two");
    assert_eq!(look().await.unwrap().cause(), Some(Cause::InvalidCredentials));
    let form = edited(&env.look(id).await, &other.url("a"), Some(credential));
    Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    let found = look().await.unwrap();
    assert_eq!(failed(&found), Some((Stage::Token, Some(Cause::LinkSuspended))));
    assert_eq!(other.logins(), 0);
    let name = env.look(id).await.summary.name;
    let told = audited(&env, AuditAction::ConnectionTested).await;
    assert_eq!(told[0], (name, Cause::LinkSuspended.words(RemoteKind::Registry).title.to_owned()));
    let gone = domain::RepositoryId::new();
    let answer = ConnectionTests::test_repository(&env.engine, &env.principal, gone).await;
    assert_eq!(answer, Err(ServiceError::NotFound));
}

async fn a_credential_is_tested_at_each_of_its_repositories(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let look = || ConnectionTests::test_credential(&env.engine, &env.principal, credential);
    assert_eq!(look().await.unwrap(), []);
    env.linked(&registry, credential, 5).await;
    registry.break_path("r3", 500);
    let tests = look().await.unwrap();
    let causes: Vec<_> = tests.iter().map(ConnectionTest::cause).collect();
    assert_eq!(causes, [None, None, None, Some(Cause::ServerError), None]);
    let told = audited(&env, AuditAction::ConnectionTested).await;
    assert_eq!(told[0], ("robot".to_owned(), "4 of 5 repositories passed".to_owned()));
    let answer =
        ConnectionTests::test_credential(&env.engine, &env.principal, CredentialId::new()).await;
    assert_eq!(answer, Err(ServiceError::NotFound));
}
