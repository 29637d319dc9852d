//! Disconnecting.

use std::time::Duration;

use domain::{
    Cause, ServiceError,
    audit::{AuditAction, AuditQuery},
    cause::Asked,
    service::{Audit, Credentials, GitConnections},
};

use crate::{
    side::Side,
    world::{World, forms, on_both},
};

on_both!(
    r_oauth_07_disconnecting_revokes_at_github,
    r_oauth_07_deleting_the_credential_revokes_too,
    r_oauth_07_an_ended_token_takes_its_refresh_token_along,
    while_github_does_not_answer_nothing_is_deleted,
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
    side.stub.mends();
    GitConnections::disconnect(&side.engine, &side.ada, id).await.unwrap();
    assert!(side.stub.living().is_empty());
}
