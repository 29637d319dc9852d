//! Where tokens are, and what nobody can do with them by hand.

use domain::{
    Secret,
    audit::AuditAction,
    credentials::{CredentialState, UpdateCredential, VersionRef},
    service::Credentials,
};

use crate::{
    git_connections::side::{Side, sentence},
    world::{World, forms, on_both},
};

on_both!(
    r_oauth_07_tokens_are_in_vault_alone,
    a_connected_account_is_not_typed,
    missing_scopes_are_shown,
);

async fn r_oauth_07_tokens_are_in_vault_alone(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    side.tokens_end();
    assert_eq!(side.look(&side.ada, id).await, Ok(0));
    let shown = format!("{:?} {:?}", side.get(id).await, side.list(&side.ada).await);
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(side.logged(AuditAction::GitConnected).await, 1);
    side.world.assert_sql_without(&["ghu_", "ghr_", "canary"]).await;
}

async fn a_connected_account_is_not_typed(world: World) {
    let side = Side::new(world).await;
    let id = side.connect(&side.ada).await.unwrap();
    let detail = side.get(id).await;
    assert_eq!(detail.state, CredentialState::Active);
    let typed = UpdateCredential {
        shape: "password".into(),
        password: Secret::new("typed".into()),
        ..forms::change(&detail, "")
    };
    for form in [typed, forms::change(&detail, "{\"access\":\"typed\"}")] {
        let refused = sentence(Credentials::update(&side.engine, &side.ada, form).await);
        assert!(refused.contains("connected account"), "{refused}");
    }
    side.connect(&side.ada).await.unwrap();
    let detail = side.get(id).await;
    let form: VersionRef = forms::version(&detail, 1);
    let refused = sentence(Credentials::roll_back(&side.engine, &side.ada, form).await);
    assert!(refused.contains("connected account"), "{refused}");
    // Its name is the organization's.
    let renamed = UpdateCredential { name: "deploy".into(), ..forms::change(&detail, "") };
    Credentials::update(&side.engine, &side.ada, renamed).await.unwrap();
    assert_eq!(side.list(&side.ada).await[0].name, "deploy");
}

async fn missing_scopes_are_shown(world: World) {
    let side = Side::new(world).await;
    side.stub.grants("public_repo");
    side.connect(&side.ada).await.unwrap();
    // The client of a GitHub App asks for no scopes, so none is missing.
    let listed = side.list(&side.ada).await;
    assert_eq!(listed[0].scopes, ["public_repo"]);
    assert!(listed[0].missing_scopes.is_empty());
}
