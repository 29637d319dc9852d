//! Clusters that refuse, that lie, and that somebody may not touch.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::cluster::{
    ApiStub, Key, Mood,
    fleet::{CANARY, Fleet, RECIPIENT, form, kubeconfig, standing},
};
use crate::env::{TestEnv, forms, on_both, registry::Registry};
use domain::{
    Cause, Field, Role, Secret, ServiceError,
    audit::{AuditAction, AuditQuery},
    cause::RemoteKind,
    connection_tests::{ConnectionTest, Stage, StageState, TestConnection},
    exports::ExportForm,
    gitops::{ClusterForm, DestinationState},
    service::{Audit, Clusters, ConnectionTests, Credentials, Exports},
};

on_both!(
    a_hostile_server_learns_and_breaks_nothing,
    what_the_server_refuses_is_told,
    references_are_applied_as_they_are,
    an_open_secret_is_applied_as_data,
    a_client_certificate_opens_a_cluster,
    a_kubeconfig_is_tested_at_its_own_server,
    nobody_reaches_clusters_without_the_right,
    what_a_form_may_not_say,
);

async fn a_hostile_server_learns_and_breaks_nothing(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.applied().await;
    for (mood, cause) in [
        (Mood::Endless, Cause::ServerError),
        (Mood::Redirects, Cause::RedirectRefused),
        (Mood::Senseless, Cause::ServerError),
        (Mood::WebPage, Cause::ServerError),
        (Mood::Echoes, Cause::ClusterRefused),
    ] {
        fleet.stub.set(mood);
        let failing = fleet.applied().await;
        assert_eq!(failing.summary.cause, Some(cause), "{mood:?}");
        assert!(!format!("{failing:?}").contains(CANARY), "{mood:?}: {}", failing.detail);
        if let Ok(preview) = fleet.preview().await {
            assert!(!format!("{preview:?}").contains(CANARY), "{mood:?}");
        }
        assert_eq!(failing.objects.len(), 1, "{mood:?}");
    }
    fleet.stub.set(Mood::Well);
    let after = fleet.applied().await;
    assert_eq!((after.summary.state, after.detail.as_str()), (DestinationState::InStep, ""));
    workers.stop().await;
    fleet.assert_not_kept().await;
}

async fn what_the_server_refuses_is_told(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.stub.state().forbidden = vec!["Secret"];
    let failing = fleet.applied().await;
    assert_eq!(failing.summary.cause, Some(Cause::InsufficientScope));
    assert!(
        failing.detail.contains("Secret team-a/regcred: secrets \"regcred\" is forbidden"),
        "{}",
        failing.detail
    );
    let preview = fleet.preview().await.unwrap();
    assert_eq!((preview.changes.len(), preview.refused.len()), (0, 1), "{preview:?}");
    assert_eq!(preview.refused[0].cause, Some(Cause::InsufficientScope));
    assert!(preview.refused[0].detail.contains("kubectl create role"), "{preview:?}");
    fleet.stub.state().forbidden.clear();

    let detail = fleet.get().await;
    let wrong = fleet.stub.kubeconfig_with("wrong");
    let change = forms::change(
        &Credentials::get(fleet.engine(), &fleet.env.principal, detail.summary.credential)
            .await
            .unwrap(),
        &wrong,
    );
    Credentials::update(fleet.engine(), &fleet.env.principal, change).await.unwrap();
    let failing = fleet.applied().await;
    assert_eq!(failing.summary.cause, Some(Cause::InvalidCredentials));
    let refused = fleet.preview().await.unwrap_err();
    let cause = Cause::InvalidCredentials;
    assert_eq!(refused, ServiceError::Unreachable { asked: RemoteKind::Cluster, cause });

    // A kubeconfig that leads elsewhere takes nothing there by itself.
    let elsewhere = ApiStub::start().await;
    let seen = Credentials::get(fleet.engine(), &fleet.env.principal, detail.summary.credential)
        .await
        .unwrap();
    let change = forms::change(&seen, &elsewhere.kubeconfig());
    Credentials::update(fleet.engine(), &fleet.env.principal, change).await.unwrap();
    let failing = fleet.applied().await;
    assert_eq!(failing.summary.cause, Some(Cause::ClusterRefused));
    assert!(failing.detail.contains("another API server"), "{}", failing.detail);
    assert_eq!(elsewhere.state().seen, Vec::<String>::new());
    workers.stop().await;
}

async fn references_are_applied_as_they_are(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    fleet.stub.state().has_operator = false;
    let reference = fleet.export("reference", "external_secret", "by-reference").await;
    fleet.takes(&[reference]).await.unwrap();
    let failing = fleet.applied().await;
    assert_eq!(failing.summary.cause, Some(Cause::ClusterApiMissing));
    fleet.stub.state().has_operator = true;
    let after = fleet.applied().await;
    assert_eq!(after.summary.state, DestinationState::InStep, "{}", after.detail);
    assert_eq!(after.objects[0].kind, "ExternalSecret");
    let key =
        Key::new("external-secrets.io/v1", "ExternalSecret", "team-a", &after.objects[0].name);
    let object = fleet.stub.state().objects.value(&key).unwrap().to_string();
    assert!(object.contains("secretStoreRef") && !object.contains(CANARY), "{object}");
    workers.stop().await;
    fleet.assert_not_kept().await;
}

/// Its keys would stay when they are dropped, had they been applied as `stringData`.
async fn an_open_secret_is_applied_as_data(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let registry = Registry::start(None).await;
    let public = fleet.env.repository(&registry, "public", None).await;
    let workers = fleet.env.workers();
    let mut exports = Vec::new();
    for (carrier, namespace) in [("sops", "team-a"), ("external_secret", "team-b")] {
        let mut form = ExportForm {
            name: format!("argo-{carrier}"),
            consumer: "argo_cd".into(),
            carrier: carrier.into(),
            repositories: vec![public.to_string()],
            ..ExportForm::default()
        };
        form.settings.namespace = namespace.into();
        form.settings.recipients = RECIPIENT.into();
        exports.push(Exports::save(fleet.engine(), &fleet.env.principal, form).await.unwrap());
    }
    fleet.takes(&exports).await.unwrap();
    let after = fleet.applied().await;
    assert_eq!(
        (after.summary.state, after.objects.len()),
        (DestinationState::InStep, 2),
        "{after:?}"
    );
    for object in &after.objects {
        let key = Key::new("v1", "Secret", &object.namespace, &object.name);
        let url = fleet.stub.state().objects.secret_value(&key, "url");
        assert_eq!(url, Some(registry.url("public")), "{object:?}");
    }
    workers.stop().await;
}

async fn a_client_certificate_opens_a_cluster(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let workers = fleet.env.workers();
    let text = fleet.stub.kubeconfig_with_certificate();
    let credential = kubeconfig(&fleet.env, "by certificate", &text).await;
    let form = form("by certificate", credential, &[fleet.export]);
    let cluster = Clusters::save(fleet.engine(), &fleet.env.principal, form).await.unwrap();
    let fleet = Fleet { cluster, kubeconfig: credential, ..fleet };
    assert_eq!(fleet.applied().await.summary.state, DestinationState::InStep);
    // The private authority of one kubeconfig vouches for no other cluster.
    let other = ApiStub::start().await;
    let foreign = text.replace(&fleet.stub.server(), &other.server());
    let credential = kubeconfig(&fleet.env, "foreign", &foreign).await;
    let form = crate::cluster::fleet::form("foreign", credential, &[fleet.export]);
    let cluster = Clusters::save(fleet.engine(), &fleet.env.principal, form).await.unwrap();
    let fleet = Fleet { cluster, kubeconfig: credential, ..fleet };
    let failing = fleet.applied().await;
    assert_eq!(standing(&failing).2, Some(Cause::TlsUntrusted));
    assert_eq!(other.state().seen, Vec::<String>::new());
    workers.stop().await;
}

async fn a_kubeconfig_is_tested_at_its_own_server(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let form = |text: String| TestConnection {
        provider: "kubernetes".into(),
        shape: "kubeconfig".into(),
        password: Secret::new(text),
        ..TestConnection::default()
    };
    let test = async |form: TestConnection| {
        ConnectionTests::test_form(fleet.engine(), &fleet.env.principal, form).await
    };
    let passed = test(form(fleet.stub.kubeconfig())).await.unwrap();
    assert!(passed.has_passed(), "{passed:?}");
    let last = passed.stages.last().unwrap();
    assert_eq!(
        (last.stage, last.detail.as_str()),
        (Stage::Pull, "It may write secrets in team-a.")
    );
    let failed = |test: ConnectionTest| {
        let stage = test.stages.iter().find(|stage| stage.state == StageState::Failed).unwrap();
        (stage.stage, test.cause().unwrap())
    };
    let wrong = test(form(fleet.stub.kubeconfig_with("wrong"))).await.unwrap();
    assert_eq!(failed(wrong), (Stage::Token, Cause::InvalidCredentials));
    let query = AuditQuery { action: Some(AuditAction::ConnectionTested), ..AuditQuery::default() };
    let told = Audit::list(fleet.engine(), &fleet.env.principal, query).await.unwrap().rows;
    assert_eq!(told[0].detail, Cause::InvalidCredentials.words(RemoteKind::Cluster).title);
    let untrusted = fleet.stub.kubeconfig().replace("certificate-authority-data", "extensions");
    assert_eq!(failed(test(form(untrusted)).await.unwrap()), (Stage::Tls, Cause::TlsUntrusted));
    let blocked = fleet.stub.kubeconfig().replace("127.0.0.1", "10.0.0.1");
    assert_eq!(failed(test(form(blocked)).await.unwrap()), (Stage::Url, Cause::BlockedAddress));
    let refused = test(form("not one".into())).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some());

    let (engine, principal) = (fleet.engine(), &fleet.env.principal);
    let stored =
        ConnectionTests::test_credential(engine, principal, fleet.kubeconfig).await.unwrap();
    assert!(stored[0].has_passed() && stored[0].name == "prod", "{stored:?}");
    fleet.stub.state().forbidden = vec!["Secret"];
    let kept = TestConnection { credential: fleet.kubeconfig.to_string(), ..form(String::new()) };
    assert_eq!(failed(test(kept.clone()).await.unwrap()), (Stage::Pull, Cause::InsufficientScope));
    let editor = fleet.env.member("Ada", Role::Editor).await;
    let refused = ConnectionTests::test_form(engine, &editor, kept).await.unwrap_err();
    assert_eq!(refused, ServiceError::NotAllowed);
    assert_eq!(fleet.stub.state().objects.keys(), []);
}

async fn nobody_reaches_clusters_without_the_right(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let engine = fleet.engine();
    for role in [Role::Editor, Role::Viewer] {
        let principal = fleet.env.member("Ada", role).await;
        assert_eq!(Clusters::list(engine, &principal).await.unwrap().len(), 1);
        assert!(Clusters::get(engine, &principal, fleet.cluster).await.is_ok());
        let refused = Err(ServiceError::NotAllowed);
        assert_eq!(Clusters::preview(engine, &principal, fleet.cluster).await.map(drop), refused);
        assert_eq!(Clusters::apply(engine, &principal, fleet.cluster).await, refused);
        assert_eq!(Clusters::delete(engine, &principal, fleet.cluster).await, refused);
        let form = form("other", fleet.kubeconfig, &[fleet.export]);
        assert_eq!(Clusters::save(engine, &principal, form).await.map(drop), refused);
    }
    let query = AuditQuery { action: Some(AuditAction::Refused), ..AuditQuery::default() };
    assert_eq!(Audit::list(engine, &fleet.env.principal, query).await.unwrap().rows.len(), 8);

    let stranger = TestEnv::organization(&fleet.env.db, "Two").await;
    assert_eq!(Clusters::list(engine, &stranger).await.unwrap(), []);
    let missing = Err(ServiceError::NotFound);
    assert_eq!(Clusters::get(engine, &stranger, fleet.cluster).await.map(drop), missing);
    assert_eq!(Clusters::apply(engine, &stranger, fleet.cluster).await, missing);
    assert_eq!(Clusters::delete(engine, &stranger, fleet.cluster).await, missing);
    let stolen =
        Clusters::save(engine, &stranger, form("x", fleet.kubeconfig, &[fleet.export])).await;
    assert!(stolen.unwrap_err().problem_of(Field::Credential).is_some());

    // Where the operator did not turn it on there is nothing, and what waits goes on waiting.
    let off = fleet
        .env
        .engine_with(std::sync::Arc::new(engine::SystemClock), fleet.env.vault_config())
        .await;
    assert!(engine.are_on() && !off.are_on());
    let hidden = Err(ServiceError::NotAllowed);
    assert_eq!(Clusters::list(&off, &fleet.env.principal).await.map(drop), hidden);
    assert_eq!(Clusters::apply(&off, &fleet.env.principal, fleet.cluster).await, hidden);
}

async fn what_a_form_may_not_say(env: TestEnv) {
    let fleet = Fleet::new(env).await;
    let save =
        async |form: ClusterForm| Clusters::save(fleet.engine(), &fleet.env.principal, form).await;
    let problem = |answer: Result<_, ServiceError>, field| {
        let error: ServiceError = Result::<domain::ClusterId, _>::unwrap_err(answer);
        assert!(error.problem_of(field).is_some(), "{field:?}: {error:?}");
    };
    problem(save(form("prod", fleet.kubeconfig, &[fleet.export])).await, Field::Name);
    problem(save(form("x", fleet.credential, &[fleet.export])).await, Field::Credential);
    problem(save(form("x", fleet.kubeconfig, &[])).await, Field::Exports);
    problem(save(form("x", fleet.kubeconfig, &[domain::ExportId::new()])).await, Field::Exports);

    let workers = fleet.env.workers();
    let detail = fleet.applied().await;
    let elsewhere = ApiStub::start().await;
    let other = kubeconfig(&fleet.env, "elsewhere", &elsewhere.kubeconfig()).await;
    let moved = ClusterForm {
        cluster: fleet.cluster.to_string(),
        row_version: detail.row_version.to_string(),
        ..form("prod", other, &[fleet.export])
    };
    problem(save(moved.clone()).await, Field::Credential);
    let credential = fleet.kubeconfig.to_string();
    let stale = ClusterForm { row_version: "0".into(), credential, ..moved };
    assert_eq!(save(stale).await, Err(ServiceError::Stale { changed_by: "Ada".into() }));
    // The kubeconfig is in use, and so is the export.
    let (principal, delete) = (&fleet.env.principal, forms::removal(fleet.kubeconfig, ""));
    let refused = Credentials::delete(fleet.engine(), principal, delete).await;
    assert!(matches!(refused, Err(ServiceError::InUse(_))), "{refused:?}");
    let refused = Exports::delete(fleet.engine(), principal, fleet.export).await;
    assert!(matches!(refused, Err(ServiceError::InUse(_))), "{refused:?}");
    // No repository is offered a kubeconfig.
    let choices = Credentials::choices(fleet.engine(), principal, "", None, "").await.unwrap();
    assert_eq!(choices.iter().map(|choice| choice.id).collect::<Vec<_>>(), [fleet.credential]);
    workers.stop().await;
}
