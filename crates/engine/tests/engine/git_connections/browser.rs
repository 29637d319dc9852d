//! Connecting in the browser.

use std::time::Duration;

use domain::{
    Actor, Role, ServiceError,
    service::{GitConnections, Sessions},
};

use crate::{
    git_connections::side::{Side, sentence},
    world::{World, on_both},
};

on_both!(
    r_oauth_01_the_flow_ends_only_in_the_browser_that_began_it,
    r_oauth_01_a_begin_ends_after_ten_minutes_and_with_the_session,
    r_oauth_02_an_account_of_somebody_else_is_refused,
    r_oauth_03_an_account_is_its_number,
    connecting_again_renews_the_same_credential,
    roles_are_asked,
);

async fn r_oauth_01_the_flow_ends_only_in_the_browser_that_began_it(world: World) {
    let side = Side::new(world).await;
    let (one, two) = (side.begin(&side.ada).await, side.begin(&side.ada).await);
    let (back_one, back_two) = (side.stub.agree(&one.url), side.stub.agree(&two.url));
    // Without a cookie, with that of another browser or tab, for another person: nothing changes.
    for (actor, browser, back) in [
        (&side.ada, &domain::Secret::default(), &back_one),
        (&side.ada, &two.browser, &back_one),
        (&side.ada, &one.browser, &back_two),
        (&side.bob, &one.browser, &back_one),
    ] {
        let refused = sentence(side.finish(actor, browser, back).await);
        assert!(refused.contains("another browser or tab"), "{refused}");
    }
    let elsewhere = World::organization(&side.world.db, "Two").await;
    let stranger = Actor { user: side.ada.user, ..elsewhere };
    let refused = sentence(side.finish(&stranger, &one.browser, &back_one).await);
    assert!(refused.contains("Nothing was connected"), "{refused}");
    assert!(side.list(&side.ada).await.is_empty() && side.stub.living().is_empty());
    // What was refused did not use up what is right.
    let id = side.finish(&side.ada, &one.browser, &back_one).await.unwrap();
    let again = sentence(side.finish(&side.ada, &one.browser, &back_one).await);
    assert!(again.contains("was used before"), "{again}");
    let listed = side.list(&side.ada).await;
    assert_eq!((listed.len(), listed[0].credential), (1, id));
    assert_eq!((listed[0].account.as_str(), listed[0].is_own), ("octocat", true));
    assert_eq!(listed[0].name, "github-octocat");
}

async fn r_oauth_01_a_begin_ends_after_ten_minutes_and_with_the_session(world: World) {
    let side = Side::new(world).await;
    let start = side.begin(&side.ada).await;
    let back = side.stub.agree(&start.url);
    side.clock.advance(Duration::from_mins(10));
    assert!(side.finish(&side.ada, &start.browser, &back).await.is_err());
    let start = side.begin(&side.ada).await;
    let back = side.stub.agree(&start.url);
    Sessions::signed_out(&side.engine, &side.ada).await;
    assert!(side.finish(&side.ada, &start.browser, &back).await.is_err());
    let start = side.begin(&side.ada).await;
    let back = side.stub.agree(&start.url);
    side.clock.advance(Duration::from_mins(9));
    assert!(side.finish(&side.ada, &start.browser, &back).await.is_ok());
}

async fn r_oauth_02_an_account_of_somebody_else_is_refused(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    let living = side.stub.living();
    let refused = sentence(side.connect(&side.bob).await);
    assert!(refused.starts_with("Ada connected this account already"), "{refused}");
    // The token that Bob's browser brought is revoked; Ada's lives.
    assert_eq!((side.stub.living(), side.stub.revoked()), (living, 1));
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    // R-GIT-06: nobody looks with the account of somebody else.
    assert_eq!(side.look(&side.bob, id).await, Err(ServiceError::NotAllowed));
    assert!(!side.list(&side.bob).await[0].is_own);
}

async fn r_oauth_03_an_account_is_its_number(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.stub.is(583_231, "octocat-renamed");
    assert_eq!(side.connect(&side.ada).await, Ok(id));
    assert_eq!(side.list(&side.ada).await[0].account, "octocat-renamed");
    // Somebody else got the old name, and inherits nothing.
    side.stub.is(9_999_999, "octocat");
    let other = side.connect(&side.bob).await.unwrap();
    assert_ne!(other, id);
    assert_eq!(side.get(other).await.name, "github-octocat-2");
}

async fn connecting_again_renews_the_same_credential(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    let before = side.stub.living();
    assert_eq!(side.connect(&side.ada).await, Ok(id));
    assert_eq!(side.get(id).await.vault_version, 2);
    let living = side.stub.living();
    assert!(living.len() == 1 && living != before, "the replaced token is revoked");
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
}

async fn roles_are_asked(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    for role in [Role::Editor, Role::Viewer] {
        let actor = Actor { role, ..side.ada.clone() };
        assert_eq!(
            GitConnections::begin_web(&side.engine, &actor).await.unwrap_err(),
            ServiceError::NotAllowed
        );
        let gone = GitConnections::disconnect(&side.engine, &actor, id).await;
        assert_eq!(gone, Err(ServiceError::NotAllowed));
        assert_eq!(side.look(&actor, id).await, Err(ServiceError::NotAllowed));
        assert_eq!(side.list(&actor).await.len(), 1, "to see that it is there");
    }
    let elsewhere = World::organization(&side.world.db, "Two").await;
    assert_eq!(side.look(&elsewhere, id).await, Err(ServiceError::NotFound));
    let gone = GitConnections::disconnect(&side.engine, &elsewhere, id).await;
    assert_eq!(gone, Err(ServiceError::NotFound));
}
