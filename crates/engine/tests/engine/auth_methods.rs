//! Every way to authenticate: stored, read back, changed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::env::{TestEnv, forms::change, on_both, registry::Registry};
use domain::{
    AuthMethod, CredentialId, Field, Provider, Secret, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::{
        CreateCredential, CredentialDetail, Parameters, Saved, UpdateCredential, VersionOrigin,
    },
    service::{Answer, Audit, Credentials},
};

on_both!(
    every_shape_is_stored_and_read_back,
    a_password_becomes_an_access_key,
    a_new_region_keeps_the_secret,
    a_role_has_no_secret,
    what_does_not_fit_is_refused,
);

const PEM: &str = "-----BEGIN PRIVATE KEY-----\ncanary-7f3a\n-----END PRIVATE KEY-----\n";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// The file of a service account; `n` tells one key from another.
fn key_file(n: u32) -> String {
    let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    format!(
        "{{\"type\":\"service_account\",\"project_id\":\"acme\",\"private_key_id\":\"{n}\",\
         \"private_key\":\"{begin}\\ncanary-7f3a\\n{end}\\n\",\"client_email\":\"puller@acme.iam.gserviceaccount.com\"}}"
    )
}

fn kubeconfig(n: u32) -> String {
    format!(
        "{{\"kind\":\"Config\",\"current-context\":\"prod\",\
          \"clusters\":[{{\"name\":\"prod\",\"cluster\":{{\"server\":\"https://api.example.com:6443\"}}}}],\
          \"contexts\":[{{\"name\":\"prod\",\"context\":{{\"cluster\":\"prod\",\"user\":\"hawser\"}}}}],\
          \"users\":[{{\"name\":\"hawser\",\"user\":{{\"token\":\"canary-7f3a-{n}\"}}}}]}}"
    )
}

/// User name, secret and parameters as its form has them.
fn typed(shape: AuthMethod, n: u32) -> (&'static str, String, Parameters) {
    let none = Parameters::default;
    let secret = format!("canary-7f3a-{n}");
    match shape {
        AuthMethod::Password => ("robot", secret, none()),
        AuthMethod::ClientCertificate => {
            ("", PEM.repeat(n as usize), Parameters { certificate: CERTIFICATE.into(), ..none() })
        }
        AuthMethod::EcrAccessKey => {
            (ACCESS_KEY, secret, Parameters { region: "eu-west-1".into(), ..none() })
        }
        AuthMethod::EcrRole => {
            ("", String::new(), Parameters { account: format!("{n:012}"), ..none() })
        }
        AuthMethod::EcrPublicAccessKey => (ACCESS_KEY, secret, none()),
        AuthMethod::GoogleKey | AuthMethod::GoogleKeyBase64 | AuthMethod::GoogleKeyExchange => {
            ("", key_file(n), none())
        }
        AuthMethod::GoogleWorkload => {
            ("", String::new(), Parameters { gcp_project: format!("acme-{n}"), ..none() })
        }
        AuthMethod::AcrServicePrincipal | AuthMethod::AcrToken => ("puller", secret, none()),
        AuthMethod::AcrEntra => {
            ("puller", secret, Parameters { tenant: "acme.example".into(), ..none() })
        }
        AuthMethod::GithubApp => {
            let repositories = "charts platform".into();
            let parameters = Parameters { installation: "42".into(), repositories, ..none() };
            ("Iv1.abc", PEM.repeat(n as usize), parameters)
        }
        AuthMethod::PullToken => ("identity/puller", secret, none()),
        AuthMethod::Kubeconfig => ("hawser", kubeconfig(n), none()),
        AuthMethod::GithubOauth | AuthMethod::GithubInstallation => unreachable!("nobody types it"),
    }
}

fn form(shape: AuthMethod) -> CreateCredential {
    let provider =
        Provider::ALL.into_iter().find(|known| known.facts().shapes.contains(&shape)).unwrap();
    let (username, secret, parameters) = typed(shape, 1);
    CreateCredential {
        provider: provider.as_str().into(),
        shape: shape.as_str().into(),
        name: shape.as_str().into(),
        username: username.into(),
        password: Secret::new(secret),
        parameters,
        ..CreateCredential::default()
    }
}

async fn create(env: &TestEnv, form: CreateCredential) -> Answer<CredentialId> {
    Credentials::create(&env.engine, &env.principal, form).await.map(|saved| saved.id)
}

async fn get(env: &TestEnv, id: CredentialId) -> CredentialDetail {
    Credentials::get(&env.engine, &env.principal, id).await.unwrap()
}

async fn update(env: &TestEnv, form: UpdateCredential) -> Answer<Saved> {
    Credentials::update(&env.engine, &env.principal, form).await
}

async fn every_shape_is_stored_and_read_back(env: TestEnv) {
    for shape in AuthMethod::ALL.into_iter().filter(|shape| !shape.is_connected()) {
        let id = create(&env, form(shape)).await.unwrap();
        for n in [1, 2] {
            let (username, secret, parameters) = typed(shape, n);
            if n == 2 {
                let again = UpdateCredential {
                    parameters: parameters.clone(),
                    username: username.into(),
                    ..change(&get(&env, id).await, &secret)
                };
                update(&env, again).await.unwrap();
            }
            let detail = get(&env, id).await;
            assert_eq!((detail.shape, detail.vault_version), (shape, i64::from(n)), "{shape:?}");
            assert_eq!(detail.parameters, parameters, "{shape:?}");
            let used =
                env.engine.secret_for_use(env.scope(), id, &crate::env::by_hawser()).await.unwrap();
            assert_eq!(used.material.shape(), shape);
            assert_eq!(used.material.username(), detail.username, "{shape:?}");
            let stored = used.material.secret().map(|secret| secret.expose().to_owned());
            assert_eq!(stored.unwrap_or_default(), secret, "{shape:?}");
            assert!(!format!("{used:?}{detail:?}").contains("canary"), "{shape:?}");
        }
    }
    env.assert_sql_without(&["canary-7f3a"]).await;
}

async fn a_password_becomes_an_access_key(env: TestEnv) {
    let registry = Registry::start(None).await;
    let pasted = CreateCredential {
        shape: "password".into(),
        username: String::new(),
        ..form(AuthMethod::EcrAccessKey)
    };
    let id = create(&env, CreateCredential { parameters: Parameters::default(), ..pasted })
        .await
        .unwrap();
    env.linked(&registry, id, 1).await;
    let before = get(&env, id).await;
    assert_eq!((before.shape, before.username.as_str()), (AuthMethod::Password, "AWS"));
    assert!(before.expiry.is_some());

    let mut form = UpdateCredential {
        shape: "ecr_access_key".into(),
        username: ACCESS_KEY.into(),
        parameters: Parameters { region: "eu-west-1".into(), ..Parameters::default() },
        ..change(&before, "")
    };
    let refused = update(&env, form.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
    assert_eq!(get(&env, id).await, before);

    form.password = Secret::new("wJalrXUtnFEMI".into());
    let saved = update(&env, form).await.unwrap();
    let after = get(&env, id).await;
    assert_eq!((after.shape, after.username.as_str()), (AuthMethod::EcrAccessKey, ACCESS_KEY));
    assert_eq!(after.expiry, None, "a key does not die after 12 hours");
    assert_eq!(env.progress(saved.propagation.unwrap()).await.counts.total(), 1);
    assert_eq!(after.versions.len(), 2);
    assert_eq!(after.versions[0].origin, VersionOrigin::Updated);
    assert_eq!(
        after.versions[0].changed,
        "new way to authenticate and new user name and new region and new secret"
    );
}

async fn a_new_region_keeps_the_secret(env: TestEnv) {
    let id = create(&env, form(AuthMethod::EcrAccessKey)).await.unwrap();
    let before = get(&env, id).await;
    let region = Parameters { region: "us-east-1".into(), ..Parameters::default() };
    let form = UpdateCredential { parameters: region.clone(), ..change(&before, "") };
    update(&env, form).await.unwrap();
    let after = get(&env, id).await;
    assert_eq!((after.vault_version, after.parameters.clone()), (2, region));
    assert_eq!(after.versions[0].changed, "new region");
    assert_eq!(env.login(id).await, (ACCESS_KEY.into(), typed(AuthMethod::EcrAccessKey, 1).1));
    let query = AuditQuery { action: Some(AuditAction::SecretRead), ..AuditQuery::default() };
    let reads = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert!(reads.iter().any(|read| read.detail == "version 1, to store it with other fields"));
    // What the shape does not have is no new version, and not kept.
    let other = UpdateCredential {
        parameters: Parameters { tenant: "acme".into(), ..after.parameters.clone() },
        ..change(&after, "")
    };
    update(&env, other).await.unwrap();
    let same = get(&env, id).await;
    assert_eq!((same.vault_version, same.parameters.tenant.as_str()), (2, ""));
}

async fn a_role_has_no_secret(env: TestEnv) {
    let id = create(&env, form(AuthMethod::EcrRole)).await.unwrap();
    let used = env.engine.secret_for_use(env.scope(), id, &crate::env::by_hawser()).await.unwrap();
    assert!(used.material.secret().is_none());
    // Nothing changed, so nothing is written.
    update(&env, change(&get(&env, id).await, "")).await.unwrap();
    assert_eq!(get(&env, id).await.vault_version, 1);
    // A role becomes a key, and needs one for it.
    let mut form = UpdateCredential {
        shape: "ecr_access_key".into(),
        username: ACCESS_KEY.into(),
        ..change(&get(&env, id).await, "")
    };
    assert!(update(&env, form.clone()).await.unwrap_err().problem_of(Field::Password).is_some());
    form.password = Secret::new("key".into());
    update(&env, form).await.unwrap();
    let detail = get(&env, id).await;
    assert_eq!(
        (detail.shape, detail.parameters),
        (AuthMethod::EcrAccessKey, Parameters::default())
    );
}

async fn what_does_not_fit_is_refused(env: TestEnv) {
    let fields = |refused: ServiceError| match refused {
        ServiceError::Invalid(problems) => {
            problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
        }
        other => vec![other].into_iter().map(|_| Field::Access).collect(),
    };
    let foreign = CreateCredential { provider: "harbor".into(), ..form(AuthMethod::AcrEntra) };
    assert_eq!(fields(create(&env, foreign).await.unwrap_err()), [Field::AuthMethod]);
    let account = Parameters { account: "12".into(), ..Parameters::default() };
    let short = CreateCredential { parameters: account, ..form(AuthMethod::EcrRole) };
    assert_eq!(fields(create(&env, short).await.unwrap_err()), [Field::Account]);
    let file = CreateCredential {
        password: Secret::new("{\"type\":\"authorized_user\"}".into()),
        ..form(AuthMethod::GoogleKeyExchange)
    };
    assert_eq!(fields(create(&env, file).await.unwrap_err()), [Field::Password]);

    let id = create(&env, form(AuthMethod::AcrEntra)).await.unwrap();
    let detail = get(&env, id).await;
    let foreign = UpdateCredential { shape: "google_key".into(), ..change(&detail, "x") };
    assert_eq!(fields(update(&env, foreign).await.unwrap_err()), [Field::AuthMethod]);
    let empty = UpdateCredential { parameters: Parameters::default(), ..change(&detail, "") };
    assert_eq!(fields(update(&env, empty).await.unwrap_err()), [Field::Tenant]);
    assert_eq!(get(&env, id).await, detail);
}
