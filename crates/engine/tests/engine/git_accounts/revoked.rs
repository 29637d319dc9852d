//! Disconnecting.

use std::time::Duration;

use domain::{
    Cause, Role, ServiceError,
    audit::{AuditAction, AuditQuery},
    cause::RemoteKind,
    notices::{News, Subject},
    service::{Audit, Credentials, GitAccounts, Notices},
};
use engine::Clock;

use crate::{
    env::{TestEnv, forms, on_both},
    git_accounts::replica::Replica,
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

async fn r_oauth_07_disconnecting_revokes_at_github(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    GitAccounts::disconnect(&replica.engine, &replica.ada, id).await.unwrap();
    assert_eq!((replica.stub.living().len(), replica.stub.revoked()), (0, 1));
    assert!(replica.list(&replica.ada).await.is_empty());
    assert_eq!(replica.logged(AuditAction::GitDisconnected).await, 1);
    let gone = GitAccounts::disconnect(&replica.engine, &replica.ada, id).await;
    assert_eq!(gone, Err(ServiceError::NotFound));
    // The account is free for another person.
    assert!(replica.connect(&replica.bob).await.is_ok());
    // A token that the person revoked at GitHub already is in nobody's way.
    replica.stub.revokes_all();
    let id = replica.list(&replica.bob).await[0].credential;
    GitAccounts::disconnect(&replica.engine, &replica.bob, id).await.unwrap();
    let query = AuditQuery { action: Some(AuditAction::GitDisconnected), ..AuditQuery::default() };
    let rows = Audit::list(&replica.engine, &replica.ada, query).await.unwrap().rows;
    assert!(rows[0].detail.ends_with("revoked there before"), "{}", rows[0].detail);
}

async fn r_oauth_07_an_ended_token_takes_its_refresh_token_along(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    replica.clock.advance(Duration::from_hours(1));
    replica.stub.ends_access();
    assert_eq!(replica.stub.renewable(), 1);
    GitAccounts::disconnect(&replica.engine, &replica.ada, id).await.unwrap();
    assert_eq!(
        (replica.stub.renewable(), replica.stub.living().len(), replica.stub.revoked()),
        (0, 0, 1)
    );
    // What GitHub renews no more cannot be revoked either, and is in nobody's way.
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    replica.stub.revokes_all();
    GitAccounts::disconnect(&replica.engine, &replica.ada, id).await.unwrap();
    assert!(replica.list(&replica.ada).await.is_empty());
}

async fn r_oauth_07_deleting_the_credential_revokes_too(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    Credentials::delete(&replica.engine, &replica.ada, forms::removal(id, "")).await.unwrap();
    assert_eq!((replica.stub.living().len(), replica.stub.revoked()), (0, 1));
    assert_eq!(replica.logged(AuditAction::GitDisconnected).await, 1);
    assert!(replica.connect(&replica.ada).await.is_ok());
}

async fn while_github_does_not_answer_nothing_is_deleted(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.stub.breaks("/api/v3/applications/Iv23liSTUB/token", 500);
    let refused = GitAccounts::disconnect(&replica.engine, &replica.ada, id).await;
    assert_eq!(
        refused,
        Err(ServiceError::Unreachable { asked: RemoteKind::Github, cause: Cause::ServerError })
    );
    assert_eq!((replica.list(&replica.ada).await.len(), replica.stub.living().len()), (1, 1));
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    // Deleting the credential says the same.
    let refused = Credentials::delete(&replica.engine, &replica.ada, forms::removal(id, "")).await;
    let said = refused.unwrap_err().to_string();
    assert!(said.starts_with("GitHub answered with an error of its own."), "{said}");
    replica.stub.mends();
    GitAccounts::disconnect(&replica.engine, &replica.ada, id).await.unwrap();
    assert!(replica.stub.living().is_empty());
}

async fn an_account_is_forgotten_without_asking_github(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    let viewer = replica.env.member("Ada", Role::Viewer).await;
    let refused = GitAccounts::forget(&replica.engine, &viewer, id).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    replica.stub.breaks("/api/v3/applications/Iv23liSTUB/token", 500);
    let asked = replica.stub.asked().len();
    GitAccounts::forget(&replica.engine, &replica.ada, id).await.unwrap();
    assert_eq!(replica.stub.asked().len(), asked, "GitHub is not asked");
    assert_eq!((replica.list(&replica.ada).await.len(), replica.stub.living().len()), (0, 1));
    let query = AuditQuery { action: Some(AuditAction::GitDisconnected), ..AuditQuery::default() };
    let rows = Audit::list(&replica.engine, &replica.ada, query).await.unwrap().rows;
    assert!(rows[0].detail.ends_with(", forgotten here and not revoked there"), "{rows:?}");
    assert_eq!(replica.look(&replica.ada, id).await, Err(ServiceError::NotFound));
    let gone = GitAccounts::forget(&replica.engine, &replica.ada, id).await;
    assert_eq!(gone, Err(ServiceError::NotFound));
    // The account is free for another person.
    assert!(replica.connect(&replica.bob).await.is_ok());
}

async fn an_account_that_was_revoked_is_noticed_until_it_is_connected_again(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.stub.revokes_all();
    replica.look(&replica.ada, id).await.unwrap_err();
    let notices = async || {
        replica.engine.make_notices().await.unwrap();
        let found = Notices::list(&replica.engine, &replica.ada).await.unwrap();
        (found, Notices::open(&replica.engine, &replica.ada).await.unwrap())
    };
    let (found, open) = notices().await;
    assert_eq!((found.len(), open), (1, 1));
    let (subject, cause) = (Subject::GitConnection(id), Cause::ConnectionRevoked);
    let began_at = replica.clock.now();
    let trouble = |ended_at| News::Trouble { subject, cause, began_at, ended_at };
    assert_eq!(found[0].news, trouble(None));
    assert_eq!(notices().await.0.len(), 1, "it is told once");
    replica.connect(&replica.ada).await.unwrap();
    let (found, open) = notices().await;
    assert_eq!((found[0].news.clone(), open), (trouble(Some(replica.clock.now())), 0));
}

async fn what_an_older_token_hears_is_not_said_of_a_newer_one(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    let held = replica.stub.holds("/api/v3/user/repos");
    let reconnected = async {
        held.left().await;
        let again = replica.connect(&replica.ada).await;
        held.arrives();
        again
    };
    let (looked, again) = tokio::join!(replica.look(&replica.ada, id), reconnected);
    // GitHub saw the first token when it was revoked already.
    let cause = Cause::ConnectionRevoked;
    assert_eq!(looked, Err(ServiceError::Unreachable { asked: RemoteKind::Github, cause }));
    assert_eq!(
        (again, replica.stub.revoked(), replica.get(id).await.vault_version),
        (Ok(id), 1, 2)
    );
    assert_eq!(replica.list(&replica.ada).await[0].broken, None);
    replica.engine.make_notices().await.unwrap();
    assert_eq!(Notices::open(&replica.engine, &replica.ada).await, Ok(0));
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    // What the version that counts hears is said of it.
    replica.stub.revokes_all();
    replica.look(&replica.ada, id).await.unwrap_err();
    assert_eq!(replica.list(&replica.ada).await[0].broken, Some(cause));
}
