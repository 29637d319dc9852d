//! What an export names of a credential, and one registry under several names.

use domain::{
    Action, CredentialId, ExportId, Field, Role, ServiceError,
    credentials::{Placement, readable_origin},
    exports::{ExportForm, ExportPreview, ExportSettings, NoteTone},
    matching::{ExplainQuery, MatchVerdict},
    repositories::{AddRepository, LinkState},
    service::{Credentials, Exports, Matching, Repositories},
};

use super::{TestEnv, editor, get, placement};

fn kargo(name: &str, credentials: &[CredentialId]) -> ExportForm {
    ExportForm {
        name: name.into(),
        consumer: "kargo".into(),
        carrier: "external_secret".into(),
        credentials: credentials.iter().map(ToString::to_string).collect(),
        settings: ExportSettings { namespace: "demo".into(), ..ExportSettings::default() },
        ..ExportForm::default()
    }
}

async fn pattern(env: &TestEnv, id: CredentialId, kind: &str, pattern: &str) {
    let placed =
        Placement { pattern: pattern.into(), pattern_kind: kind.into(), ..Placement::default() };
    let form = placement(&get(env, id).await, placed);
    Credentials::place(&env.engine, &env.principal, form).await.unwrap();
}

async fn preview(env: &TestEnv, id: ExportId) -> ExportPreview {
    Exports::get(&env.engine, &env.principal, id).await.unwrap().preview
}

/// What is written, and the first note about something that is left out.
fn told(preview: &ExportPreview) -> (String, Option<String>) {
    let text = preview.files.iter().map(|file| file.text.as_str()).collect();
    let note = preview.notes.iter().find(|note| note.tone == NoteTone::LeftOut);
    (text, note.map(|note| note.text.clone()))
}

pub(super) async fn r_cred_03_an_export_names_allowed_addresses_alone(env: TestEnv) {
    let id = env.credential("robot", "one").await;
    pattern(&env, id, "exact", "https://charts.example/team").await;
    let left_out = "charts.example is not an allowed address of robot, so its pattern is left out. Allow it on the page of robot.";
    let form = kargo("prod", &[id]);
    let shown = Exports::preview(&env.engine, &env.principal, form.clone()).await.unwrap();
    assert_eq!(told(&shown), (String::new(), Some(left_out.to_owned())));
    let refused = Exports::save(&env.engine, &env.principal, form.clone()).await.unwrap_err();
    assert_eq!(refused.problem_of(Field::Credentials), Some(left_out));

    env.allow(id, "https://charts.example/another/path").await;
    let export = Exports::save(&env.engine, &env.principal, form).await.unwrap();
    let (text, note) = told(&preview(&env, export).await);
    assert!(text.contains("repoURL: https://charts.example/team") && note.is_none(), "{text}");

    // A pattern that somebody changes later is left out until its address is allowed.
    for other in ["https://charts.example:8443/team", "http://charts.example/team"] {
        pattern(&env, id, "exact", other).await;
        let (text, note) = told(&preview(&env, export).await);
        assert!(text.is_empty() && note.unwrap().contains("so its pattern is left out"), "{other}");
    }
    pattern(&env, id, "regex", r"^https://charts\.example/").await;
    assert_eq!(told(&preview(&env, export).await).1, None);
    let allowed = get(&env, id).await.allowed;
    assert_eq!(readable_origin(&allowed[0].origin), "charts.example");
    let address = allowed[0].id;
    Credentials::withdraw_address(&env.engine, &env.principal, id, address).await.unwrap();
    assert_eq!(told(&preview(&env, export).await), (String::new(), Some(left_out.to_owned())));

    // What was exported before this was asked for stays where it is, with a warning.
    env.sql("update export_credentials set agreed_pattern = (select pattern from credentials)")
        .await;
    let kept = preview(&env, export).await;
    let (text, note) = told(&kept);
    assert!(text.contains("charts") && note.is_none());
    assert!(kept.notes.iter().any(|note| note.text.contains("because it was before the upgrade")));

    // Withdrawing an address of the login ends that.
    env.allow(id, "https://charts.example/again").await;
    let address = get(&env, id).await.allowed[0].id;
    Credentials::withdraw_address(&env.engine, &env.principal, id, address).await.unwrap();
    assert_eq!(told(&preview(&env, export).await), (String::new(), Some(left_out.to_owned())));
}

pub(super) async fn r_cred_03_an_open_pattern_is_exported_by_who_may_allow(env: TestEnv) {
    let id = env.credential("robot", "one").await;
    let at_home = "https://charts.example/team";
    env.allow(id, at_home).await;
    pattern(&env, id, "exact", at_home).await;
    let form = kargo("prod", &[id]);
    let export = Exports::save(&env.engine, &env.principal, form).await.unwrap();
    // It was saved with another pattern, so nobody agreed to this one.
    pattern(&env, id, "regex", r"^https://[a-z]+\.example/").await;
    let (text, note) = told(&preview(&env, export).await);
    assert!(text.is_empty());
    assert!(note.unwrap().starts_with("robot: its pattern does not write out a host"));

    let again = async || ExportForm {
        export: export.to_string(),
        row_version: Exports::get(&env.engine, &env.principal, export)
            .await
            .unwrap()
            .row_version
            .to_string(),
        ..kargo("prod", &[id])
    };
    for role in [Role::Editor, Role::Viewer] {
        let principal = env.member("Eve", role).await;
        assert!(principal.may(Action::AllowOrigins).is_err());
        let refused = Exports::save(&env.engine, &principal, again().await).await;
        assert_eq!(refused, Err(ServiceError::NotAllowed));
    }
    Exports::save(&env.engine, &env.principal, again().await).await.unwrap();
    let (text, note) = told(&preview(&env, export).await);
    assert!(text.contains("example/") && note.is_none(), "{text}");
    // The same text as another kind of pattern, and what Go reads in another way, was not agreed to.
    pattern(&env, id, "exact", at_home).await;
    pattern(&env, id, "regex", r"^https://[a-z&&c]harts\.example/").await;
    assert!(told(&preview(&env, export).await).0.is_empty());
    // Agreed to as it was, and no further.
    pattern(&env, id, "regex", r"^https://[a-z.]+/").await;
    assert!(told(&preview(&env, export).await).0.is_empty());
}

/// The pattern of a login is not what says where it goes in other exports.
pub(super) async fn r_cred_03_other_exports_name_where_the_login_is_used(env: TestEnv) {
    let home = super::recorder().await;
    let id = env.credential("robot", "one").await;
    env.repository(&home, "charts", Some(id)).await;
    pattern(&env, id, "exact", "https://elsewhere.example/team").await;
    let form = ExportForm { consumer: "pull_secret".into(), ..kargo("prod", &[id]) };
    let (text, note) = told(&Exports::preview(&env.engine, &env.principal, form).await.unwrap());
    assert!(text.contains(&home.authority()) && !text.contains("elsewhere"), "{text}");
    assert_eq!(note, None);
}

pub(super) async fn r_cred_03_docker_hub_is_one_address(env: TestEnv) {
    let id = env.credential("hub", "one").await;
    env.allow(id, "https://registry-1.docker.io").await;
    pattern(&env, id, "exact", "index.docker.io/acme").await;
    let export = Exports::save(&env.engine, &env.principal, kargo("prod", &[id])).await.unwrap();
    assert_eq!(told(&preview(&env, export).await).1, None);
    for url in
        ["oci://docker.io/acme", "oci://registry-1.docker.io/acme", "registry.hub.docker.com/acme"]
    {
        let query = ExplainQuery { url: url.into(), ..ExplainQuery::default() };
        let told = Matching::explain(&env.engine, &env.principal, query).await.unwrap();
        assert_eq!(told.lines[0].verdict, MatchVerdict::Wins, "{url}");
    }
    // An editor uses it under any of its names, and withdrawing ends all of them.
    let form = AddRepository {
        url: "oci://index.docker.io/acme".into(),
        name: "hub".into(),
        kind: "oci".into(),
        credential: id.to_string(),
        ..AddRepository::default()
    };
    let repository = Repositories::add(&env.engine, &editor(&env).await, form).await.unwrap();
    let state = async || env.look(repository).await.summary.link.unwrap().state;
    assert_eq!(state().await, LinkState::Active);
    let address = get(&env, id).await.allowed[0].id;
    let suspended = Credentials::withdraw_address(&env.engine, &env.principal, id, address).await;
    assert_eq!(suspended, Ok(vec!["hub".to_owned()]));
    assert_eq!(state().await, LinkState::Suspended);
    env.allow(id, "docker.io").await;
    assert_eq!(state().await, LinkState::Active);
}
