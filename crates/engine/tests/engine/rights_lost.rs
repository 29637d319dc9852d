//! A right that is gone between the recognition of a request and its effect has no effect.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::env::{
    TestEnv,
    forms::{change, new, placement, removal, version},
    held::Held,
    on_both,
};
use domain::{
    Action, AddressRequestId, AllowedAddressId, BulkRunId, CredentialId, CredentialKind, ExportId,
    GitTargetId, Principal, ProjectId, PropagationId, RepositoryId, Role, Secret, ServiceError,
    audit::{AuditAction, AuditQuery},
    bulk::{BulkAction, SelectedRows},
    charts::ChartQuery,
    connection_tests::TestConnection,
    credentials::{AllowAddress, CredentialQuery, Placement},
    exports::{Consumer, EncryptedForm, ExportForm, ExportSought, RevealForm},
    gitops::{DeviceForm, GitTargetForm},
    matching::ExplainQuery,
    notices::WebhookForm,
    projects::ProjectForm,
    repositories::{AddRepository, EditRepository, RepositoryQuery, RepositorySelection},
    service::{
        Answer, Audit, BulkRuns, Charts, ConnectionTests, Credentials, Exports, GitAccounts,
        GitTargets, Matching, Notices, Projects, Propagations, Repositories,
    },
};
use engine::SystemClock;
use vault::VaultConfig;

on_both!(
    r_authz_07_a_right_that_is_gone_does_nothing,
    r_authz_07_a_membership_made_anew_is_another_one,
    r_authz_07_nothing_is_written_to_vault_without_the_right,
);

/// How somebody loses their rights, as SQL with the place of their id.
const LOSSES: [&str; 3] = [
    "update members set role = 'viewer' where user_id = ",
    "delete from members where user_id = ",
    "update users set password_hash = 'another' where id = ",
];

async fn lose(env: &TestEnv, how: &str, principal: &Principal) {
    env.sql(&format!("{how}{}", env.sql_id(principal.user.uuid()))).await;
}

/// Every method of the services, with the names of what is there already.
#[expect(clippy::too_many_lines, reason = "one line for each call")]
async fn calls(
    env: &TestEnv,
    principal: &Principal,
    id: CredentialId,
) -> Vec<(&'static str, Answer<()>)> {
    let engine = &env.engine;
    let seen = Credentials::get(engine, &env.principal, id).await.unwrap();
    let (repository, export, target) = (RepositoryId::new(), ExportId::new(), GitTargetId::new());
    macro_rules! each {
        ($($service:ident: $($method:ident($($argument:expr),*)),+;)+) => {
            vec![$($((
                concat!(stringify!($service), "::", stringify!($method)),
                $service::$method(engine, principal, $($argument),*).await.map(drop),
            )),+),+]
        };
    }
    each! {
        Credentials:
            list(CredentialQuery::default()),
            get(id),
            choices("", None, ""),
            of_kind(CredentialKind::Git),
            any_of_kind(CredentialKind::Git),
            create(new("x", "x")),
            update(change(&seen, "x")),
            place(placement(&seen, Placement::default())),
            roll_back(version(&seen, 1)),
            promote(version(&seen, 1)),
            test_again(version(&seen, 1)),
            discard(version(&seen, 1)),
            resume(id, ""),
            allow_address(AllowAddress {
                credential: id.to_string(),
                url: "https://x.example".into(),
                ..AllowAddress::default()
            }),
            confirm_address(id, AllowedAddressId::new()),
            withdraw_address(id, AllowedAddressId::new()),
            withdraw_token_service(id, "", ""),
            dismiss_address_request(id, AddressRequestId::new()),
            expiring(),
            delete(removal(id, "unlink"));
        Repositories:
            list(RepositoryQuery::default()),
            choices(),
            get(repository),
            add(AddRepository { url: "https://x.example".into(), ..AddRepository::default() }),
            edit(EditRepository::default()),
            allow_token_service(repository, ""),
            delete(repository),
            sync(RepositorySelection::all());
        BulkRuns:
            begin(BulkAction::DeleteRepositories, SelectedRows::Repositories(RepositorySelection::all())),
            confirm(BulkRunId::new()),
            set_interval(RepositorySelection::all(), "900"),
            undo_interval(BulkRunId::new()),
            get(BulkRunId::new());
        Charts: list(ChartQuery::default()), get(domain::ChartId::new());
        Propagations: progress(PropagationId::new());
        Audit: list(AuditQuery::default());
        ConnectionTests:
            test_form(TestConnection::default()),
            test_credential(id),
            test_repository(repository);
        Matching: explain(ExplainQuery::default());
        Projects:
            list(),
            save(ProjectForm { name: "x".into(), ..ProjectForm::default() }),
            delete(ProjectId::new());
        Notices:
            list(),
            open(),
            webhook(),
            set_webhook(WebhookForm { webhook: "https://x.example".into() });
        Exports:
            list(),
            get(export),
            choices(Consumer::ArgoCd, ExportSought::default()),
            preview(ExportForm::default()),
            save(ExportForm::default()),
            delete(export),
            encrypted(EncryptedForm::default()),
            reveal(RevealForm::default()),
            carvel(),
            uses(id);
        GitAccounts:
            offers(),
            list(),
            begin_web(),
            finish_web(Secret::default(), Secret::default(), Secret::default()),
            begin_device(),
            poll_device(DeviceForm::default()),
            connect_installation("1"),
            disconnect(id),
            forget(id),
            repositories(id, ""),
            branches(GitTargetForm::default()),
            branches_hindrance(GitTargetForm::default());
        GitTargets:
            list(),
            get(target),
            save(GitTargetForm::default()),
            delete(target),
            preview(target),
            push(target);
    }
}

/// What a change would leave behind, the audit log aside.
async fn state(env: &TestEnv) -> Vec<i64> {
    let mut state = Vec::new();
    for text in [
        "select count(*) from credentials",
        "select cast(sum(row_version) as bigint) from credentials",
        "select count(*) from secret_operations",
        "select count(*) from allowed_addresses",
        "select count(*) from repositories",
        "select count(*) from projects",
        "select count(*) from jobs",
        "select count(*) from exports",
        "select count(*) from git_targets",
        "select count(*) from organizations where webhook <> ''",
    ] {
        state.push(env.count(text).await);
    }
    state
}

async fn r_authz_07_a_right_that_is_gone_does_nothing(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let before = state(&env).await;
    for how in LOSSES {
        let principal = env.member("Bob", Role::Owner).await;
        principal.may(Action::ManageCredentials).unwrap();
        lose(&env, how, &principal).await;
        for (call, answer) in calls(&env, &principal, id).await {
            assert_eq!(answer, Err(ServiceError::NoLongerAllowed), "{call} after {how}");
        }
        assert_eq!(state(&env).await, before, "after {how}");
    }
    assert_eq!(env.login(id).await.1, "old");
    let query = AuditQuery { action: Some(AuditAction::Refused), ..AuditQuery::default() };
    assert!(!Audit::list(&env.engine, &env.principal, query).await.unwrap().rows.is_empty());
}

async fn r_authz_07_a_membership_made_anew_is_another_one(env: TestEnv) {
    let bob = env.member("Bob", Role::Owner).await;
    let again = format!(
        "insert into members (organization_id, user_id, role, created_at) values ({}, {}, 'owner', 5)",
        env.sql_id(bob.organization.uuid()),
        env.sql_id(bob.user.uuid()),
    );
    lose(&env, "delete from members where user_id = ", &bob).await;
    env.sql(&again).await;
    let created = Credentials::create(&env.engine, &bob, new("x", "x")).await;
    assert_eq!(created, Err(ServiceError::NoLongerAllowed));
    let bob = storage::sessions::principal(&env.db, bob.user).await.unwrap().unwrap();
    Credentials::create(&env.engine, &bob, new("x", "x")).await.unwrap();
}

async fn r_authz_07_nothing_is_written_to_vault_without_the_right(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let held = Held::before(&env.vault_config().address).await;
    let vault = VaultConfig { address: held.address(), ..env.vault_config() };
    let engine = env.engine_with(Arc::new(SystemClock), vault).await;
    for how in LOSSES {
        let bob = env.member("Bob", Role::Owner).await;
        let seen = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
        // What is to be written is prepared; Vault is asked which version is the newest.
        held.close();
        let form = change(&seen, "new");
        let (engine, principal) = (engine.clone(), bob.clone());
        let changing =
            tokio::spawn(async move { Credentials::update(&engine, &principal, form).await });
        held.waits().await;
        lose(&env, how, &bob).await;
        held.open();
        assert_eq!(changing.await.unwrap(), Err(ServiceError::NoLongerAllowed), "{how}");

        let after = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
        assert_eq!((after.state, after.vault_version), (seen.state, seen.vault_version));
        assert_eq!(env.login(id).await.1, "old");
    }
    assert_eq!(env.newest_in_vault(id).await, 1, "nothing was written");
    let query =
        AuditQuery { action: Some(AuditAction::CredentialUpdateAborted), ..AuditQuery::default() };
    let aborted = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!(aborted.len(), LOSSES.len());
    assert!(aborted.iter().all(|line| line.detail.contains("right")), "{aborted:?}");
}
