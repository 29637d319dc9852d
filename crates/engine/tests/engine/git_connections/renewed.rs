//! Renewing tokens that work once, across replicas, crashes and a Vault that goes away.

use std::time::Duration;

use connectors::{
    github::Github,
    http::{AllowList, Outbound},
    vault::{Sealed, SecretPath, Vault},
};
use domain::{
    Cause, CredentialId, OperationId, ServiceError, Shape,
    audit::AuditAction,
    cause::Asked,
    credentials::{CredentialQuery, CredentialState, OauthTokens, Parameters},
    service::{Credentials, GitConnections},
};
use futures::future::join_all;
use storage::credentials::{Kind, Operation};

use testkit::github_stub::CALLBACK;

use crate::{
    git_connections::{door::Door, side::Side},
    world::{World, on_both},
};

on_both!(
    twenty_callers_on_two_replicas_renew_once,
    a_token_of_an_oauth_app_is_not_renewed,
    a_renewal_that_github_does_not_answer_changes_nothing,
    a_lost_answer_is_shown_as_a_broken_account,
    a_crash_before_the_write_is_shown_as_a_broken_account,
    a_crash_after_the_write_is_rolled_forward,
    a_vault_that_comes_back_keeps_the_renewed_tokens,
    an_account_that_was_revoked_at_github_is_shown_as_broken,
    a_crash_after_connecting_again_leaves_no_account_broken,
    tokens_that_come_during_a_renewal_are_revoked,
);

async fn tokens(side: &Side, id: CredentialId) -> OauthTokens {
    let secret = side
        .engine
        .secret_for_use(side.world.scope(), id, &crate::world::by_hawser())
        .await
        .unwrap();
    OauthTokens::parse(secret.material.secret().unwrap().clone()).unwrap()
}

async fn broken(side: &Side) -> Option<Cause> {
    let one = side.list(&side.ada).await.remove(0);
    let table = Credentials::list(&side.engine, &side.ada, CredentialQuery::default()).await;
    let row = table.unwrap().rows.into_iter().find(|row| row.id == one.credential).unwrap();
    assert_eq!(row.broken, one.broken, "the table of credentials says the same");
    one.broken
}

const REVOKED: Result<usize, ServiceError> =
    Err(ServiceError::Unreachable { asked: Asked::Github, cause: Cause::ConnectionRevoked });

async fn twenty_callers_on_two_replicas_renew_once(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    let other = side.replica().await;
    let engines = [&side.engine, &other];
    let looks = (0..20).map(|n| {
        let engine = engines[n % 2];
        async { GitConnections::repositories(engine, &side.ada, id, "").await }
    });
    for found in join_all(looks).await {
        assert_eq!(found, Ok(Vec::new()));
    }
    assert_eq!(side.stub.refreshed(), 1);
    let detail = side.get(id).await;
    assert_eq!((detail.vault_version, detail.state), (2, CredentialState::Active));
    assert_eq!(side.logged(AuditAction::GitConnectionRenewed).await, 1);
    assert_eq!(side.logged(AuditAction::CredentialUpdated).await, 0);
    assert_eq!(broken(&side).await, None);
}

async fn a_token_of_an_oauth_app_is_not_renewed(world: World) {
    let side = Side::new(world).await;
    side.stub.gives_for(None);
    let id = side.connect(&side.ada).await.unwrap();
    side.clock.advance(Duration::from_hours(24 * 300));
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    assert_eq!(side.stub.refreshed(), 0);
}

async fn a_renewal_that_github_does_not_answer_changes_nothing(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    side.stub.breaks("/login/oauth/access_token", 503);
    // The present token is good for some minutes more.
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    side.clock.advance(Duration::from_mins(10));
    let failed = side.look(&side.ada, id).await;
    assert_eq!(
        failed,
        Err(ServiceError::Unreachable { asked: Asked::Github, cause: Cause::ServerError })
    );
    assert_eq!((broken(&side).await, side.get(id).await.vault_version), (None, 1));
    side.stub.mends();
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    assert_eq!(side.stub.refreshed(), 1);
}

async fn a_lost_answer_is_shown_as_a_broken_account(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    side.clock.advance(Duration::from_mins(10));
    side.stub.loses_answers_of("/login/oauth/access_token");
    assert!(side.look(&side.ada, id).await.is_err());
    side.stub.mends();
    assert_eq!(side.look(&side.ada, id).await, REVOKED);
    assert_eq!(broken(&side).await, Some(Cause::ConnectionRevoked));
    // A person mends it.
    assert_eq!(side.connect(&side.ada).await, Ok(id));
    assert_eq!((broken(&side).await, side.look(&side.ada, id).await), (None, Ok(0)));
}

/// T1 of new tokens and the answer of GitHub, as a process has them that dies right after.
async fn renewed_and_dead(side: &Side, id: CredentialId, kind: Kind) -> (Operation, OauthTokens) {
    let detail = side.get(id).await;
    let operation = Operation {
        organization: side.ada.organization,
        id: OperationId::new(),
        credential: id,
        kind,
        prior_state: CredentialState::Active,
        name: detail.name.clone(),
        name_key: detail.name.clone(),
        description: String::new(),
        username: String::new(),
        fingerprint: "0011223344556677".into(),
        shape: Shape::GithubOauth,
        parameters: Parameters::default(),
        expires_at: None,
        changed: "renewed".into(),
        actor: "Hawser".into(),
    };
    let (scope, now) = (side.world.scope(), engine::Clock::now(&*side.clock));
    let mut tx = side.world.db.begin().await.unwrap();
    let version = detail.row_version;
    let taken = storage::credentials::take(&mut tx, scope, id, version, operation.id).await;
    assert_eq!(taken.unwrap(), 1);
    let deadline = now.plus(Duration::from_secs(30));
    storage::credentials::begin(&mut tx, scope, &operation, now, deadline).await.unwrap();
    tx.commit().await.unwrap();
    let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
    let settings = side.settings();
    let github = Github::new(outbound, settings, CALLBACK.parse().unwrap());
    let refresh = tokens(side, id).await.refresh;
    let grant = github.refresh(&refresh, now).await.unwrap();
    (operation, grant.tokens)
}

/// W: the tokens in Vault, as the same process leaves them.
async fn written(side: &Side, operation: &Operation, tokens: &OauthTokens) {
    let vault = Vault::connect(side.world.vault_config()).await.unwrap();
    let sealed = Sealed {
        organization: side.ada.organization,
        credential: operation.credential,
        operation: operation.id,
        shape: Shape::GithubOauth,
        username: String::new(),
        parameters: Parameters::default(),
        password: tokens.json.clone(),
    };
    let path = SecretPath { organization: side.ada.organization, credential: operation.credential };
    assert_eq!(vault.write(&path, 1, &sealed).await.unwrap(), 2);
}

async fn recover(side: &Side) {
    side.clock.advance(Duration::from_secs(31));
    assert_eq!(side.engine.recover_operations().await.unwrap(), 1);
}

async fn a_crash_before_the_write_is_shown_as_a_broken_account(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    renewed_and_dead(&side, id, Kind::Renewal).await;
    recover(&side).await;
    assert_eq!(side.get(id).await.state, CredentialState::Active);
    side.tokens_end();
    assert_eq!(side.look(&side.ada, id).await, REVOKED);
    assert_eq!(broken(&side).await, Some(Cause::ConnectionRevoked));
    let asked = side.stub.asked().len();
    assert_eq!(side.look(&side.ada, id).await, REVOKED);
    assert_eq!(side.stub.asked().len(), asked, "GitHub is not asked for ever");
}

async fn a_crash_after_the_write_is_rolled_forward(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    let (operation, tokens) = renewed_and_dead(&side, id, Kind::Renewal).await;
    written(&side, &operation, &tokens).await;
    recover(&side).await;
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    assert_eq!(side.get(id).await.vault_version, 2);
    assert_eq!(side.logged(AuditAction::GitConnectionRenewed).await, 1);
    assert_eq!((broken(&side).await, side.stub.refreshed()), (None, 1));
}

async fn a_vault_that_comes_back_keeps_the_renewed_tokens(world: World) {
    let door = Door::before(world.vault_config()).await;
    let side = Side::with(world, door.config.clone()).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    let (handle, refused) = (door.handle(), door.refused());
    side.stub.after_renewal(move || {
        handle.send_replace(false);
        let (handle, mut refused) = (handle.clone(), refused.clone());
        tokio::spawn(async move {
            refused.changed().await.unwrap();
            handle.send_replace(true);
        });
    });
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    assert_eq!((side.stub.refreshed(), side.get(id).await.vault_version), (1, 2));
    assert_eq!(broken(&side).await, None);
}

async fn an_account_that_was_revoked_at_github_is_shown_as_broken(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.stub.revokes_all();
    assert_eq!(side.look(&side.ada, id).await, REVOKED);
    assert_eq!(broken(&side).await, Some(Cause::ConnectionRevoked));
    assert_eq!(side.connect(&side.ada).await, Ok(id));
    assert_eq!(broken(&side).await, None);
}

async fn a_crash_after_connecting_again_leaves_no_account_broken(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.world.sql("update git_connections set broken = 'connection_revoked'").await;
    let (operation, tokens) = renewed_and_dead(&side, id, Kind::Update).await;
    written(&side, &operation, &tokens).await;
    assert_eq!(broken(&side).await, Some(Cause::ConnectionRevoked));
    recover(&side).await;
    assert_eq!((broken(&side).await, side.look(&side.ada, id).await), (None, Ok(0)));
}

async fn tokens_that_come_during_a_renewal_are_revoked(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    renewed_and_dead(&side, id, Kind::Renewal).await;
    let before = side.stub.living();
    let refused = side.connect(&side.ada).await;
    assert_eq!(refused, Err(ServiceError::Stale { changed_by: "Hawser".into() }));
    assert_eq!((side.stub.living(), side.stub.revoked()), (before, 1));
}
