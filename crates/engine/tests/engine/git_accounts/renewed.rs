//! Renewing tokens that work once, across replicas, crashes and a Vault that goes away.

use std::time::Duration;

use domain::{
    AuthMethod, Cause, CredentialId, OperationId, ServiceError,
    audit::AuditAction,
    cause::RemoteKind,
    credentials::{CredentialQuery, CredentialState, OauthTokens, Parameters, Remarks},
    service::{Credentials, GitAccounts},
};
use egress::{AllowList, Outbound};
use futures::future::join_all;
use github::Github;
use storage::credentials::{CredentialDraft, Kind, Operation};
use vault::{SecretEnvelope, SecretPath, Vault};

use testkit::github_stub::CALLBACK;

use crate::{
    env::{TestEnv, on_both},
    git_accounts::{fault_proxy::FaultProxy, replica::Replica},
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

async fn tokens(replica: &Replica, id: CredentialId) -> OauthTokens {
    let secret = replica
        .engine
        .secret_for_use(replica.env.scope(), id, &crate::env::by_hawser())
        .await
        .unwrap();
    OauthTokens::parse(secret.material.secret().unwrap().clone()).unwrap()
}

async fn broken(replica: &Replica) -> Option<Cause> {
    let one = replica.list(&replica.ada).await.remove(0);
    let table = Credentials::list(&replica.engine, &replica.ada, CredentialQuery::default()).await;
    let row = table.unwrap().rows.into_iter().find(|row| row.id == one.credential).unwrap();
    assert_eq!(row.broken, one.broken, "the table of credentials says the same");
    one.broken
}

const REVOKED: Result<usize, ServiceError> =
    Err(ServiceError::Unreachable { asked: RemoteKind::Github, cause: Cause::ConnectionRevoked });

async fn twenty_callers_on_two_replicas_renew_once(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    let other = replica.replica().await;
    let engines = [&replica.engine, &other];
    let looks = (0..20).map(|n| {
        let engine = engines[n % 2];
        async { GitAccounts::repositories(engine, &replica.ada, id, "").await }
    });
    for found in join_all(looks).await {
        assert_eq!(found, Ok(Vec::new()));
    }
    assert_eq!(replica.stub.refreshed(), 1);
    let detail = replica.get(id).await;
    assert_eq!((detail.vault_version, detail.state), (2, CredentialState::Active));
    assert_eq!(replica.logged(AuditAction::GitConnectionRenewed).await, 1);
    assert_eq!(replica.logged(AuditAction::CredentialUpdated).await, 0);
    assert_eq!(broken(&replica).await, None);
}

async fn a_token_of_an_oauth_app_is_not_renewed(env: TestEnv) {
    let replica = Replica::new(env).await;
    replica.stub.gives_for(None);
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.clock.advance(Duration::from_hours(24 * 300));
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    assert_eq!(replica.stub.refreshed(), 0);
}

async fn a_renewal_that_github_does_not_answer_changes_nothing(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    replica.stub.breaks("/login/oauth/access_token", 503);
    // The present token is good for some minutes more.
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    replica.clock.advance(Duration::from_mins(10));
    let failed = replica.look(&replica.ada, id).await;
    assert_eq!(
        failed,
        Err(ServiceError::Unreachable { asked: RemoteKind::Github, cause: Cause::ServerError })
    );
    assert_eq!((broken(&replica).await, replica.get(id).await.vault_version), (None, 1));
    replica.stub.mends();
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    assert_eq!(replica.stub.refreshed(), 1);
}

async fn a_lost_answer_is_shown_as_a_broken_account(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    replica.clock.advance(Duration::from_mins(10));
    replica.stub.loses_answers_of("/login/oauth/access_token");
    assert!(replica.look(&replica.ada, id).await.is_err());
    replica.stub.mends();
    assert_eq!(replica.look(&replica.ada, id).await, REVOKED);
    assert_eq!(broken(&replica).await, Some(Cause::ConnectionRevoked));
    // A person mends it.
    assert_eq!(replica.connect(&replica.ada).await, Ok(id));
    assert_eq!((broken(&replica).await, replica.look(&replica.ada, id).await), (None, Ok(0)));
}

/// The prepare step of new tokens and the answer of GitHub, as a process has them that dies right after.
async fn renewed_and_dead(
    replica: &Replica,
    id: CredentialId,
    kind: Kind,
) -> (Operation, OauthTokens) {
    let detail = replica.get(id).await;
    let operation = Operation {
        scope: replica.env.scope(),
        id: OperationId::new(),
        credential: id,
        kind,
        prior_state: CredentialState::Active,
        draft: CredentialDraft {
            name: detail.name.clone(),
            name_key: detail.name.clone(),
            remarks: Remarks::default(),
            username: String::new(),
            fingerprint: "0011223344556677".into(),
            shape: AuthMethod::GithubOauth,
            parameters: Parameters::default(),
            expires_at: None,
        },
        changed: "renewed".into(),
        actor: "Hawser".into(),
    };
    let (scope, now) = (replica.env.scope(), engine::Clock::now(&*replica.clock));
    let mut tx = replica.env.db.begin().await.unwrap();
    let version = detail.row_version;
    let taken = storage::credentials::take(&mut tx, scope, id, version, operation.id).await;
    assert_eq!(taken.unwrap(), 1);
    let deadline = now.plus(Duration::from_secs(30));
    storage::credentials::begin(&mut tx, scope, &operation, now, deadline).await.unwrap();
    tx.commit().await.unwrap();
    let outbound = Outbound::new(AllowList::parse("127.0.0.0/8").unwrap()).unwrap();
    let settings = replica.settings();
    let github = Github::new(outbound, settings, CALLBACK.parse().unwrap());
    let refresh = tokens(replica, id).await.refresh;
    let grant = github.refresh(&refresh, now).await.unwrap();
    (operation, grant.tokens)
}

/// W: the tokens in Vault, as the same process leaves them.
async fn written(replica: &Replica, operation: &Operation, tokens: &OauthTokens) {
    let vault = Vault::connect(replica.env.vault_config()).await.unwrap();
    let sealed = SecretEnvelope {
        organization: replica.ada.organization,
        credential: operation.credential,
        operation: operation.id,
        shape: AuthMethod::GithubOauth,
        username: String::new(),
        parameters: Parameters::default(),
        password: tokens.json.clone(),
    };
    let path =
        SecretPath { organization: replica.ada.organization, credential: operation.credential };
    assert_eq!(vault.write(&path, 1, &sealed).await.unwrap(), 2);
}

async fn recover(replica: &Replica) {
    replica.clock.advance(Duration::from_secs(31));
    assert_eq!(replica.engine.recover_operations().await.unwrap(), 1);
}

async fn a_crash_before_the_write_is_shown_as_a_broken_account(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    renewed_and_dead(&replica, id, Kind::Renewal).await;
    recover(&replica).await;
    assert_eq!(replica.get(id).await.state, CredentialState::Active);
    replica.tokens_end();
    assert_eq!(replica.look(&replica.ada, id).await, REVOKED);
    assert_eq!(broken(&replica).await, Some(Cause::ConnectionRevoked));
    let asked = replica.stub.asked().len();
    assert_eq!(replica.look(&replica.ada, id).await, REVOKED);
    assert_eq!(replica.stub.asked().len(), asked, "GitHub is not asked for ever");
}

async fn a_crash_after_the_write_is_rolled_forward(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    let (operation, tokens) = renewed_and_dead(&replica, id, Kind::Renewal).await;
    written(&replica, &operation, &tokens).await;
    recover(&replica).await;
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    assert_eq!(replica.get(id).await.vault_version, 2);
    assert_eq!(replica.logged(AuditAction::GitConnectionRenewed).await, 1);
    assert_eq!((broken(&replica).await, replica.stub.refreshed()), (None, 1));
}

async fn a_vault_that_comes_back_keeps_the_renewed_tokens(env: TestEnv) {
    let proxy = FaultProxy::before(env.vault_config()).await;
    let replica = Replica::with(env, proxy.config.clone()).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    let (handle, refused) = (proxy.handle(), proxy.refused());
    replica.stub.after_renewal(move || {
        handle.send_replace(false);
        let (handle, mut refused) = (handle.clone(), refused.clone());
        tokio::spawn(async move {
            refused.changed().await.unwrap();
            handle.send_replace(true);
        });
    });
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    assert_eq!((replica.stub.refreshed(), replica.get(id).await.vault_version), (1, 2));
    assert_eq!(broken(&replica).await, None);
}

async fn an_account_that_was_revoked_at_github_is_shown_as_broken(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.stub.revokes_all();
    assert_eq!(replica.look(&replica.ada, id).await, REVOKED);
    assert_eq!(broken(&replica).await, Some(Cause::ConnectionRevoked));
    assert_eq!(replica.connect(&replica.ada).await, Ok(id));
    assert_eq!(broken(&replica).await, None);
}

async fn a_crash_after_connecting_again_leaves_no_account_broken(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.env.sql("update git_connections set broken = 'connection_revoked'").await;
    let (operation, tokens) = renewed_and_dead(&replica, id, Kind::Update).await;
    written(&replica, &operation, &tokens).await;
    assert_eq!(broken(&replica).await, Some(Cause::ConnectionRevoked));
    recover(&replica).await;
    assert_eq!((broken(&replica).await, replica.look(&replica.ada, id).await), (None, Ok(0)));
}

async fn tokens_that_come_during_a_renewal_are_revoked(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    renewed_and_dead(&replica, id, Kind::Renewal).await;
    let before = replica.stub.living();
    let refused = replica.connect(&replica.ada).await;
    assert_eq!(refused, Err(ServiceError::Stale { changed_by: "Hawser".into() }));
    assert_eq!((replica.stub.living(), replica.stub.revoked()), (before, 1));
}
