//! Disconnecting.

use std::time::Duration;

use domain::{
    Actor, Cause, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    cause::Asked,
    notices::{News, Subject},
    service::{Audit, Credentials, GitConnections, Notices},
};
use engine::Clock;

use crate::{
    git_connections::side::Side,
    world::{World, forms, on_both},
};

on_both!(
    r_oauth_07_disconnecting_revokes_at_github,
    r_oauth_07_deleting_the_credential_revokes_too,
    r_oauth_07_an_ended_token_takes_its_refresh_token_along,
    while_github_does_not_answer_nothing_is_deleted,
    an_account_is_forgotten_without_asking_github,
    an_account_that_was_revoked_is_noticed_until_it_is_connected_again,
    what_an_older_token_hears_is_not_said_of_a_newer_one,
);

async fn r_oauth_07_disconnecting_revokes_at_github(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    GitConnections::disconnect(&side.engine, &side.ada, id).await.unwrap();
    assert_eq!((side.stub.living().len(), side.stub.revoked()), (0, 1));
    assert!(side.list(&side.ada).await.is_empty());
    assert_eq!(side.logged(AuditAction::GitDisconnected).await, 1);
    let gone = GitConnections::disconnect(&side.engine, &side.ada, id).await;
    assert_eq!(gone, Err(ServiceError::NotFound));
    // The account is free for another person.
    assert!(side.connect(&side.bob).await.is_ok());
    // A token that the person revoked at GitHub already is in nobody's way.
    side.stub.revokes_all();
    let id = side.list(&side.bob).await[0].credential;
    GitConnections::disconnect(&side.engine, &side.bob, id).await.unwrap();
    let query = AuditQuery { action: Some(AuditAction::GitDisconnected), ..AuditQuery::default() };
    let rows = Audit::list(&side.engine, &side.ada, query).await.unwrap().rows;
    assert!(rows[0].detail.ends_with("revoked there before"), "{}", rows[0].detail);
}

async fn r_oauth_07_an_ended_token_takes_its_refresh_token_along(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    side.clock.advance(Duration::from_hours(1));
    side.stub.ends_access();
    assert_eq!(side.stub.renewable(), 1);
    GitConnections::disconnect(&side.engine, &side.ada, id).await.unwrap();
    assert_eq!((side.stub.renewable(), side.stub.living().len(), side.stub.revoked()), (0, 0, 1));
    // What GitHub renews no more cannot be revoked either, and is in nobody's way.
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    side.stub.revokes_all();
    GitConnections::disconnect(&side.engine, &side.ada, id).await.unwrap();
    assert!(side.list(&side.ada).await.is_empty());
}

async fn r_oauth_07_deleting_the_credential_revokes_too(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    Credentials::delete(&side.engine, &side.ada, forms::removal(id, "")).await.unwrap();
    assert_eq!((side.stub.living().len(), side.stub.revoked()), (0, 1));
    assert_eq!(side.logged(AuditAction::GitDisconnected).await, 1);
    assert!(side.connect(&side.ada).await.is_ok());
}

async fn while_github_does_not_answer_nothing_is_deleted(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.stub.breaks("/api/v3/applications/Iv23liSTUB/token", 500);
    let refused = GitConnections::disconnect(&side.engine, &side.ada, id).await;
    assert_eq!(
        refused,
        Err(ServiceError::Unreachable { asked: Asked::Github, cause: Cause::ServerError })
    );
    assert_eq!((side.list(&side.ada).await.len(), side.stub.living().len()), (1, 1));
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    // Deleting the credential says the same.
    let refused = Credentials::delete(&side.engine, &side.ada, forms::removal(id, "")).await;
    let said = refused.unwrap_err().to_string();
    assert!(said.starts_with("GitHub answered with an error of its own."), "{said}");
    side.stub.mends();
    GitConnections::disconnect(&side.engine, &side.ada, id).await.unwrap();
    assert!(side.stub.living().is_empty());
}

async fn an_account_is_forgotten_without_asking_github(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    let viewer = Actor { role: Role::Viewer, ..side.ada.clone() };
    let refused = GitConnections::forget(&side.engine, &viewer, id).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    side.stub.breaks("/api/v3/applications/Iv23liSTUB/token", 500);
    let asked = side.stub.asked().len();
    GitConnections::forget(&side.engine, &side.ada, id).await.unwrap();
    assert_eq!(side.stub.asked().len(), asked, "GitHub is not asked");
    assert_eq!((side.list(&side.ada).await.len(), side.stub.living().len()), (0, 1));
    let query = AuditQuery { action: Some(AuditAction::GitDisconnected), ..AuditQuery::default() };
    let rows = Audit::list(&side.engine, &side.ada, query).await.unwrap().rows;
    assert!(rows[0].detail.ends_with(", forgotten here and not revoked there"), "{rows:?}");
    assert_eq!(side.look(&side.ada, id).await, Err(ServiceError::NotFound));
    let gone = GitConnections::forget(&side.engine, &side.ada, id).await;
    assert_eq!(gone, Err(ServiceError::NotFound));
    // The account is free for another person.
    assert!(side.connect(&side.bob).await.is_ok());
}

async fn an_account_that_was_revoked_is_noticed_until_it_is_connected_again(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.stub.revokes_all();
    side.look(&side.ada, id).await.unwrap_err();
    let notices = async || {
        side.engine.make_notices().await.unwrap();
        let found = Notices::list(&side.engine, &side.ada).await.unwrap();
        (found, Notices::open(&side.engine, &side.ada).await.unwrap())
    };
    let (found, open) = notices().await;
    assert_eq!((found.len(), open), (1, 1));
    let (subject, cause) = (Subject::GitConnection(id), Cause::ConnectionRevoked);
    let began_at = side.clock.now();
    let trouble = |ended_at| News::Trouble { subject, cause, began_at, ended_at };
    assert_eq!(found[0].news, trouble(None));
    assert_eq!(notices().await.0.len(), 1, "it is told once");
    side.connect(&side.ada).await.unwrap();
    let (found, open) = notices().await;
    assert_eq!((found[0].news.clone(), open), (trouble(Some(side.clock.now())), 0));
}

async fn what_an_older_token_hears_is_not_said_of_a_newer_one(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    let held = side.stub.holds("/api/v3/user/repos");
    let reconnected = async {
        held.left().await;
        let again = side.connect(&side.ada).await;
        held.arrives();
        again
    };
    let (looked, again) = tokio::join!(side.look(&side.ada, id), reconnected);
    // GitHub saw the first token when it was revoked already.
    let cause = Cause::ConnectionRevoked;
    assert_eq!(looked, Err(ServiceError::Unreachable { asked: Asked::Github, cause }));
    assert_eq!((again, side.stub.revoked(), side.get(id).await.vault_version), (Ok(id), 1, 2));
    assert_eq!(side.list(&side.ada).await[0].broken, None);
    side.engine.make_notices().await.unwrap();
    assert_eq!(Notices::open(&side.engine, &side.ada).await, Ok(0));
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    // What the version that counts hears is said of it.
    side.stub.revokes_all();
    side.look(&side.ada, id).await.unwrap_err();
    assert_eq!(side.list(&side.ada).await[0].broken, Some(cause));
}
