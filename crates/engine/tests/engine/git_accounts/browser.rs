//! Connecting in the browser.

use std::time::Duration;

use domain::{
    Role, ServiceError,
    service::{GitAccounts, Sessions},
};

use crate::{
    env::{TestEnv, on_both},
    git_accounts::replica::{Replica, sentence},
};

on_both!(
    r_oauth_01_the_flow_ends_only_in_the_browser_that_began_it,
    r_oauth_01_a_begin_ends_after_ten_minutes_and_with_the_session,
    r_oauth_02_an_account_of_somebody_else_is_refused,
    r_oauth_03_an_account_is_its_number,
    connecting_again_renews_the_same_credential,
    roles_are_asked,
);

async fn r_oauth_01_the_flow_ends_only_in_the_browser_that_began_it(env: TestEnv) {
    let replica = Replica::new(env).await;
    let (one, two) = (replica.begin(&replica.ada).await, replica.begin(&replica.ada).await);
    let (back_one, back_two) = (replica.stub.agree(&one.url), replica.stub.agree(&two.url));
    // Without a cookie, with that of another browser or tab, for another person: nothing changes.
    for (principal, browser, back) in [
        (&replica.ada, &domain::Secret::default(), &back_one),
        (&replica.ada, &two.browser, &back_one),
        (&replica.ada, &one.browser, &back_two),
        (&replica.bob, &one.browser, &back_one),
    ] {
        let refused = sentence(replica.finish(principal, browser, back).await);
        assert!(refused.contains("another browser or tab"), "{refused}");
    }
    let elsewhere = TestEnv::organization(&replica.env.db, "Two").await;
    // In another organization, which comes first now.
    let joined = format!(
        "insert into members (organization_id, user_id, role, created_at) values ({}, {}, 'owner', 5)",
        replica.env.sql_id(elsewhere.organization.uuid()),
        replica.env.sql_id(replica.ada.user.uuid()),
    );
    replica.env.sql(&joined).await;
    let stranger = replica.engine.principal(replica.ada.user).await.unwrap();
    assert_eq!(stranger.organization, elsewhere.organization);
    let refused = sentence(replica.finish(&stranger, &one.browser, &back_one).await);
    assert!(refused.contains("Nothing was connected"), "{refused}");
    assert!(replica.list(&replica.ada).await.is_empty() && replica.stub.living().is_empty());
    // What was refused did not use up what is right.
    let id = replica.finish(&replica.ada, &one.browser, &back_one).await.unwrap();
    let again = sentence(replica.finish(&replica.ada, &one.browser, &back_one).await);
    assert!(again.contains("was used before"), "{again}");
    let listed = replica.list(&replica.ada).await;
    assert_eq!((listed.len(), listed[0].credential), (1, id));
    assert_eq!((listed[0].account.as_str(), listed[0].is_own), ("octocat", true));
    assert_eq!(listed[0].name, "github-octocat");
}

async fn r_oauth_01_a_begin_ends_after_ten_minutes_and_with_the_session(env: TestEnv) {
    let replica = Replica::new(env).await;
    let start = replica.begin(&replica.ada).await;
    let back = replica.stub.agree(&start.url);
    replica.clock.advance(Duration::from_mins(10));
    assert!(replica.finish(&replica.ada, &start.browser, &back).await.is_err());
    let start = replica.begin(&replica.ada).await;
    let back = replica.stub.agree(&start.url);
    Sessions::signed_out(&replica.engine, &replica.ada).await;
    assert!(replica.finish(&replica.ada, &start.browser, &back).await.is_err());
    let start = replica.begin(&replica.ada).await;
    let back = replica.stub.agree(&start.url);
    replica.clock.advance(Duration::from_mins(9));
    assert!(replica.finish(&replica.ada, &start.browser, &back).await.is_ok());
}

async fn r_oauth_02_an_account_of_somebody_else_is_refused(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    let living = replica.stub.living();
    let refused = sentence(replica.connect(&replica.bob).await);
    assert!(refused.starts_with("Ada connected this account already"), "{refused}");
    // The token that Bob's browser brought is revoked; Ada's lives.
    assert_eq!((replica.stub.living(), replica.stub.revoked()), (living, 1));
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    // R-GIT-06: nobody looks with the account of somebody else.
    assert_eq!(replica.look(&replica.bob, id).await, Err(ServiceError::NotAllowed));
    assert!(!replica.list(&replica.bob).await[0].is_own);
}

async fn r_oauth_03_an_account_is_its_number(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.stub.is(583_231, "octocat-renamed");
    assert_eq!(replica.connect(&replica.ada).await, Ok(id));
    assert_eq!(replica.list(&replica.ada).await[0].account, "octocat-renamed");
    // Somebody else got the old name, and inherits nothing.
    replica.stub.is(9_999_999, "octocat");
    let other = replica.connect(&replica.bob).await.unwrap();
    assert_ne!(other, id);
    assert_eq!(replica.get(other).await.name, "github-octocat-2");
}

async fn connecting_again_renews_the_same_credential(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    let before = replica.stub.living();
    assert_eq!(replica.connect(&replica.ada).await, Ok(id));
    assert_eq!(replica.get(id).await.vault_version, 2);
    let living = replica.stub.living();
    assert!(living.len() == 1 && living != before, "the replaced token is revoked");
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
}

async fn roles_are_asked(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    for role in [Role::Editor, Role::Viewer] {
        let principal = replica.env.member("Ada", role).await;
        assert_eq!(
            GitAccounts::begin_web(&replica.engine, &principal).await.unwrap_err(),
            ServiceError::NotAllowed
        );
        let gone = GitAccounts::disconnect(&replica.engine, &principal, id).await;
        assert_eq!(gone, Err(ServiceError::NotAllowed));
        assert_eq!(replica.look(&principal, id).await, Err(ServiceError::NotAllowed));
        assert_eq!(replica.list(&principal).await.len(), 1, "to see that it is there");
    }
    let elsewhere = TestEnv::organization(&replica.env.db, "Two").await;
    assert_eq!(replica.look(&elsewhere, id).await, Err(ServiceError::NotFound));
    let gone = GitAccounts::disconnect(&replica.engine, &elsewhere, id).await;
    assert_eq!(gone, Err(ServiceError::NotFound));
}
