//! Who may change a credential, and what keeps it from being deleted.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{
    TestEnv,
    forms::{change, new, placement, removal, version},
    on_both,
};
use domain::{
    Action, CredentialId, Field, RepositoryId, Role, ServiceError,
    audit::{AuditAction, AuditEvent, AuditQuery},
    credentials::{
        CreateCredential, CredentialDetail, CredentialQuery, CredentialState, DeleteCredential,
        Placement,
    },
    repositories::{AddRepository, EditRepository, RepositorySelection},
    service::{Answer, Audit, Credentials, Repositories},
};

on_both!(
    a_credential_in_use_is_not_deleted,
    a_replacement_takes_over_the_links,
    two_credentials_do_not_replace_each_other,
    a_git_credential_opens_no_repository,
    r_authz_roles_are_asked,
    r_authz_other_organizations_see_nothing,
);

async fn get(env: &TestEnv, id: CredentialId) -> CredentialDetail {
    Credentials::get(&env.engine, &env.principal, id).await.unwrap()
}

async fn password(env: &TestEnv, id: CredentialId) -> String {
    env.login(id).await.1
}

/// A repository whose host nobody asks.
async fn repository(env: &TestEnv, name: &str, credential: CredentialId) -> RepositoryId {
    let form = AddRepository {
        url: format!("http://127.0.0.1:9/{name}").into(),
        name: name.into(),
        kind: "helm".into(),
        credential: credential.to_string(),
        allow: "127.0.0.1:9".into(),
        ..AddRepository::default()
    };
    Repositories::add(&env.engine, &env.principal, form).await.unwrap()
}

async fn log(env: &TestEnv, action: AuditAction) -> Vec<AuditEvent> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    Audit::list(&env.engine, &env.principal, query).await.unwrap().rows
}

async fn delete(env: &TestEnv, form: DeleteCredential) -> Answer<()> {
    Credentials::delete(&env.engine, &env.principal, form).await
}

async fn a_credential_in_use_is_not_deleted(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    repository(&env, "b", id).await;
    let repository = repository(&env, "a", id).await;
    let refused = delete(&env, removal(id, "refuse")).await;
    assert_eq!(refused, Err(ServiceError::InUse(vec!["a".into(), "b".into()])));
    assert_eq!(get(&env, id).await.state, CredentialState::Active);
    assert!(env.engine.destroy_secret(env.scope(), id).await.is_err(), "it lives");
    assert_eq!(password(&env, id).await, "old");

    delete(&env, removal(id, "unlink")).await.unwrap();
    let gone = Credentials::get(&env.engine, &env.principal, id).await;
    assert_eq!(gone, Err(ServiceError::NotFound));
    assert!(env.engine.secret_for_use(env.scope(), id, &crate::env::by_hawser()).await.is_err());
    assert!(env.look(repository).await.summary.link.is_none());
    assert_eq!(delete(&env, removal(id, "unlink")).await, Err(ServiceError::NotFound));
    for _ in 0..2 {
        env.engine.destroy_secret(env.scope(), id).await.unwrap();
    }
    assert_eq!(log(&env, AuditAction::CredentialDestroyed).await.len(), 1);
    assert_eq!(
        log(&env, AuditAction::CredentialDeleted).await[0].detail,
        "2 repositories unlinked"
    );
}

async fn a_replacement_takes_over_the_links(env: TestEnv) {
    let (old, new) = (env.credential("old", "1").await, env.credential("new", "2").await);
    repository(&env, "charts", old).await;
    let form = DeleteCredential {
        replacement: CredentialId::new().to_string(),
        ..removal(old, "replace")
    };
    assert!(delete(&env, form).await.unwrap_err().problem_of(Field::Replacement).is_some());
    assert_eq!(get(&env, old).await.links.len(), 1);

    let form = DeleteCredential { replacement: new.to_string(), ..removal(old, "replace") };
    delete(&env, form).await.unwrap();
    let detail = get(&env, new).await;
    assert_eq!(detail.links.len(), 1);
    assert_eq!(detail.history[0].counts.total(), 1);
    let choices =
        Credentials::choices(&env.engine, &env.principal, "http://127.0.0.1:9/x", None, "")
            .await
            .unwrap();
    assert_eq!((choices.len(), choices[0].id, choices[0].fits_host), (1, new, true));
}

async fn two_credentials_do_not_replace_each_other(env: TestEnv) {
    for round in 0..5 {
        let (a, b) = (
            env.credential(&format!("a{round}"), "1").await,
            env.credential(&format!("b{round}"), "2").await,
        );
        repository(&env, &format!("of-a{round}"), a).await;
        repository(&env, &format!("of-b{round}"), b).await;
        let by = |id: CredentialId| DeleteCredential {
            replacement: id.to_string(),
            ..removal(if id == a { b } else { a }, "replace")
        };
        let (first, second) = tokio::join!(delete(&env, by(b)), delete(&env, by(a)));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        let refused = first.as_ref().err().or(second.as_ref().err()).unwrap();
        assert!(refused.problem_of(Field::Replacement).is_some(), "{refused:?}");
        let left = if first.is_ok() { b } else { a };
        assert_eq!(get(&env, left).await.links.len(), 2);
    }
}

async fn a_git_credential_opens_no_repository(env: TestEnv) {
    let form = CreateCredential { provider: "generic_git".into(), ..new("git", "x") };
    let git = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
    let form = AddRepository {
        url: "http://127.0.0.1:9/charts".into(),
        kind: "helm".into(),
        credential: git.to_string(),
        ..AddRepository::default()
    };
    let refused = Repositories::add(&env.engine, &env.principal, form).await.unwrap_err();
    assert!(refused.problem_of(Field::Credential).is_some(), "{refused:?}");

    let used = env.credential("used", "x").await;
    repository(&env, "charts", used).await;
    let form = DeleteCredential { replacement: git.to_string(), ..removal(used, "replace") };
    assert!(delete(&env, form).await.unwrap_err().problem_of(Field::Replacement).is_some());
    assert_eq!(get(&env, used).await.links.len(), 1);
}

async fn r_authz_roles_are_asked(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    for role in [Role::Editor, Role::Viewer] {
        let principal = env.member("Ada", role).await;
        assert!(principal.may(Action::ManageCredentials).is_err());
        let detail = Credentials::get(&env.engine, &principal, id).await.unwrap();
        let refused = [
            Credentials::create(&env.engine, &principal, new("x", "x")).await.map(drop),
            Credentials::update(&env.engine, &principal, change(&detail, "x")).await.map(drop),
            Credentials::delete(&env.engine, &principal, removal(id, "unlink")).await,
            Credentials::place(&env.engine, &principal, placement(&detail, Placement::default()))
                .await
                .map(drop),
            Credentials::roll_back(&env.engine, &principal, version(&detail, 1)).await.map(drop),
            Credentials::promote(&env.engine, &principal, version(&detail, 1)).await.map(drop),
            Credentials::discard(&env.engine, &principal, version(&detail, 1)).await.map(drop),
            Credentials::test_again(&env.engine, &principal, version(&detail, 1)).await.map(drop),
            Credentials::resume(&env.engine, &principal, id, "").await,
            Audit::list(&env.engine, &principal, AuditQuery::default()).await.map(drop),
        ];
        assert!(
            refused.iter().all(|answer| *answer == Err(ServiceError::NotAllowed)),
            "{refused:?}"
        );
    }
    assert_eq!(password(&env, id).await, "old");
    assert_eq!(log(&env, AuditAction::Refused).await.len(), 20);

    let repository = repository(&env, "charts", id).await;
    let viewer = env.member("Ada", Role::Viewer).await;
    let add =
        AddRepository { url: "https://charts.example.com".into(), ..AddRepository::default() };
    let edit = EditRepository {
        repository: repository.to_string(),
        row_version: "1".into(),
        fields: AddRepository {
            url: "https://charts.example.com".into(),
            name: "mine".into(),
            ..AddRepository::default()
        },
    };
    let refused = [
        Repositories::add(&env.engine, &viewer, add).await.map(drop),
        Repositories::edit(&env.engine, &viewer, edit).await.map(drop),
        Repositories::delete(&env.engine, &viewer, repository).await,
        Repositories::sync(&env.engine, &viewer, RepositorySelection::These(vec![repository]))
            .await
            .map(drop),
    ];
    assert!(refused.iter().all(|answer| *answer == Err(ServiceError::NotAllowed)), "{refused:?}");
    assert_eq!(log(&env, AuditAction::Refused).await.len(), 24, "I-13");
}

async fn r_authz_other_organizations_see_nothing(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let detail = get(&env, id).await;
    let other = TestEnv::organization(&env.db, "Two").await;
    let engine = &env.engine;
    let answers = [
        Credentials::get(engine, &other, id).await.map(drop),
        Credentials::update(engine, &other, change(&detail, "stolen")).await.map(drop),
        Credentials::update(engine, &other, change(&detail, "")).await.map(drop),
        Credentials::delete(engine, &other, removal(id, "unlink")).await,
        Credentials::place(engine, &other, placement(&detail, Placement::default()))
            .await
            .map(drop),
        Credentials::roll_back(engine, &other, version(&detail, 1)).await.map(drop),
        Credentials::promote(engine, &other, version(&detail, 1)).await.map(drop),
        Credentials::discard(engine, &other, version(&detail, 1)).await.map(drop),
        Credentials::test_again(engine, &other, version(&detail, 1)).await.map(drop),
        Credentials::resume(engine, &other, id, "").await,
    ];
    assert!(answers.iter().all(|answer| *answer == Err(ServiceError::NotFound)), "{answers:?}");
    assert!(
        engine
            .secret_for_use(
                storage::Scope::of(&other.may(domain::Action::View).unwrap()),
                id,
                &crate::env::by_hawser()
            )
            .await
            .is_err()
    );
    let page = Credentials::list(engine, &other, CredentialQuery::default()).await.unwrap();
    assert_eq!((page.rows.len(), page.total.counted(), page.is_empty), (0, 0, true));
    assert!(Credentials::choices(engine, &other, "", None, "").await.unwrap().is_empty());
    // The same name is free there.
    Credentials::create(engine, &other, new("ghcr", "theirs")).await.unwrap();
    assert_eq!(password(&env, id).await, "old");
}
