//! What was typed travels to another form in an address: only what the types of the forms allow, and
//! never a secret, whatever is sent.

use axum::http::{StatusCode, header};
use domain::{
    connection_tests::TestConnection,
    credentials::{
        AllowAddress, CreateCredential, DeleteCredential, DescribeCredential, PlaceCredential,
        UpdateCredential, VersionRef,
    },
    exports::{RevealForm, SentExport},
    gitops::{ClusterForm, GitTargetForm},
    notices::WebhookForm,
    projects::ProjectForm,
    repositories::{AddRepository, EditRepository},
    sessions::{SetUp, SignIn},
};
use url::form_urlencoded::parse;

use super::{
    endpoints::{FilledForm, fields, typed},
    fake::{self, Fake, SECRET},
    page, send,
};
use crate::ui::return_to::address;

/// What the form on a page may tell an address.
const MAY: [(&str, &[&str]); 8] = [
    ("/charts/repositories/new", REPOSITORY),
    ("/charts/repositories/0190b0a0-0000-7000-8000-000000000001", REPOSITORY),
    (
        "/gitops/targets/new",
        &[
            "target",
            "row_version",
            "name",
            "credential",
            "url",
            "branch",
            "base",
            "folder",
            "mode",
            "ca",
            "proxy",
            "exports[]",
        ],
    ),
    ("/gitops/clusters/new", &["cluster", "row_version", "name", "credential", "exports[]"]),
    (
        "/gitops/exports/new",
        &[
            "vault_auth",
            "export",
            "row_version",
            "name",
            "consumer",
            "carrier",
            "credentials[]",
            "repositories[]",
            "namespace",
            "secret_name",
            "service_accounts",
            "argo_project",
            "template",
            "label",
            "registry",
            "to_namespaces",
            "package",
            "packages",
            "service_account",
            "charts",
            "store",
            "store_kind",
            "recipients",
            "repositories",
        ],
    ),
    ("/credentials/new", &[]),
    ("/settings/projects", &[]),
    ("/sign-in", &[]),
];

const REPOSITORY: &[&str] = &[
    "repository",
    "row_version",
    "url",
    "name",
    "kind",
    "credential",
    "interval",
    "charts",
    "project",
    "environment",
    "ca",
    "proxy",
    "allow",
];

/// What the buttons that lead elsewhere send besides.
const BUTTONS: [&str; 5] = ["leaving", "next", "look", "pick", "search"];

/// Every field of every form, filled.
fn everything() -> Vec<(String, String)> {
    let forms: [FilledForm; 19] = [
        fields::<SignIn>(),
        fields::<SetUp>(),
        fields::<CreateCredential>(),
        fields::<UpdateCredential>(),
        fields::<DeleteCredential>(),
        fields::<DescribeCredential>(),
        fields::<PlaceCredential>(),
        fields::<VersionRef>(),
        fields::<AllowAddress>(),
        fields::<AddRepository>(),
        fields::<EditRepository>(),
        fields::<TestConnection>(),
        fields::<ProjectForm>(),
        fields::<WebhookForm>(),
        fields::<SentExport>(),
        fields::<RevealForm>(),
        fields::<GitTargetForm>(),
        fields::<ClusterForm>(),
        FilledForm::plain(BUTTONS),
    ];
    let mut pairs: Vec<_> = forms
        .iter()
        .flat_map(|form| {
            let texts = form.texts.iter().map(|name| (name.clone(), typed(name)));
            let lists = form.lists.iter().map(|name| (format!("{name}[]"), typed(name)));
            texts.chain(lists).collect::<Vec<_>>()
        })
        .filter(|(name, _)| name != "leaving")
        .collect();
    pairs.sort();
    pairs.dedup();
    pairs
}

fn names(address: &str) -> Vec<String> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

#[tokio::test]
async fn r_cred_05_only_what_the_type_of_a_form_allows_stands_in_an_address() {
    let everything = everything();
    assert!(everything.iter().any(|(name, value)| name == "password" && value.contains(SECRET)));
    for (at, may) in MAY {
        let mut sent = everything.clone();
        sent.push(("leaving".to_owned(), at.to_owned()));
        let left = address("/credentials/new", &sent).unwrap();
        assert!(!left.contains(SECRET), "{at}: {left}");
        let found = names(&left);
        for name in &found {
            let is_allowed = may.contains(&name.as_str()) || BUTTONS.contains(&name.as_str());
            assert!(is_allowed, "{at}: {name} in {left}");
        }
        for name in may.iter().filter(|name| everything.iter().any(|(known, _)| known == *name)) {
            assert!(found.iter().any(|known| known == name), "{at} lost {name}: {left}");
        }
        // The way back says no more than that.
        let (status, _) = page(&Fake::signed_in(), &left).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{at}");
    }
}

#[tokio::test]
async fn r_cred_05_what_was_typed_for_a_test_goes_on_without_secrets() {
    let fake = Fake::signed_in();
    let mut sent = everything();
    for (name, value) in [
        ("provider", "ghcr"),
        ("shape", "password"),
        ("project", ""),
        ("purposes", ""),
        ("environment", ""),
        ("expires", ""),
        ("pattern", ""),
        ("anyway", "yes"),
    ] {
        sent.retain(|(known, _)| known != name);
        sent.push((name.to_owned(), value.to_owned()));
    }
    sent.retain(|(name, _)| name != "next" && !name.ends_with("[]"));
    sent.push(("next".to_owned(), "/charts/repositories/new?name=a".to_owned()));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent).finish();
    let answer = send(&fake, "/actions/credentials/create", "text/html", &body).await;
    let to = answer.headers()[header::LOCATION].to_str().unwrap();
    assert!(to.ends_with(&format!("credential={}", fake::ID)) || to.contains(fake::ID), "{to}");
    assert!(!to.contains(SECRET), "{to}");
    assert_eq!(names(to), ["name", "credential", "ca", "proxy", "charts"], "{to}");
}
