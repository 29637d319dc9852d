//! Every way to authenticate: stored, read back, changed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use crate::world::{World, forms::change, on_both, registry::Registry};
use domain::{
    CredentialId, Field, Provider, Secret, ServiceError, Shape,
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
fn typed(shape: Shape, n: u32) -> (&'static str, String, Parameters) {
    let none = Parameters::default;
    let secret = format!("canary-7f3a-{n}");
    match shape {
        Shape::Password => ("robot", secret, none()),
        Shape::ClientCertificate => {
            ("", PEM.repeat(n as usize), Parameters { certificate: CERTIFICATE.into(), ..none() })
        }
        Shape::EcrAccessKey => {
            (ACCESS_KEY, secret, Parameters { region: "eu-west-1".into(), ..none() })
        }
        Shape::EcrRole => ("", String::new(), Parameters { account: format!("{n:012}"), ..none() }),
        Shape::EcrPublicAccessKey => (ACCESS_KEY, secret, none()),
        Shape::GoogleKey | Shape::GoogleKeyBase64 | Shape::GoogleKeyExchange => {
            ("", key_file(n), none())
        }
        Shape::GoogleWorkload => {
            ("", String::new(), Parameters { gcp_project: format!("acme-{n}"), ..none() })
        }
        Shape::AcrServicePrincipal | Shape::AcrToken => ("puller", secret, none()),
        Shape::AcrEntra => {
            ("puller", secret, Parameters { tenant: "acme.example".into(), ..none() })
        }
        Shape::GithubApp => {
            let repositories = "charts platform".into();
            let parameters = Parameters { installation: "42".into(), repositories, ..none() };
            ("Iv1.abc", PEM.repeat(n as usize), parameters)
        }
        Shape::PullToken => ("identity/puller", secret, none()),
        Shape::Kubeconfig => ("hawser", kubeconfig(n), none()),
        Shape::GithubOauth | Shape::GithubInstallation => unreachable!("nobody types it"),
    }
}

fn form(shape: Shape) -> CreateCredential {
    let provider =
        Provider::ALL.into_iter().find(|known| known.facts().shapes.contains(&shape)).unwrap();
    let (username, secret, parameters) = typed(shape, 1);
    CreateCredential {
        provider: provider.facts().code.into(),
        shape: shape.facts().code.into(),
        name: shape.facts().code.into(),
        username: username.into(),
        password: Secret::new(secret),
        parameters,
        ..CreateCredential::default()
    }
}

async fn create(world: &World, form: CreateCredential) -> Answer<CredentialId> {
    Credentials::create(&world.engine, &world.actor, form).await.map(|saved| saved.id)
}

async fn get(world: &World, id: CredentialId) -> CredentialDetail {
    Credentials::get(&world.engine, &world.actor, id).await.unwrap()
}

async fn update(world: &World, form: UpdateCredential) -> Answer<Saved> {
    Credentials::update(&world.engine, &world.actor, form).await
}

async fn every_shape_is_stored_and_read_back(world: World) {
    for shape in Shape::ALL.into_iter().filter(|shape| !shape.is_connected()) {
        let id = create(&world, form(shape)).await.unwrap();
        for n in [1, 2] {
            let (username, secret, parameters) = typed(shape, n);
            if n == 2 {
                let again = UpdateCredential {
                    parameters: parameters.clone(),
                    username: username.into(),
                    ..change(&get(&world, id).await, &secret)
                };
                update(&world, again).await.unwrap();
            }
            let detail = get(&world, id).await;
            assert_eq!((detail.shape, detail.vault_version), (shape, i64::from(n)), "{shape:?}");
            assert_eq!(detail.parameters, parameters, "{shape:?}");
            let used = world
                .engine
                .secret_for_use(world.scope(), id, &crate::world::by_hawser())
                .await
                .unwrap();
            assert_eq!(used.material.shape(), shape);
            assert_eq!(used.material.username(), detail.username, "{shape:?}");
            let stored = used.material.secret().map(|secret| secret.expose().to_owned());
            assert_eq!(stored.unwrap_or_default(), secret, "{shape:?}");
            assert!(!format!("{used:?}{detail:?}").contains("canary"), "{shape:?}");
        }
    }
    world.assert_sql_without(&["canary-7f3a"]).await;
}

async fn a_password_becomes_an_access_key(world: World) {
    let registry = Registry::start(None).await;
    let pasted = CreateCredential {
        shape: "password".into(),
        username: String::new(),
        ..form(Shape::EcrAccessKey)
    };
    let id = create(&world, CreateCredential { parameters: Parameters::default(), ..pasted })
        .await
        .unwrap();
    world.linked(&registry, id, 1).await;
    let before = get(&world, id).await;
    assert_eq!((before.shape, before.username.as_str()), (Shape::Password, "AWS"));
    assert!(before.expiry.is_some());

    let mut form = UpdateCredential {
        shape: "ecr_access_key".into(),
        username: ACCESS_KEY.into(),
        parameters: Parameters { region: "eu-west-1".into(), ..Parameters::default() },
        ..change(&before, "")
    };
    let refused = update(&world, form.clone()).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some(), "{refused:?}");
    assert_eq!(get(&world, id).await, before);

    form.password = Secret::new("wJalrXUtnFEMI".into());
    let saved = update(&world, form).await.unwrap();
    let after = get(&world, id).await;
    assert_eq!((after.shape, after.username.as_str()), (Shape::EcrAccessKey, ACCESS_KEY));
    assert_eq!(after.expiry, None, "a key does not die after 12 hours");
    assert_eq!(world.progress(saved.propagation.unwrap()).await.counts.total(), 1);
    assert_eq!(after.versions.len(), 2);
    assert_eq!(after.versions[0].origin, VersionOrigin::Updated);
    assert_eq!(
        after.versions[0].changed,
        "new way to authenticate and new user name and new region and new secret"
    );
}

async fn a_new_region_keeps_the_secret(world: World) {
    let id = create(&world, form(Shape::EcrAccessKey)).await.unwrap();
    let before = get(&world, id).await;
    let region = Parameters { region: "us-east-1".into(), ..Parameters::default() };
    let form = UpdateCredential { parameters: region.clone(), ..change(&before, "") };
    update(&world, form).await.unwrap();
    let after = get(&world, id).await;
    assert_eq!((after.vault_version, after.parameters.clone()), (2, region));
    assert_eq!(after.versions[0].changed, "new region");
    assert_eq!(world.login(id).await, (ACCESS_KEY.into(), typed(Shape::EcrAccessKey, 1).1));
    let query = AuditQuery { action: Some(AuditAction::SecretRead), ..AuditQuery::default() };
    let reads = Audit::list(&world.engine, &world.actor, query).await.unwrap().rows;
    assert!(reads.iter().any(|read| read.detail == "version 1, to store it with other fields"));
    // A remark is no new version, and what the shape does not have is not kept.
    let described = UpdateCredential {
        description: "for CI".into(),
        parameters: Parameters { tenant: "acme".into(), ..after.parameters.clone() },
        ..change(&after, "")
    };
    update(&world, described).await.unwrap();
    let described = get(&world, id).await;
    assert_eq!((described.vault_version, described.parameters.tenant.as_str()), (2, ""));
}

async fn a_role_has_no_secret(world: World) {
    let id = create(&world, form(Shape::EcrRole)).await.unwrap();
    let used =
        world.engine.secret_for_use(world.scope(), id, &crate::world::by_hawser()).await.unwrap();
    assert!(used.material.secret().is_none());
    // Nothing changed, so nothing is written.
    update(&world, change(&get(&world, id).await, "")).await.unwrap();
    assert_eq!(get(&world, id).await.vault_version, 1);
    // A role becomes a key, and needs one for it.
    let mut form = UpdateCredential {
        shape: "ecr_access_key".into(),
        username: ACCESS_KEY.into(),
        ..change(&get(&world, id).await, "")
    };
    assert!(update(&world, form.clone()).await.unwrap_err().problem_of(Field::Password).is_some());
    form.password = Secret::new("key".into());
    update(&world, form).await.unwrap();
    let detail = get(&world, id).await;
    assert_eq!((detail.shape, detail.parameters), (Shape::EcrAccessKey, Parameters::default()));
}

async fn what_does_not_fit_is_refused(world: World) {
    let fields = |refused: ServiceError| match refused {
        ServiceError::Invalid(problems) => {
            problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
        }
        other => vec![other].into_iter().map(|_| Field::Access).collect(),
    };
    let foreign = CreateCredential { provider: "harbor".into(), ..form(Shape::AcrEntra) };
    assert_eq!(fields(create(&world, foreign).await.unwrap_err()), [Field::Shape]);
    let account = Parameters { account: "12".into(), ..Parameters::default() };
    let short = CreateCredential { parameters: account, ..form(Shape::EcrRole) };
    assert_eq!(fields(create(&world, short).await.unwrap_err()), [Field::Account]);
    let file = CreateCredential {
        password: Secret::new("{\"type\":\"authorized_user\"}".into()),
        ..form(Shape::GoogleKeyExchange)
    };
    assert_eq!(fields(create(&world, file).await.unwrap_err()), [Field::Password]);

    let id = create(&world, form(Shape::AcrEntra)).await.unwrap();
    let detail = get(&world, id).await;
    let foreign = UpdateCredential { shape: "google_key".into(), ..change(&detail, "x") };
    assert_eq!(fields(update(&world, foreign).await.unwrap_err()), [Field::Shape]);
    let empty = UpdateCredential { parameters: Parameters::default(), ..change(&detail, "") };
    assert_eq!(fields(update(&world, empty).await.unwrap_err()), [Field::Tenant]);
    assert_eq!(get(&world, id).await, detail);
}
