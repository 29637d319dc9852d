//! A login goes to allowed addresses and to no others (C-1): adding, changing, *Automatic*, tests,
//! syncs and candidates, at a registry that writes down what it was sent.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod exports;
mod requests;
mod token_services;

use crate::env::{
    TestEnv,
    forms::{candidate, change, changed, edited, new, placement},
    on_both,
    registry::{Registry, index},
};
use domain::{
    AuthMethod, Cause, CredentialId, Principal, RepositoryId, Role, ServiceError,
    connection_tests::TestConnection,
    credentials::{AddressSource, CreateCredential, CredentialDetail, Parameters, Placement},
    notices::News,
    repositories::{AddRepository, LinkState},
    service::{Answer, ConnectionTests, Credentials, Notices, Repositories},
};
use exports::{
    r_cred_03_an_export_names_allowed_addresses_alone,
    r_cred_03_an_open_pattern_is_exported_by_who_may_allow, r_cred_03_docker_hub_is_one_address,
    r_cred_03_other_exports_name_where_the_login_is_used,
};
use requests::a_request_reaches_those_who_may_allow_it;
use storage::gitops::Touched;

on_both!(
    r_cred_03_an_editor_adds_nothing_at_a_new_address,
    r_cred_03_an_editor_moves_no_login,
    r_cred_03_a_pattern_allows_no_address,
    r_cred_03_a_stored_secret_is_tested_at_allowed_addresses_alone,
    r_cred_03_withdrawing_stops_every_use,
    r_cred_03_another_way_to_the_host_needs_the_right,
    r_cred_03_a_link_that_was_never_allowed_sends_nothing,
    r_cred_03_an_upgrade_takes_over_the_links_that_are_in_force,
    an_owner_agrees_to_the_address_that_is_shown,
    a_request_reaches_those_who_may_allow_it,
    a_replacement_is_allowed_where_it_goes,
    r_cred_03_an_export_names_allowed_addresses_alone,
    r_cred_03_an_open_pattern_is_exported_by_who_may_allow,
    r_cred_03_other_exports_name_where_the_login_is_used,
    r_cred_03_docker_hub_is_one_address,
);

/// A registry that asks for a login, with a chart.
async fn recorder() -> Registry {
    let registry = Registry::start(Some("one")).await;
    registry.set_index(index(&[("nginx", &["1.0.0"])]));
    registry
}

async fn editor(env: &TestEnv) -> Principal {
    env.member("Eve", Role::Editor).await
}

fn at(registry: &Registry, path: &str, credential: &str) -> AddRepository {
    AddRepository {
        url: registry.url(path).into(),
        name: format!("{path} of {}", registry.port()),
        kind: "helm".into(),
        credential: credential.into(),
        ..AddRepository::default()
    }
}

async fn get(env: &TestEnv, id: CredentialId) -> CredentialDetail {
    Credentials::get(&env.engine, &env.principal, id).await.unwrap()
}

/// The buttons that a form was stopped with.
fn ways(answer: Answer<RepositoryId>) -> (String, Vec<(String, String)>) {
    match answer {
        Err(ServiceError::Choose { message, ways }) => {
            (message, ways.into_iter().map(|way| (way.label, way.value)).collect())
        }
        other => panic!("it was not stopped: {other:?}"),
    }
}

/// Everything that can be stored for a registry, made of a marker.
fn materials() -> Vec<CreateCredential> {
    let google = r#"{"type":"service_account","client_email":"a@b.iam.gserviceaccount.com","private_key_id":"1","private_key":"-----BEGIN PRIVATE KEY-----\nMARKER\n-----END PRIVATE KEY-----\n"}"#;
    let of = |provider: &str, name: &str, shape: AuthMethod, secret: &str| CreateCredential {
        provider: provider.into(),
        shape: shape.as_str().into(),
        ..new(name, secret)
    };
    vec![
        of("ghcr", "plain", AuthMethod::Password, "MARKER"),
        CreateCredential {
            username: String::new(),
            ..of("google_artifact_registry", "google", AuthMethod::GoogleKey, google)
        },
        CreateCredential {
            username: "AKIAIOSFODNN7EXAMPLE".into(),
            parameters: Parameters { region: "eu-west-1".into(), ..Parameters::default() },
            ..of("amazon_ecr", "ecr", AuthMethod::EcrAccessKey, "MARKER")
        },
    ]
}

async fn r_cred_03_an_editor_adds_nothing_at_a_new_address(env: TestEnv) {
    let (eve, recorder) = (editor(&env).await, recorder().await);
    for form in materials() {
        let name = form.name.clone();
        let id = Credentials::create(&env.engine, &env.principal, form).await.unwrap().id;
        for (path, kind) in [("helm", "helm"), ("oci", "oci"), ("any", "")] {
            // What an editor agrees to does not count.
            let form = AddRepository {
                kind: kind.into(),
                allow: recorder.authority(),
                ..at(&recorder, path, &id.to_string())
            };
            let answer = Repositories::add(&env.engine, &eve, form).await;
            let (message, ways) = ways(answer);
            assert!(message.contains("is not yet an allowed address of"), "{message}");
            assert!(message.contains(&name) && message.contains(&recorder.authority()));
            assert_eq!(ways, [("Add without a login".to_owned(), "login".to_owned())]);
        }
        assert!(get(&env, id).await.links.is_empty());
    }
    let without = at(&recorder, "public", "");
    let id = Repositories::add(&env.engine, &eve, without).await.unwrap();
    env.sync(id).await;
    assert_eq!(recorder.logins(), 0);
}

async fn r_cred_03_an_editor_moves_no_login(env: TestEnv) {
    let (eve, home, away) = (editor(&env).await, recorder().await, recorder().await);
    let id = env.credential("robot", "one").await;
    let repository = env.repository(&home, "charts", Some(id)).await;
    assert_eq!(env.sync(repository).await, None);
    let to = async |url: &str, principal: &Principal| {
        let form = edited(&env.look(repository).await, url, Some(id));
        Repositories::edit(&env.engine, principal, form).await
    };
    to(&away.url("charts"), &eve).await.unwrap();
    let link = env.look(repository).await.summary.link.unwrap();
    assert_eq!(link.state, LinkState::Suspended);
    // Naming the credential once more confirms nothing.
    let (message, ways) = ways(to(&away.url("charts"), &eve).await);
    assert!(message.contains("Ask somebody who manages credentials"), "{message}");
    assert_eq!(ways[0].0, "Save without a login");
    assert_eq!(env.sync(repository).await, Some(Cause::LinkSuspended));
    assert_eq!(away.logins(), 0);

    // Back at an allowed address the login is used again, by the editor's choice.
    to(&home.url("charts"), &eve).await.unwrap();
    assert_eq!(env.sync(repository).await, None);
    assert_eq!(away.logins(), 0);
}

async fn r_cred_03_a_pattern_allows_no_address(env: TestEnv) {
    let (eve, recorder) = (editor(&env).await, recorder().await);
    let id = env.credential("wide", "one").await;
    let wide = Placement {
        pattern: "^http://127\\.0\\.0\\.1".into(),
        pattern_kind: "regex".into(),
        ..Placement::default()
    };
    let form = placement(&get(&env, id).await, wide);
    Credentials::place(&env.engine, &env.principal, form).await.unwrap();
    let form = at(&recorder, "automatic", "automatic");
    let repository = Repositories::add(&env.engine, &eve, form).await.unwrap();
    assert_eq!(env.sync(repository).await, Some(Cause::NoCredential));
    assert_eq!(recorder.logins(), 0);
    assert_eq!(env.look(repository).await.summary.link, None);

    env.allow(id, &recorder.url("")).await;
    assert_eq!(env.sync(repository).await, None);
    assert_eq!(env.look(repository).await.summary.link.unwrap().credential, id);
}

async fn r_cred_03_a_stored_secret_is_tested_at_allowed_addresses_alone(env: TestEnv) {
    let (eve, recorder) = (editor(&env).await, recorder().await);
    let id = env.credential("robot", "one").await;
    let form = || TestConnection {
        url: recorder.url("charts").into(),
        credential: id.to_string(),
        ..TestConnection::default()
    };
    for principal in [&eve, &env.principal] {
        let refused = ConnectionTests::test_form(&env.engine, principal, form()).await.unwrap_err();
        let problem = refused.problem_of(domain::Field::Password).unwrap();
        assert!(problem.contains("is not an allowed address of robot"), "{problem}");
    }
    assert_eq!(recorder.logins(), 0);
    env.allow(id, &recorder.url("")).await;
    let test = ConnectionTests::test_form(&env.engine, &eve, form()).await.unwrap();
    assert!(test.has_passed(), "{test:?}");
}

async fn r_cred_03_withdrawing_stops_every_use(env: TestEnv) {
    let (eve, home) = (editor(&env).await, recorder().await);
    let id = env.credential("robot", "one").await;
    let repository = env.repository(&home, "charts", Some(id)).await;
    assert_eq!(env.sync(repository).await, None);
    let allowed = get(&env, id).await.allowed;
    assert_eq!((allowed.len(), allowed[0].source), (1, AddressSource::Person));
    assert_eq!(allowed[0].by, "Ada");

    let refused = Credentials::withdraw_address(&env.engine, &eve, id, allowed[0].id).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    let suspended =
        Credentials::withdraw_address(&env.engine, &env.principal, id, allowed[0].id).await;
    assert_eq!(suspended, Ok(vec![env.look(repository).await.summary.name]));
    let before = home.logins();
    assert_eq!(env.sync(repository).await, Some(Cause::LinkSuspended));

    // An update is delivered nowhere, and a candidate is shown to nobody.
    let update = change(&get(&env, id).await, "one");
    Credentials::update(&env.engine, &env.principal, update).await.unwrap();
    let next = candidate(&get(&env, id).await, "one");
    Credentials::update(&env.engine, &env.principal, next).await.unwrap();
    let workers = env.workers();
    env.sync(repository).await;
    workers.stop().await;
    assert_eq!(home.logins(), before);

    // Allowed once more, its links are in force again.
    env.allow(id, &home.url("other/path")).await;
    let link = env.look(repository).await.summary.link.unwrap();
    assert_eq!(link.state, LinkState::Active);
    assert_eq!(env.sync(repository).await, None);
    assert!(home.logins() > before);
}

async fn r_cred_03_another_way_to_the_host_needs_the_right(env: TestEnv) {
    let (eve, home) = (editor(&env).await, recorder().await);
    let id = env.credential("robot", "one").await;
    let repository = env.repository(&home, "charts", Some(id)).await;
    assert_eq!(env.sync(repository).await, None);
    let before = home.logins();
    let ca = include_str!("../env/authority.pem");
    let with_ca = async |credential: Option<CredentialId>| {
        changed(edited(&env.look(repository).await, &home.url("charts"), credential), |fields| {
            fields.ca = ca.into();
        })
    };
    Repositories::edit(&env.engine, &eve, with_ca(Some(id)).await).await.unwrap();
    let link = env.look(repository).await.summary.link.unwrap();
    assert_eq!(link.state, LinkState::Suspended);
    assert_eq!(env.sync(repository).await, Some(Cause::LinkSuspended));
    // Nor is it a way around to unlink it first, or to add another repository.
    Repositories::edit(&env.engine, &eve, with_ca(None).await).await.unwrap();
    ways(Repositories::edit(&env.engine, &eve, with_ca(Some(id)).await).await);
    let other = AddRepository { ca: ca.into(), ..at(&home, "other", &id.to_string()) };
    let (message, _) = ways(Repositories::add(&env.engine, &eve, other).await);
    assert!(message.contains("with its own certificate authorities"), "{message}");
    assert_eq!(home.logins(), before);

    let agreed = changed(with_ca(Some(id)).await, |fields| {
        fields.allow = home.authority();
    });
    Repositories::edit(&env.engine, &env.principal, agreed).await.unwrap();
    assert_eq!(env.sync(repository).await, None);
    assert!(home.logins() > before);
}

/// Whatever wrote the link: the address is compared where the login is built.
async fn r_cred_03_a_link_that_was_never_allowed_sends_nothing(env: TestEnv) {
    let (home, away) = (recorder().await, recorder().await);
    let id = env.credential("robot", "one").await;
    env.repository(&home, "charts", Some(id)).await;
    let repository = env.repository(&away, "charts", None).await;
    let origin = format!("http://{}", away.authority());
    let mut tx = env.db.begin().await.unwrap();
    let now = engine::Clock::now(&engine::SystemClock);
    let scope = env.scope();
    storage::repositories::link(&mut tx, scope, repository, id, &origin, now).await.unwrap();
    storage::gitops::affected(&mut tx, scope, Touched::Repository(repository)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(env.sync(repository).await, Some(Cause::AddressNotAllowed));
    let test = ConnectionTests::test_repository(&env.engine, &env.principal, repository).await;
    assert_eq!(test.unwrap().cause(), Some(Cause::AddressNotAllowed));
    ConnectionTests::test_credential(&env.engine, &env.principal, id).await.unwrap();
    let next = candidate(&get(&env, id).await, "one");
    Credentials::update(&env.engine, &env.principal, next).await.unwrap();
    let workers = env.workers();
    let candidate = loop {
        let found = get(&env, id).await;
        match found.candidate {
            Some(candidate) if candidate.lines.iter().any(|line| line.cause.is_some()) => {
                break candidate;
            }
            Some(_) => tokio::time::sleep(std::time::Duration::from_millis(25)).await,
            None => panic!("it was promoted: {found:?}"),
        }
    };
    workers.stop().await;
    let cause = candidate.lines.iter().find_map(|line| line.cause);
    assert_eq!(cause, Some(Cause::AddressNotAllowed));
    assert_eq!(away.logins(), 0);
}

async fn r_cred_03_an_upgrade_takes_over_the_links_that_are_in_force(env: TestEnv) {
    let home = recorder().await;
    let id = env.credential("robot", "one").await;
    let repository = env.repository(&home, "charts", Some(id)).await;
    let allowed = || async { get(&env, id).await.allowed };
    env.sql("update allowed_addresses set source = 'upgrade', allowed_by = ''").await;
    assert_eq!(allowed().await[0].source, AddressSource::Upgrade);
    assert_eq!(env.sync(repository).await, None);
    let notices = async |principal: &Principal| {
        let all = Notices::list(&env.engine, principal).await.unwrap();
        all.into_iter().filter(|one| matches!(one.news, News::Address { .. })).count()
    };
    assert_eq!(notices(&env.principal).await, 1);
    assert_eq!(notices(&editor(&env).await).await, 0);
    assert_eq!(Notices::open(&env.engine, &env.principal).await, Ok(1));

    let address = allowed().await[0].id;
    let refused = Credentials::confirm_address(&env.engine, &editor(&env).await, id, address).await;
    assert_eq!(refused, Err(ServiceError::NotAllowed));
    Credentials::confirm_address(&env.engine, &env.principal, id, address).await.unwrap();
    let confirmed = &allowed().await[0];
    assert_eq!((confirmed.source, confirmed.by.as_str()), (AddressSource::Person, "Ada"));
    assert_eq!(notices(&env.principal).await, 0);
}

async fn an_owner_agrees_to_the_address_that_is_shown(env: TestEnv) {
    let home = recorder().await;
    let id = env.credential("robot", "one").await;
    let form = at(&home, "charts", &id.to_string());
    let (_, ways) = ways(Repositories::add(&env.engine, &env.principal, form.clone()).await);
    assert_eq!(ways, [(format!("Add and allow {}", home.authority()), home.authority())]);
    for other in ["example.com", "127.0.0.1", "yes"] {
        let form = AddRepository { allow: other.into(), ..form.clone() };
        assert!(Repositories::add(&env.engine, &env.principal, form).await.is_err(), "{other}");
    }
    assert_eq!(home.logins(), 0);
    // The kind is found out with the login that was agreed to.
    let form = AddRepository { allow: home.authority(), kind: String::new(), ..form };
    let repository = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(env.sync(repository).await, None);
    assert_eq!(get(&env, id).await.allowed.len(), 1);
    // The next one there needs nobody's word.
    let second = at(&home, "more", &id.to_string());
    Repositories::add(&env.engine, &editor(&env).await, second).await.unwrap();
}

async fn a_replacement_is_allowed_where_it_goes(env: TestEnv) {
    let (home, other) = (recorder().await, recorder().await);
    let old = env.credential("old", "one").await;
    let new = env.credential("new", "one").await;
    let repository = env.repository(&home, "charts", Some(old)).await;
    // A suspended link takes no address along.
    let moved = env.repository(&home, "moved", Some(old)).await;
    let form = edited(&env.look(moved).await, &other.url("moved"), Some(old));
    Repositories::edit(&env.engine, &editor(&env).await, form).await.unwrap();
    let form = domain::credentials::DeleteCredential {
        replacement: new.to_string(),
        ..crate::env::forms::removal(old, "replace")
    };
    Credentials::delete(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(env.sync(repository).await, None);
    env.sync(moved).await;
    assert_eq!(other.logins(), 0);
    assert_eq!(get(&env, new).await.allowed.len(), 1);
}
