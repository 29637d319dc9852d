//! Installations of the operator's GitHub App.

use domain::{
    Cause, CredentialId, ServiceError,
    audit::AuditAction,
    cause::RemoteKind,
    gitops::GitAccountMethod,
    service::{Answer, GitAccounts, Notices},
};

use crate::{
    env::{TestEnv, on_both},
    git_accounts::replica::{Replica, sentence},
};

on_both!(
    r_oauth_06_an_installation_counts_when_an_own_account_sees_it,
    a_token_that_ended_early_is_made_anew,
    an_installation_that_was_refused_works_when_it_is_connected_again,
);

async fn r_oauth_06_an_installation_counts_when_an_own_account_sees_it(env: TestEnv) {
    let replica = Replica::new(env).await;
    let install = async |principal, id| -> Answer<_> {
        GitAccounts::connect_installation(&replica.engine, principal, id).await
    };
    replica.stub.installs(77, "acme");
    replica.stub.has_repositories((0..3).map(|n| format!("acme/r{n}")));
    let refused = sentence(install(&replica.ada, "77").await);
    assert!(refused.starts_with("Connect your own account first"), "{refused}");
    replica.connect(&replica.ada).await.unwrap();
    // Bob cannot lean on what Ada's account sees.
    assert!(install(&replica.bob, "77").await.is_err());
    assert_eq!(install(&replica.ada, "78").await, Err(ServiceError::NotFound));
    for odd in ["", "-1", "0", "77/../78", "999999999999999999999"] {
        assert!(install(&replica.ada, odd).await.is_err(), "{odd}");
    }
    assert_eq!(replica.list(&replica.ada).await.len(), 1);
    let id = install(&replica.ada, "77").await.unwrap();
    assert_eq!(install(&replica.ada, "77").await, Ok(id), "twice is once");
    let listed = replica.list(&replica.bob).await;
    let found = listed.iter().find(|found| found.credential == id).unwrap();
    assert_eq!((found.way, found.account.as_str()), (GitAccountMethod::Installation, "acme"));
    // It is the organization's, and its tokens are made with the operator's key.
    assert_eq!(replica.look(&replica.bob, id).await, Ok(3));
    GitAccounts::disconnect(&replica.engine, &replica.ada, id).await.unwrap();
    assert_eq!(replica.look(&replica.ada, id).await, Err(ServiceError::NotFound));
}

/// Ada's replica, with the installation 77 and one repository in it.
async fn installed(env: TestEnv) -> (Replica, CredentialId) {
    let replica = Replica::new(env).await;
    replica.stub.installs(77, "acme");
    replica.stub.has_repositories(["acme/deploy".to_owned()]);
    replica.connect(&replica.ada).await.unwrap();
    let id = GitAccounts::connect_installation(&replica.engine, &replica.ada, "77").await.unwrap();
    (replica, id)
}

async fn broken(replica: &Replica, id: CredentialId) -> Option<Cause> {
    let listed = replica.list(&replica.ada).await;
    listed.iter().find(|found| found.credential == id).unwrap().broken
}

fn tokens(replica: &Replica) -> Vec<String> {
    replica.stub.living().into_iter().filter(|token| token.starts_with("ghs_")).collect()
}

async fn a_token_that_ended_early_is_made_anew(env: TestEnv) {
    let (replica, id) = installed(env).await;
    assert_eq!(replica.look(&replica.ada, id).await, Ok(1));
    let first = tokens(&replica);
    assert_eq!(
        (replica.look(&replica.ada, id).await, tokens(&replica)),
        (Ok(1), first.clone()),
        "kept"
    );
    replica.stub.ends_installed();
    assert_eq!(replica.look(&replica.ada, id).await, Ok(1));
    assert_eq!((tokens(&replica).len(), tokens(&replica) == first), (1, false));
    assert_eq!(broken(&replica, id).await, None);
}

async fn an_installation_that_was_refused_works_when_it_is_connected_again(env: TestEnv) {
    let (replica, id) = installed(env).await;
    let open = async || {
        replica.engine.make_notices().await.unwrap();
        Notices::open(&replica.engine, &replica.ada).await.unwrap()
    };
    replica.stub.breaks("/api/v3/installation/repositories", 401);
    let cause = Cause::ConnectionRevoked;
    let refused = Err(ServiceError::Unreachable { asked: RemoteKind::Github, cause });
    assert_eq!(replica.look(&replica.ada, id).await, refused);
    assert_eq!((broken(&replica, id).await, open().await), (Some(cause), 1));
    replica.stub.mends();
    let before = tokens(&replica);
    let connected = replica.logged(AuditAction::GitConnected).await;
    let again = GitAccounts::connect_installation(&replica.engine, &replica.ada, "77").await;
    assert_eq!((again, broken(&replica, id).await, open().await), (Ok(id), None, 0));
    assert_eq!(replica.logged(AuditAction::GitConnected).await, connected + 1);
    assert_eq!(replica.look(&replica.ada, id).await, Ok(1));
    assert_ne!(tokens(&replica), before, "the token that was refused is not used again");
}
