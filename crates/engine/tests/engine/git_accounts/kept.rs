//! Where tokens are, and what nobody can do with them by hand.

use domain::{
    Secret,
    audit::AuditAction,
    credentials::{CredentialState, DescribeCredential, UpdateCredential, VersionRef},
    service::Credentials,
};

use crate::{
    env::{TestEnv, forms, on_both},
    git_accounts::replica::{Replica, sentence},
};

on_both!(
    r_oauth_07_tokens_are_in_vault_alone,
    a_connected_account_is_not_typed,
    missing_scopes_are_shown,
);

async fn r_oauth_07_tokens_are_in_vault_alone(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    replica.tokens_end();
    assert_eq!(replica.look(&replica.ada, id).await, Ok(0));
    let shown = format!("{:?} {:?}", replica.get(id).await, replica.list(&replica.ada).await);
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(replica.logged(AuditAction::GitConnected).await, 1);
    replica.env.assert_sql_without(&["ghu_", "ghr_", "canary"]).await;
}

async fn a_connected_account_is_not_typed(env: TestEnv) {
    let replica = Replica::new(env).await;
    let id = replica.connect(&replica.ada).await.unwrap();
    let detail = replica.get(id).await;
    assert_eq!(detail.state, CredentialState::Active);
    let typed = UpdateCredential {
        shape: "password".into(),
        password: Secret::new("typed".into()),
        ..forms::change(&detail, "")
    };
    for form in [typed, forms::change(&detail, "{\"access\":\"typed\"}")] {
        let refused = sentence(Credentials::update(&replica.engine, &replica.ada, form).await);
        assert!(refused.contains("connected account"), "{refused}");
    }
    replica.connect(&replica.ada).await.unwrap();
    let detail = replica.get(id).await;
    let form: VersionRef = forms::version(&detail, 1);
    let refused = sentence(Credentials::roll_back(&replica.engine, &replica.ada, form).await);
    assert!(refused.contains("connected account"), "{refused}");
    // Its name is the organization's.
    let renamed = DescribeCredential { name: "deploy".into(), ..forms::described(&detail, "") };
    Credentials::describe(&replica.engine, &replica.ada, renamed).await.unwrap();
    assert_eq!(replica.list(&replica.ada).await[0].name, "deploy");
}

async fn missing_scopes_are_shown(env: TestEnv) {
    let replica = Replica::new(env).await;
    replica.stub.grants("public_repo");
    replica.connect(&replica.ada).await.unwrap();
    // The client of a GitHub App asks for no scopes, so none is missing.
    let listed = replica.list(&replica.ada).await;
    assert_eq!(listed[0].scopes, ["public_repo"]);
    assert!(listed[0].missing_scopes.is_empty());
}
