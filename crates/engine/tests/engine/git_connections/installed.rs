//! Installations of the operator's GitHub App.

use domain::{
    Cause, CredentialId, ServiceError,
    audit::AuditAction,
    cause::Asked,
    gitops::ConnectionWay,
    service::{Answer, GitConnections, Notices},
};

use crate::{
    git_connections::side::{Side, sentence},
    world::{World, on_both},
};

on_both!(
    r_oauth_06_an_installation_counts_when_an_own_account_sees_it,
    a_token_that_ended_early_is_made_anew,
    an_installation_that_was_refused_works_when_it_is_connected_again,
);

async fn r_oauth_06_an_installation_counts_when_an_own_account_sees_it(world: World) {
    let side = Side::new(world).await;
    let install = async |actor, id| -> Answer<_> {
        GitConnections::connect_installation(&side.engine, actor, id).await
    };
    side.stub.installs(77, "acme");
    side.stub.has_repositories((0..3).map(|n| format!("acme/r{n}")));
    let refused = sentence(install(&side.ada, "77").await);
    assert!(refused.starts_with("Connect your own account first"), "{refused}");
    side.connect(&side.ada).await.unwrap();
    // Bob cannot lean on what Ada's account sees.
    assert!(install(&side.bob, "77").await.is_err());
    assert_eq!(install(&side.ada, "78").await, Err(ServiceError::NotFound));
    for odd in ["", "-1", "0", "77/../78", "999999999999999999999"] {
        assert!(install(&side.ada, odd).await.is_err(), "{odd}");
    }
    assert_eq!(side.list(&side.ada).await.len(), 1);
    let id = install(&side.ada, "77").await.unwrap();
    assert_eq!(install(&side.ada, "77").await, Ok(id), "twice is once");
    let listed = side.list(&side.bob).await;
    let found = listed.iter().find(|found| found.credential == id).unwrap();
    assert_eq!((found.way, found.account.as_str()), (ConnectionWay::Installation, "acme"));
    // It is the organization's, and its tokens are made with the operator's key.
    assert_eq!(side.look(&side.bob, id).await, Ok(3));
    GitConnections::disconnect(&side.engine, &side.ada, id).await.unwrap();
    assert_eq!(side.look(&side.ada, id).await, Err(ServiceError::NotFound));
}

/// Ada's side, with the installation 77 and one repository in it.
async fn installed(world: World) -> (Side, CredentialId) {
    let side = Side::new(world).await;
    side.stub.installs(77, "acme");
    side.stub.has_repositories(["acme/deploy".to_owned()]);
    side.connect(&side.ada).await.unwrap();
    let id = GitConnections::connect_installation(&side.engine, &side.ada, "77").await.unwrap();
    (side, id)
}

async fn broken(side: &Side, id: CredentialId) -> Option<Cause> {
    let listed = side.list(&side.ada).await;
    listed.iter().find(|found| found.credential == id).unwrap().broken
}

fn tokens(side: &Side) -> Vec<String> {
    side.stub.living().into_iter().filter(|token| token.starts_with("ghs_")).collect()
}

async fn a_token_that_ended_early_is_made_anew(world: World) {
    let (side, id) = installed(world).await;
    assert_eq!(side.look(&side.ada, id).await, Ok(1));
    let first = tokens(&side);
    assert_eq!((side.look(&side.ada, id).await, tokens(&side)), (Ok(1), first.clone()), "kept");
    side.stub.ends_installed();
    assert_eq!(side.look(&side.ada, id).await, Ok(1));
    assert_eq!((tokens(&side).len(), tokens(&side) == first), (1, false));
    assert_eq!(broken(&side, id).await, None);
}

async fn an_installation_that_was_refused_works_when_it_is_connected_again(world: World) {
    let (side, id) = installed(world).await;
    let open = async || {
        side.engine.make_notices().await.unwrap();
        Notices::open(&side.engine, &side.ada).await.unwrap()
    };
    side.stub.breaks("/api/v3/installation/repositories", 401);
    let cause = Cause::ConnectionRevoked;
    let refused = Err(ServiceError::Unreachable { asked: Asked::Github, cause });
    assert_eq!(side.look(&side.ada, id).await, refused);
    assert_eq!((broken(&side, id).await, open().await), (Some(cause), 1));
    side.stub.mends();
    let before = tokens(&side);
    let connected = side.logged(AuditAction::GitConnected).await;
    let again = GitConnections::connect_installation(&side.engine, &side.ada, "77").await;
    assert_eq!((again, broken(&side, id).await, open().await), (Ok(id), None, 0));
    assert_eq!(side.logged(AuditAction::GitConnected).await, connected + 1);
    assert_eq!(side.look(&side.ada, id).await, Ok(1));
    assert_ne!(tokens(&side), before, "the token that was refused is not used again");
}
