//! Every server function takes its form whole, empty, and with one element in each list; what was typed
//! goes back, but for secrets.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::{StatusCode, header};
use domain::{
    Role, ServiceError,
    account::ChangePassword,
    bulk::SelectionForm,
    connection_tests::TestConnection,
    credentials::{
        AllowAddress, CreateCredential, DeleteCredential, DescribeCredential, PlaceCredential,
        UpdateCredential, VersionRef,
    },
    exports::SentExport,
    gitops::{ClusterForm, GitTargetForm},
    members::SignUp,
    notices::WebhookForm,
    projects::ProjectForm,
    repositories::{AddRepository, EditRepository},
    sessions::{SetUp, SignIn},
};
use leptos::server_fn::axum::server_fn_paths;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    fake::{Fake, SECRET},
    send, text,
};
use crate::{
    sent::{ReturnTo, values},
    ui::conflict::SaveOver,
};

/// The fields of a form by name, each with what is kept of what was typed into it.
pub(super) struct FilledForm {
    /// A field with one value.
    pub texts: Vec<String>,
    /// A field with any number of values.
    pub lists: Vec<String>,
    /// What of every field goes back when it is filled with [`typed`].
    kept: BTreeMap<String, String>,
}

/// What the tests type into a field: a URL with a password, which is no less than a secret.
pub(super) fn typed(name: &str) -> String {
    match name {
        "password" | "token" => format!("{SECRET}-{name}"),
        "url" | "proxy" => format!("https://ada:{SECRET}@h.example/{name}"),
        _ => format!("typed-{name}"),
    }
}

/// The fields of a type, as it tells them itself.
pub(super) fn fields<T: Default + Serialize + DeserializeOwned>() -> FilledForm {
    let Value::Object(blank) = serde_json::to_value(T::default()).unwrap() else {
        panic!("no form")
    };
    let names = |is_list| -> Vec<String> {
        let found = blank.iter().filter(|(_, value)| value.is_array() == is_list);
        found.map(|(name, _)| name.clone()).collect()
    };
    let (texts, lists) = (names(false), names(true));
    let filled: Map<_, _> = texts
        .iter()
        .map(|name| (name.clone(), Value::from(typed(name))))
        .chain(lists.iter().map(|name| (name.clone(), Value::from(two(name).to_vec()))))
        .collect();
    let kept = values(&serde_json::from_value::<T>(Value::Object(filled)).unwrap());
    FilledForm { texts, lists, kept }
}

fn two(name: &str) -> [String; 2] {
    ["one", "two"].map(|which| format!("{which}-{name}"))
}

impl FilledForm {
    /// Fields of which nothing goes back, such as arguments of the function itself.
    pub fn plain<const N: usize>(names: [&str; N]) -> Self {
        let texts = names.map(ToOwned::to_owned).to_vec();
        Self { texts, lists: Vec::new(), kept: BTreeMap::new() }
    }
}

/// What belongs to the way of a form and not to what was typed.
fn aside(mut fields: FilledForm) -> FilledForm {
    fields.kept.clear();
    fields
}

fn over() -> FilledForm {
    aside(fields::<SaveOver>())
}

fn way() -> FilledForm {
    aside(fields::<ReturnTo>())
}

fn from() -> FilledForm {
    FilledForm::plain(["from"])
}

/// What is typed for a test alone, beside a credential.
const FOR_TEST: [&str; 4] = ["url", "ca", "proxy", "charts"];

/// Every server function with the fields that it takes.
fn rows() -> Vec<(&'static str, Vec<FilledForm>)> {
    let row = |path, more: Vec<FilledForm>| (path, more);
    let version = || vec![from(), aside(fields::<VersionRef>())];
    let of = |names: &'static [&'static str]| {
        let texts = names.iter().map(|name| (*name).to_owned()).collect();
        vec![from(), FilledForm { texts, lists: Vec::new(), kept: BTreeMap::new() }]
    };
    vec![
        row("sign-in", vec![from(), fields::<SignIn>()]),
        row("sign-out", Vec::new()),
        row("set-up", vec![from(), fields::<SetUp>()]),
        row("account/password", vec![from(), fields::<ChangePassword>()]),
        row("account/end-session", of(&["session"])),
        row("account/end-other-sessions", vec![from()]),
        row(
            "credentials/create",
            vec![way(), fields::<CreateCredential>(), FilledForm::plain(FOR_TEST)],
        ),
        row(
            "credentials/update",
            vec![
                from(),
                over(),
                FilledForm::plain(["provider"]),
                fields::<UpdateCredential>(),
                FilledForm::plain(FOR_TEST),
            ],
        ),
        row("credentials/delete", vec![from(), fields::<DeleteCredential>()]),
        row("credentials/describe", vec![from(), over(), fields::<DescribeCredential>()]),
        row("credentials/place", vec![from(), over(), fields::<PlaceCredential>()]),
        row("credentials/roll-back", version()),
        row("credentials/promote", version()),
        row("credentials/test-again", version()),
        row("credentials/discard", version()),
        row("credentials/resume", of(&["credential", "origin"])),
        row("credentials/allow-address", vec![from(), fields::<AllowAddress>()]),
        row("credentials/confirm-address", of(&["credential", "address"])),
        row("credentials/withdraw-address", of(&["credential", "address"])),
        row("credentials/withdraw-token-service", of(&["credential", "registry", "service"])),
        row("credentials/dismiss-request", of(&["credential", "request"])),
        row(
            "repositories/add",
            vec![way(), fields::<AddRepository>(), FilledForm::plain(["without"])],
        ),
        row(
            "repositories/edit",
            vec![from(), over(), fields::<EditRepository>(), FilledForm::plain(["without"])],
        ),
        row("repositories/delete", of(&["repository"])),
        row("repositories/allow-token-service", of(&["repository", "service"])),
        row("repositories/sync", vec![from(), aside(fields::<SelectionForm>())]),
        row(
            "bulk/repositories",
            vec![
                from(),
                FilledForm::plain(["action", "interval"]),
                aside(fields::<SelectionForm>()),
            ],
        ),
        row(
            "bulk/credentials",
            vec![from(), FilledForm::plain(["action"]), aside(fields::<SelectionForm>())],
        ),
        row("bulk/confirm", of(&["run"])),
        row("bulk/undo-interval", of(&["run"])),
        row(
            "connections/test-form",
            vec![from(), FilledForm::plain(["form"]), fields::<TestConnection>()],
        ),
        row("connections/test-credential", of(&["credential"])),
        row("connections/test-repository", of(&["repository", "credential"])),
        row("projects/save", vec![from(), fields::<ProjectForm>()]),
        row("projects/delete", of(&["project"])),
        row("members/revoke", of(&["invitation"])),
        row("members/confirm", of(&["invitation"])),
        row("members/refuse", of(&["invitation"])),
        row("members/role", of(&["member", "role"])),
        row("members/suspend", of(&["member"])),
        row("members/resume", of(&["member"])),
        row("members/transfer", of(&["member"])),
        row("members/remove", of(&["member"])),
        row("members/leave", vec![from()]),
        row("invitation/accept", vec![from()]),
        row("invitation/decline", vec![from()]),
        row("sign-up", vec![from(), fields::<SignUp>()]),
        row("notices/webhook", vec![from(), fields::<WebhookForm>()]),
        row("gitops/exports/save", vec![way(), over(), fields::<SentExport>()]),
        row("gitops/exports/delete", of(&["export"])),
        row("gitops/check/kyma", of(&["label", "template"])),
        row("gitops/targets/save", vec![from(), over(), fields::<GitTargetForm>()]),
        row("gitops/targets/delete", of(&["target"])),
        row("gitops/targets/push", of(&["target"])),
        row("gitops/clusters/save", vec![from(), over(), fields::<ClusterForm>()]),
        row("gitops/clusters/delete", of(&["cluster"])),
        row("gitops/clusters/apply", of(&["cluster"])),
        row("gitops/clusters/compare", of(&["cluster"])),
        row("gitops/disconnect", of(&["credential"])),
        row("gitops/forget", of(&["credential"])),
    ]
}

fn body(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[test]
fn every_server_function_has_a_row() {
    let mut known: Vec<_> = rows().iter().map(|(path, _)| format!("/actions/{path}")).collect();
    let mut all: Vec<_> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    known.sort();
    all.sort();
    assert_eq!(known, all);
}

#[test]
fn no_two_forms_of_a_function_share_a_field() {
    for (path, row) in rows() {
        let mut names: Vec<_> =
            row.iter().flat_map(|it| it.texts.iter().chain(&it.lists)).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "{path}: what is taken by one is not there for the other");
    }
}

#[tokio::test]
async fn every_form_is_read_whole_empty_and_with_one_element_in_each_list() {
    for (path, row) in rows() {
        let mut every = Vec::new();
        let mut one = Vec::new();
        for fields in &row {
            every.extend(fields.texts.iter().map(|name| (name.clone(), typed(name))));
            for name in &fields.lists {
                every.extend(two(name).map(|value| (format!("{name}[]"), value)));
                one.push((format!("{name}[]"), format!("one-{name}")));
            }
        }
        let path = format!("/actions/{path}");
        for pairs in [every.as_slice(), one.as_slice(), &[]] {
            for accept in ["text/html", "application/json"] {
                let fake = Fake::signed_in();
                let answer = send(&fake, &path, accept, &body(pairs)).await;
                let refused = answer.headers().contains_key("serverfnerror");
                assert!(!refused, "{path} cannot read {}: {}", body(pairs), text(answer).await);
                assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "{path}");
                let location = answer.headers().get(header::LOCATION);
                let location = location.map_or("", |to| to.to_str().unwrap());
                assert!(!location.contains(SECRET), "{path}: {location}");
                let said = text(answer).await;
                assert!(!said.contains(SECRET), "{path}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_typed_goes_back_without_its_secrets() {
    let mut forms = 0;
    for (path, row) in rows() {
        let kept: BTreeMap<_, _> = row.iter().flat_map(|it| it.kept.clone()).collect();
        if kept.is_empty() {
            continue;
        }
        let pairs: Vec<_> = row
            .iter()
            .flat_map(|it| {
                let texts = it.texts.iter().map(|name| (name.clone(), typed(name)));
                let lists = it
                    .lists
                    .iter()
                    .flat_map(|name| two(name).map(|value| (format!("{name}[]"), value)));
                texts.chain(lists).collect::<Vec<_>>()
            })
            // These buttons put one field in the place of another.
            .filter(|(name, _)| !["over", "pressed", "without"].contains(&name.as_str()))
            .collect();
        let fake =
            Arc::new(Fake { refusal: Some(ServiceError::NotAllowed), ..Fake::of(Role::Owner) });
        send(&fake, &format!("/actions/{path}"), "text/html", &body(&pairs)).await;
        let flash = fake.flash.lock().unwrap().clone();
        let flash = flash.unwrap_or_else(|| panic!("{path} kept nothing"));
        assert!(!format!("{flash:?}").contains(SECRET), "{path}: {flash:?}");
        for (name, value) in kept.iter().filter(|(name, _)| *name != "vault_auth") {
            assert_eq!(flash.values.get(name), Some(value), "{path}: {name}");
        }
        forms += 1;
    }
    assert_eq!(forms, 18);
}
