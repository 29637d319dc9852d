//! Installations of the operator's GitHub App.

use domain::{
    ServiceError,
    gitops::ConnectionWay,
    service::{Answer, GitConnections},
};

use crate::{
    side::{Side, sentence},
    world::{World, on_both},
};

on_both!(r_oauth_06_an_installation_counts_when_an_own_account_sees_it);

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
