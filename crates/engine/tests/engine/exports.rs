//! Exports: who may do what with them, and what they give away.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use crate::env::git::{export, target};
use crate::env::{TestEnv, forms, on_both, patience::waiting, registry::Registry};
use domain::{
    Action, Field, Principal, Role, Secret, ServiceError,
    audit::{AuditAction, AuditEvent, AuditQuery},
    credentials::{AllowAddress, DeleteCredential},
    exports::{Consumer, ExportChoices, ExportDetail, ExportForm, ExportSought, RevealForm},
    service::{Audit, Credentials, Exports, GitTargets, Repositories, Sessions},
    sessions::{SetUp, SignIn, SignInFrom},
};
use engine::{Clock, ManualClock, SystemClock};
use testkit::git_server::{CANARY, GitServer};

on_both!(
    a_form_offers_what_is_found_and_what_is_ticked,
    an_export_is_saved_and_seen,
    an_export_that_somebody_changed_is_stale,
    r_authz_roles_are_asked_for_exports,
    age_recipients_are_an_owners_choice,
    secrets_are_revealed_to_who_types_their_password,
    a_credential_in_an_export_is_not_deleted,
    a_replacement_takes_over_the_exports,
    an_export_in_use_is_not_deleted,
    what_cannot_be_exported_is_refused,
);

const PASSWORD: &str = "correct horse battery";
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

async fn get(env: &TestEnv, id: domain::ExportId) -> ExportDetail {
    Exports::get(&env.engine, &env.principal, id).await.unwrap()
}

async fn log(env: &TestEnv, principal: &Principal, action: AuditAction) -> Vec<AuditEvent> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    Audit::list(&env.engine, principal, query).await.unwrap().rows
}

/// The form of an export as it is.
fn same(detail: &ExportDetail) -> ExportForm {
    let ids = |choices: &[domain::exports::ExportChoice]| {
        choices.iter().map(|choice| choice.id.to_string()).collect()
    };
    ExportForm {
        export: detail.id.to_string(),
        row_version: detail.row_version.to_string(),
        name: detail.name.clone(),
        consumer: detail.consumer.as_str().into(),
        carrier: detail.carrier.as_str().into(),
        credentials: ids(&detail.credentials),
        repositories: ids(&detail.repositories),
        settings: detail.settings.clone(),
    }
}

const fn peer() -> IpAddr {
    IpAddr::V4(Ipv4Addr::LOCALHOST)
}

async fn offered(env: &TestEnv, consumer: Consumer, sought: ExportSought) -> ExportChoices {
    Exports::choices(&env.engine, &env.principal, consumer, sought).await.unwrap()
}

/// A form offers a page of what there is, what is searched for, and always what is ticked.
async fn a_form_offers_what_is_found_and_what_is_ticked(env: TestEnv) {
    let registry = Registry::start(None).await;
    let mut ids = Vec::new();
    for n in 0..=ExportChoices::MOST {
        ids.push(env.repository(&registry, &format!("team-{n:03}"), None).await);
    }
    let all = offered(&env, Consumer::ArgoCd, ExportSought::default()).await;
    assert_eq!((all.repositories.len(), all.has_more), (ExportChoices::MOST, true));
    let last = ids.last().unwrap().uuid();
    let ticked =
        ExportSought { chosen: vec![last, uuid::Uuid::now_v7()], ..ExportSought::default() };
    let with_it = offered(&env, Consumer::ArgoCd, ticked.clone()).await;
    assert_eq!(with_it.repositories[0].id, last, "what is ticked stands first");
    assert_eq!(with_it.repositories.len(), ExportChoices::MOST + 1);
    for (search, expected) in [("TEAM-007", 1), ("%", 0), ("nothing", 0), ("127.0.0.1", 100)] {
        let sought = ExportSought { search: search.into(), ..ExportSought::default() };
        let found = offered(&env, Consumer::ArgoCd, sought).await;
        assert_eq!(found.repositories.len(), expected, "{search}");
    }
    for n in 0..=ExportChoices::MOST {
        env.credential(&format!("robot-{n:03}"), CANARY).await;
    }
    let login = env.git_login("zz-git", CANARY).await;
    let found = offered(&env, Consumer::PullSecret, ExportSought::default()).await;
    assert_eq!((found.credentials.len(), found.has_more), (ExportChoices::MOST, true));
    let sought = ExportSought { search: "zz-git".into(), chosen: vec![login.uuid()] };
    let found = offered(&env, Consumer::PullSecret, sought).await;
    assert!(
        found.credentials.is_empty(),
        "what its consumer cannot read is not offered: {found:?}"
    );
}

async fn an_export_is_saved_and_seen(env: TestEnv) {
    let registry = Registry::start(None).await;
    let credential = env.credential("robot", "canary-exports-1").await;
    env.linked(&registry, credential, 1).await;
    let choices = offered(&env, Consumer::Kargo, ExportSought::default()).await;
    assert_eq!((choices.credentials.len(), choices.has_more), (1, false));
    let choices = offered(&env, Consumer::ArgoCd, ExportSought::default()).await;
    assert_eq!((choices.repositories.len(), choices.has_more), (1, false));
    assert_eq!(choices.repositories[0].credential, Some(credential));

    let form = export("regcred", &[credential]);
    let preview = Exports::preview(&env.engine, &env.principal, form.clone()).await.unwrap();
    let id = env.save_export(form).await;
    let detail = get(&env, id).await;
    assert_eq!(detail.preview, preview);
    assert_eq!((detail.row_version, detail.updated_by.as_str()), (1, "Ada"));
    let text = &detail.preview.files[0].text;
    assert!(text.contains("kind: ExternalSecret"), "{text}");
    assert!(text.contains(&credential.to_string()), "{text}");
    assert!(text.contains(&format!("127.0.0.1:{}", registry.port())), "{text}");
    assert!(!format!("{detail:?}").contains("canary"));
    let rows = Exports::list(&env.engine, &env.principal).await.unwrap();
    assert_eq!((rows.len(), rows[0].credentials, rows[0].places), (1, 1, 0));
    assert_eq!(log(&env, &env.principal, AuditAction::ExportSaved).await.len(), 1);
    assert_eq!(log(&env, &env.principal, AuditAction::SecretRead).await.len(), 0);
    let uses = Exports::uses(&env.engine, &env.principal, credential).await.unwrap();
    assert_eq!((uses.len(), uses[0].place), (1, None));

    let taken = export("RegCred", &[credential]);
    let refused = Exports::save(&env.engine, &env.principal, taken).await.unwrap_err();
    assert!(refused.problem_of(Field::Name).is_some(), "{refused:?}");
    Exports::delete(&env.engine, &env.principal, id).await.unwrap();
    assert_eq!(
        Exports::get(&env.engine, &env.principal, id).await.unwrap_err(),
        ServiceError::NotFound
    );
}

async fn an_export_that_somebody_changed_is_stale(env: TestEnv) {
    let credential = env.registry_credential("robot", "one").await;
    let id = env.save_export(export("regcred", &[credential])).await;
    let old = same(&get(&env, id).await);
    let mut new = old.clone();
    new.settings.namespace = "elsewhere".into();
    env.save_export(new).await;
    let refused = Exports::save(&env.engine, &env.principal, old).await.unwrap_err();
    assert_eq!(refused, ServiceError::Stale { changed_by: "Ada".into() });
    assert_eq!(get(&env, id).await.settings.namespace, "elsewhere");
}

async fn r_authz_roles_are_asked_for_exports(env: TestEnv) {
    let credential = env.registry_credential("robot", "one").await;
    let id = env.save_export(export("regcred", &[credential])).await;
    for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
        let principal = env.member("Bob", role).await;
        let may = role.includes(Action::ManageExports);
        assert!(Exports::get(&env.engine, &principal, id).await.is_ok(), "{role:?}");
        let mut form = same(&get(&env, id).await);
        form.settings.namespace = role.as_str().into();
        let preview = Exports::preview(&env.engine, &principal, form.clone()).await;
        assert_eq!(preview.is_ok(), may, "{role:?}");
        assert_eq!(Exports::save(&env.engine, &principal, form).await.is_ok(), may, "{role:?}");
        let form = RevealForm { export: id.to_string(), password: Secret::new("x".into()) };
        let revealed = Exports::reveal(&env.engine, &principal, form).await.unwrap_err();
        let allowed = revealed != ServiceError::NotAllowed;
        assert_eq!(allowed, role.includes(Action::RevealSecrets), "{role:?}: {revealed:?}");
        if !may {
            let refused = Exports::delete(&env.engine, &principal, id).await.unwrap_err();
            assert_eq!(refused, ServiceError::NotAllowed);
        }
    }
    assert!(!log(&env, &env.principal, AuditAction::Refused).await.is_empty());
}

async fn age_recipients_are_an_owners_choice(env: TestEnv) {
    let credential = env.registry_credential("robot", "one").await;
    let admin = env.member("Bob", Role::Admin).await;
    let mut form = export("regcred", &[credential]);
    form.carrier = "sops".into();
    form.settings.recipients = RECIPIENT.into();
    let refused = Exports::save(&env.engine, &admin, form.clone()).await.unwrap_err();
    assert_eq!(refused, ServiceError::NotAllowed);
    let id = env.save_export(form).await;
    let mut form = same(&get(&env, id).await);
    form.settings.namespace = "elsewhere".into();
    Exports::save(&env.engine, &admin, form).await.unwrap();
    let mut form = same(&get(&env, id).await);
    form.settings.recipients = format!("{RECIPIENT}\n{OTHER}");
    let refused = Exports::save(&env.engine, &admin, form.clone()).await.unwrap_err();
    assert_eq!(refused, ServiceError::NotAllowed);
    env.save_export(form).await;
}

async fn secrets_are_revealed_to_who_types_their_password(env: TestEnv) {
    env.without_people().await;
    let token = env.engine.set_up_link().await.unwrap().unwrap().token;
    let form = SetUp {
        token,
        organization: "Harbour".into(),
        name: "Ada".into(),
        email: "ada@example.com".into(),
        password: Secret::new(PASSWORD.into()),
    };
    let user = Sessions::set_up(&env.engine, form, peer()).await.unwrap().user;
    let principal = Sessions::principal(&env.engine, user).await.unwrap();
    let mut form = forms::new("robot", "canary-reveal-\"quoted\"");
    form.placement.pattern = "https://registry.example.com".into();
    let credential = Credentials::create(&env.engine, &principal, form).await.unwrap().id;
    let allowed = AllowAddress {
        credential: credential.to_string(),
        url: "https://registry.example.com".into(),
        ..AllowAddress::default()
    };
    Credentials::allow_address(&env.engine, &principal, allowed).await.unwrap();
    let id =
        Exports::save(&env.engine, &principal, export("Reg Cred", &[credential])).await.unwrap();
    let typed = |password: &str| RevealForm {
        export: id.to_string(),
        password: Secret::new(password.into()),
    };

    let refused = Exports::reveal(&env.engine, &principal, typed("wrong")).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some());
    assert!(log(&env, &principal, AuditAction::SecretsRevealed).await.is_empty());
    assert!(log(&env, &principal, AuditAction::SecretRead).await.is_empty(), "nothing was read");
    assert!(log(&env, &principal, AuditAction::Refused).await[0].detail.contains("wrong password"));

    let revealed = Exports::reveal(&env.engine, &principal, typed(PASSWORD)).await.unwrap();
    assert_eq!(revealed.file_name, "reg-cred.yaml");
    let text = revealed.text.expose();
    assert!(text.contains("kind: Secret") && text.contains("canary-reveal-"), "{text}");
    assert!(!format!("{revealed:?}").contains("canary"));
    let lines = log(&env, &principal, AuditAction::SecretsRevealed).await;
    assert_eq!(
        (lines[0].target.as_str(), lines[0].detail.as_str()),
        ("Reg Cred", "robot version 1")
    );
    let lines = log(&env, &principal, AuditAction::SecretRead).await;
    assert_eq!(lines[0].detail, "version 1, for Reg Cred");

    r_brute_01_strangers_delay_no_confirmation(&env, &principal, typed).await;
}

/// What strangers try at the sign-in delays nobody who is signed in; what is tried here delays itself alone.
async fn r_brute_01_strangers_delay_no_confirmation(
    env: &TestEnv,
    principal: &Principal,
    typed: impl Fn(&str) -> RevealForm,
) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let engine = env.engine_with(Arc::clone(&clock) as Arc<dyn Clock>, env.vault_config()).await;
    let guess = |n: u32| {
        let (email, password) = ("ada@example.com".into(), Secret::new("wrong".into()));
        let form = SignIn { email, password, next: String::new() };
        let from = SignInFrom { address: IpAddr::V4(n.into()), browser: None };
        waiting(&clock, engine.sign_in(form, from))
    };
    for n in 0..9 {
        guess(n).await.0.unwrap_err();
    }
    let mut delays = Vec::new();
    for _ in 0..4 {
        let reveal = Exports::reveal(&engine, principal, typed("wrong"));
        let (refused, seconds) = waiting(&clock, reveal).await;
        assert!(refused.unwrap_err().problem_of(Field::Password).is_some());
        delays.push(seconds);
    }
    assert_eq!(delays, [0, 0, 1, 2], "one was wrong before");
    let (revealed, seconds) =
        waiting(&clock, Exports::reveal(&engine, principal, typed(PASSWORD))).await;
    assert!(revealed.is_ok() && seconds == 4);
    assert_eq!(guess(90).await.1, 20, "and of strangers what they tried");
}

async fn a_credential_in_an_export_is_not_deleted(env: TestEnv) {
    let credential = env.registry_credential("robot", "one").await;
    let login = env.git_login("git", CANARY).await;
    let id = env.save_export(export("regcred", &[credential])).await;
    let server = GitServer::start().await;
    env.save_target(target(&server, "prod", login, &[id])).await;
    for (id, user) in [(credential, "regcred"), (login, "prod")] {
        for links in ["refuse", "unlink"] {
            let form = forms::removal(id, links);
            let refused = Credentials::delete(&env.engine, &env.principal, form).await;
            assert_eq!(refused, Err(ServiceError::InUse(vec![user.into()])), "{links}");
        }
    }
    assert_eq!(get(&env, id).await.credentials.len(), 1);
}

async fn a_replacement_takes_over_the_exports(env: TestEnv) {
    let old = env.registry_credential("old", "one").await;
    let new = env.registry_credential("new", "two").await;
    let id = env.save_export(export("regcred", &[old])).await;
    let both = env.save_export(export("both", &[old, new])).await;
    let form = DeleteCredential { replacement: new.to_string(), ..forms::removal(old, "replace") };
    Credentials::delete(&env.engine, &env.principal, form).await.unwrap();
    for id in [id, both] {
        let detail = get(&env, id).await;
        assert_eq!(detail.credentials.len(), 1);
        assert_eq!(detail.credentials[0].id, new.uuid());
    }
}

async fn an_export_in_use_is_not_deleted(env: TestEnv) {
    let setting = env.setting().await;
    let refused = Exports::delete(&env.engine, &env.principal, setting.export).await.unwrap_err();
    assert_eq!(refused, ServiceError::InUse(vec!["prod".into()]));
    let detail = get(&env, setting.export).await;
    assert_eq!(detail.places[0].name, "prod");
    GitTargets::delete(&env.engine, &env.principal, setting.target).await.unwrap();
    Exports::delete(&env.engine, &env.principal, setting.export).await.unwrap();
}

async fn what_cannot_be_exported_is_refused(env: TestEnv) {
    let credential = env.registry_credential("robot", "one").await;
    let id = env.save_export(export("regcred", &[credential])).await;
    let gone = env.registry_credential("gone", "one").await;
    Credentials::delete(&env.engine, &env.principal, forms::removal(gone, "refuse")).await.unwrap();
    let refused =
        Exports::save(&env.engine, &env.principal, export("b", &[gone])).await.unwrap_err();
    assert!(refused.problem_of(Field::Credentials).is_some());

    let login = env.git_login("git", CANARY).await;
    let mixed = Exports::save(&env.engine, &env.principal, export("c", &[credential, login])).await;
    assert_eq!(
        mixed.unwrap_err().problem_of(Field::Credentials),
        Some("git opens nothing that Kubernetes reads. Choose others.")
    );
    for consumer in Consumer::ALL {
        let choices = offered(&env, consumer, ExportSought::default()).await;
        let is_offered = choices.credentials.iter().any(|one| one.credential == Some(login));
        assert_eq!(is_offered, consumer == Consumer::Kargo, "{consumer:?}");
    }
    let registry = Registry::start(None).await;
    let repository = env.repository(&registry, "r", Some(credential)).await;
    let mut form = export("helm", &[]);
    (form.consumer, form.repositories) = ("helm".into(), vec![repository.to_string()]);
    env.save_export(form).await;
    let uses = Exports::uses(&env.engine, &env.principal, credential).await.unwrap();
    assert_eq!(uses.iter().map(|one| one.export).collect::<Vec<_>>(), [id], "Helm holds no secret");
    let mut form = export("flux", &[]);
    (form.consumer, form.repositories) = ("flux".into(), vec![repository.to_string()]);
    let flux = env.save_export(form).await;
    assert_eq!(get(&env, flux).await.repositories.len(), 1);
    Repositories::delete(&env.engine, &env.principal, repository).await.unwrap();
    assert!(get(&env, flux).await.repositories.is_empty(), "it is gone from the export");
    let refused = Exports::save(&env.engine, &env.principal, same(&get(&env, flux).await)).await;
    assert!(refused.unwrap_err().problem_of(Field::Repositories).is_some());
    assert_eq!(get(&env, id).await.row_version, 1);
}
