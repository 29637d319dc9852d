//! Connection tests that hosts refuse: they count towards the pause of a credential as syncs do.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv, on_both,
    registry::Registry,
    tested::{failed, stored, test},
};
use domain::{Cause, connection_tests::Stage, service::ConnectionTests};

on_both!(
    refused_tests_count_as_refusals,
    refused_tests_of_a_form_count_too,
    a_test_that_ends_after_an_update_does_not_count_against_it,
);

async fn refused_tests_count_as_refusals(env: TestEnv) {
    let registry = Registry::start(Some("other")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 12).await;
    let tests =
        ConnectionTests::test_credential(&env.engine, &env.principal, credential).await.unwrap();
    let count = |cause| tests.iter().filter(|test| test.cause() == Some(cause)).count();
    assert_eq!((count(Cause::InvalidCredentials), count(Cause::CredentialPaused)), (3, 9));
    let asked = registry.logins();
    assert_eq!(env.sync(ids[0]).await, Some(Cause::CredentialPaused));
    let one = ConnectionTests::test_repository(&env.engine, &env.principal, ids[1]).await.unwrap();
    assert_eq!(failed(&one), Some((Stage::Token, Some(Cause::CredentialPaused))));
    let form = stored(&registry.url("r2"), credential);
    assert_eq!(test(&env, form).await.unwrap().cause(), Some(Cause::CredentialPaused));
    assert_eq!(registry.logins(), asked, "no login is sent any more");
}

async fn refused_tests_of_a_form_count_too(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    env.repository(&registry, "a", Some(credential)).await;
    let cause = async || test(&env, stored(&registry.url("a"), credential)).await.unwrap().cause();
    for password in ["two", "two", "one", "two", "two", "two"] {
        registry.set_password(password);
        let expected = (password == "two").then_some(Cause::InvalidCredentials);
        assert_eq!(cause().await, expected, "the count began anew");
    }
    assert_eq!(cause().await, Some(Cause::CredentialPaused));
}

async fn a_test_that_ends_after_an_update_does_not_count_against_it(env: TestEnv) {
    let registry = Registry::start(Some("other")).await;
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    registry.hold();
    let refusals = async || {
        let target = storage::repositories::target(&env.db, env.scope(), id).await.unwrap();
        target.unwrap().login.unwrap().refusals
    };
    let tests = async || {
        let of_form = test(&env, stored(&registry.url("a"), credential));
        let of_repository = ConnectionTests::test_repository(&env.engine, &env.principal, id);
        let (one, two) = tokio::join!(of_form, of_repository);
        [one.unwrap().cause(), two.unwrap().cause()]
    };
    let update = async {
        registry.held(2).await;
        env.update(credential, "two").await;
        registry.release();
    };
    let (causes, ()) = tokio::join!(tests(), update);
    assert_eq!(causes, [Some(Cause::InvalidCredentials); 2]);
    assert_eq!(refusals().await, 0, "that was said of the version before");
    tests().await;
    assert_eq!(refusals().await, 2);
}
