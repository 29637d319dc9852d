//! Connection tests: what they tell, who may start them, and what they may not do.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::world::{
    World,
    forms::edited,
    on_both,
    registry::Registry,
    tested::{failed, form, stored, test},
};
use domain::{
    Actor, Cause, CredentialId, Field, Role, ServiceError, UserId,
    audit::{AuditAction, AuditQuery},
    cause::Asked,
    connections::{ConnectionTest, Stage, TestConnection},
    credentials::CredentialQuery,
    repositories::RepositoryQuery,
    service::{Audit, Connections, Credentials, Repositories},
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

async fn audited(world: &World, action: AuditAction) -> Vec<(String, String)> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    let page = Audit::list(&world.engine, &world.actor, query).await.unwrap();
    page.rows.into_iter().map(|event| (event.target, event.detail)).collect()
}

async fn a_form_is_tested_and_nothing_is_stored(world: World) {
    let registry = Registry::start(Some("one")).await;
    let passed = test(&world, form(&registry.url("a"), "one")).await.unwrap();
    assert!(passed.has_passed(), "{passed:?}");
    assert_eq!(passed.stages.len(), Stage::ALL.len());
    assert_eq!((passed.repository, passed.url), (None, registry.url("a")));
    let wrong = test(&world, form(&registry.url("a"), "canary-7f3a")).await.unwrap();
    assert_eq!(wrong.cause(), Some(Cause::InvalidCredentials), "{wrong:?}");
    assert!(!format!("{wrong:?}").contains("canary"));

    let credentials =
        Credentials::list(&world.engine, &world.actor, CredentialQuery::default()).await.unwrap();
    let repositories =
        Repositories::list(&world.engine, &world.actor, RepositoryQuery::default()).await.unwrap();
    assert_eq!((credentials.all, repositories.all), (0, 0));
    let told = audited(&world, AuditAction::ConnectionTested).await;
    let host = "127.0.0.1".to_owned();
    assert_eq!(
        told,
        [
            (host.clone(), Cause::InvalidCredentials.words(Asked::Registry).title.to_owned()),
            (host, "passed".to_owned())
        ]
    );
}

async fn a_failure_is_told_by_its_stage(world: World) {
    let registry = Registry::start(Some("one")).await;
    let open = TestConnection { url: registry.url("a"), ..TestConnection::default() };
    let locked = test(&world, open).await.unwrap();
    assert_eq!(locked.cause(), Some(Cause::NoCredential));
    let nobody = test(&world, form("http://127.0.0.1:1/", "one")).await.unwrap();
    assert_eq!(failed(&nobody), Some((Stage::Tcp, Some(Cause::ConnectionRefused))));
    let blocked = test(&world, form("https://10.0.0.1/", "one")).await.unwrap();
    assert_eq!(failed(&blocked), Some((Stage::Url, Some(Cause::BlockedAddress))));
    for (url, field) in [("https://u:p@a/", Field::Url), ("", Field::Url)] {
        let problem = test(&world, form(url, "one")).await.unwrap_err();
        assert!(problem.problem_of(field).is_some(), "{url}: {problem:?}");
    }
    let proxy = TestConnection { proxy: "nope".into(), ..form(&registry.url("a"), "one") };
    let problem = test(&world, proxy).await.unwrap_err();
    assert!(problem.problem_of(Field::Proxy).is_some(), "{problem:?}");
    let ca = TestConnection { ca: "nope".into(), ..form(&registry.url("a"), "one") };
    let problem = test(&world, ca).await.unwrap_err();
    assert!(problem.problem_of(Field::Ca).is_some(), "{problem:?}");
    let charts = TestConnection { charts: "No Chart!".into(), ..form(&registry.url("a"), "one") };
    let problem = test(&world, charts).await.unwrap_err();
    assert!(problem.problem_of(Field::Charts).is_some(), "{problem:?}");
}

async fn r_cred_03_a_stored_secret_goes_to_no_foreign_address(world: World) {
    let (registry, foreign) = (Registry::start(Some("one")).await, Registry::start(None).await);
    let credential = world.credential("robot", "one").await;
    let refused = test(&world, stored(&registry.url("a"), credential)).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "not linked yet: {refused:?}");
    let id = world.repository(&registry, "a", Some(credential)).await;
    assert!(test(&world, stored(&registry.url("b"), credential)).await.unwrap().has_passed());
    let refused = test(&world, stored(&foreign.url("a"), credential)).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
    assert_eq!((foreign.requests(), registry.requests() > 0), (0, true));
    // A repository that moves takes no address along.
    let form = edited(&world.look(id).await, &foreign.url("a"), Some(credential));
    Repositories::edit(&world.engine, &world.actor, form).await.unwrap();
    let refused = test(&world, stored(&foreign.url("a"), credential)).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
    assert_eq!(foreign.logins(), 0);
    // Nor is another organization's used at all.
    let outsider = World::organization(&world.db, "Two").await;
    let form = stored(&registry.url("a"), credential);
    let answer = Connections::test_form(&world.engine, &outsider, form).await;
    assert_eq!(answer, Err(ServiceError::NotFound));
}

async fn a_changed_form_uses_the_stored_secret_for_those_who_manage_it(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    world.repository(&registry, "a", Some(credential)).await;
    let other_name =
        TestConnection { username: "other".into(), ..stored(&registry.url("a"), credential) };
    let told = test(&world, other_name.clone()).await.unwrap();
    assert_eq!(told.cause(), Some(Cause::InvalidCredentials), "the new user name is tested");
    let editor = Actor { role: Role::Editor, ..world.actor.clone() };
    let refused = Connections::test_form(&world.engine, &editor, other_name).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    let other_shape = TestConnection {
        shape: "client_certificate".into(),
        ..stored(&registry.url("a"), credential)
    };
    let refused = test(&world, other_shape).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
}

async fn tests_need_the_right_to_manage_what_is_tested(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let id = world.repository(&registry, "a", Some(credential)).await;
    let refused = Err(ServiceError::NotAllowed);
    let [viewer, editor] =
        [Role::Viewer, Role::Editor].map(|role| Actor { role, ..world.actor.clone() });
    let url = registry.url("a");
    let engine = &world.engine;
    for form in [form(&url, "one"), stored(&url, credential), TestConnection::default()] {
        assert_eq!(Connections::test_form(engine, &viewer, form).await, refused);
    }
    assert_eq!(Connections::test_repository(engine, &viewer, id).await, refused);
    for actor in [&viewer, &editor] {
        let answer = Connections::test_credential(engine, actor, credential).await;
        assert_eq!(answer, Err(ServiceError::NotAllowed));
    }
    assert_eq!(registry.requests(), 0);
    assert_eq!(Connections::test_form(engine, &editor, form(&url, "one")).await, refused);
    let ambient = TestConnection {
        url: url.clone(),
        provider: "amazon_ecr".into(),
        shape: "ecr_role".into(),
        ..TestConnection::default()
    };
    assert_eq!(Connections::test_form(engine, &editor, ambient).await, refused);
    let answer = Connections::test_form(engine, &editor, stored(&url, credential)).await;
    assert!(answer.unwrap().has_passed());
    assert!(Connections::test_repository(engine, &editor, id).await.unwrap().has_passed());
    assert_eq!(audited(&world, AuditAction::Refused).await.len(), 8);
}

async fn r_brute_01_tests_are_limited(world: World) {
    let registry = Registry::start(None).await;
    let open = || TestConnection { url: registry.url("a"), ..TestConnection::default() };
    for _ in 0..20 {
        test(&world, open()).await.unwrap();
    }
    // A few may have come back meanwhile.
    let mut more = 0;
    let refused = loop {
        match test(&world, open()).await {
            Ok(_) => more += 1,
            Err(error) => break error,
        }
        assert!(more < 100);
    };
    assert!(matches!(refused, ServiceError::TooMany { .. }), "{refused:?}");
    let other = Actor { user: UserId::new(), ..world.actor.clone() };
    Connections::test_form(&world.engine, &other, open()).await.unwrap();
}

async fn a_repository_is_tested_with_its_link(world: World) {
    let (registry, other) = (Registry::start(Some("one")).await, Registry::start(None).await);
    let credential = world.credential("robot", "one").await;
    let id = world.repository(&registry, "a", Some(credential)).await;
    let look = || Connections::test_repository(&world.engine, &world.actor, id);
    let found = look().await.unwrap();
    assert!(found.has_passed(), "{found:?}");
    assert_eq!((found.repository, found.url), (Some(id), registry.url("a")));
    registry.set_password("two");
    assert_eq!(look().await.unwrap().cause(), Some(Cause::InvalidCredentials));
    let form = edited(&world.look(id).await, &other.url("a"), Some(credential));
    Repositories::edit(&world.engine, &world.actor, form).await.unwrap();
    let found = look().await.unwrap();
    assert_eq!(failed(&found), Some((Stage::Token, Some(Cause::LinkSuspended))));
    assert_eq!(other.logins(), 0);
    let name = world.look(id).await.summary.name;
    let told = audited(&world, AuditAction::ConnectionTested).await;
    assert_eq!(told[0], (name, Cause::LinkSuspended.words(Asked::Registry).title.to_owned()));
    let gone = domain::RepositoryId::new();
    let answer = Connections::test_repository(&world.engine, &world.actor, gone).await;
    assert_eq!(answer, Err(ServiceError::NotFound));
}

async fn a_credential_is_tested_at_each_of_its_repositories(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let look = || Connections::test_credential(&world.engine, &world.actor, credential);
    assert_eq!(look().await.unwrap(), []);
    world.linked(&registry, credential, 5).await;
    registry.break_path("r3", 500);
    let tests = look().await.unwrap();
    let causes: Vec<_> = tests.iter().map(ConnectionTest::cause).collect();
    assert_eq!(causes, [None, None, None, Some(Cause::ServerError), None]);
    let told = audited(&world, AuditAction::ConnectionTested).await;
    assert_eq!(told[0], ("robot".to_owned(), "4 of 5 repositories passed".to_owned()));
    let answer =
        Connections::test_credential(&world.engine, &world.actor, CredentialId::new()).await;
    assert_eq!(answer, Err(ServiceError::NotFound));
}
