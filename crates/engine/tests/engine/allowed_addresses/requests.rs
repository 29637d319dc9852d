//! Asking for an address: who may not allow it, and who hears of that.

use domain::{
    Action, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::AllowAddress,
    notices::News,
    service::{Audit, Credentials, Notices, Repositories},
};

use super::{TestEnv, at, editor, get, recorder, ways};

pub async fn a_request_reaches_those_who_may_allow_it(env: TestEnv) {
    let (eve, home) = (editor(&env).await, recorder().await);
    assert!(eve.may(Action::AllowOrigins).is_err());
    let id = env.credential("robot", "one").await;
    for _ in 0..2 {
        ways(Repositories::add(&env.engine, &eve, at(&home, "a", &id.to_string())).await);
    }
    let requested = get(&env, id).await.requested;
    assert_eq!((requested.len(), requested[0].by.as_str()), (1, "Eve"));
    let listed = Notices::list(&env.engine, &env.principal).await.unwrap();
    let News::Address { credential, by, .. } = &listed[0].news else { panic!("{listed:?}") };
    assert_eq!((*credential, by.as_str()), (id, "Eve"));

    let grant = |request: String| AllowAddress {
        credential: id.to_string(),
        request,
        ..AllowAddress::default()
    };
    let request = requested[0].id.to_string();
    let refused = Credentials::allow_address(&env.engine, &eve, grant(request.clone())).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    Credentials::allow_address(&env.engine, &env.principal, grant(request.clone())).await.unwrap();
    assert!(get(&env, id).await.requested.is_empty());
    let again = Credentials::allow_address(&env.engine, &env.principal, grant(request)).await;
    assert_eq!(again, Err(ServiceError::NotFound));
    let added = Repositories::add(&env.engine, &eve, at(&home, "a", &id.to_string())).await;
    assert_eq!(env.sync(added.unwrap()).await, None);
    for (action, count) in [(AuditAction::AddressRequested, 2), (AuditAction::AddressAllowed, 1)] {
        let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
        let log = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
        assert_eq!((log.len(), log[0].target.as_str()), (count, "robot"));
    }

    ways(Repositories::add(&env.engine, &eve, at(&recorder().await, "b", &id.to_string())).await);
    let request = get(&env, id).await.requested[0].id;
    Credentials::dismiss_address_request(&env.engine, &env.principal, id, request).await.unwrap();
    assert!(get(&env, id).await.requested.is_empty());
}
