//! The `config.json` of Docker.
//!
//! Source: docs.docker.com/reference/cli/docker/login, "Credential stores" and "Credential helpers".

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::file::{ImportItem, ImportRow, problem};
use crate::{FieldProblem, Secret, registry_name};

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct Config {
    auths: BTreeMap<String, Login>,
    creds_store: String,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Login {
    auth: Secret,
    username: String,
    password: Secret,
    identitytoken: Secret,
    registrytoken: Secret,
}

pub(super) fn rows(text: &str) -> Result<Vec<ImportRow>, FieldProblem> {
    // What serde says of a document may quote it.
    let config: Config = serde_json::from_str(text).map_err(|error| {
        problem(format!(
            "This is no Docker config.json that can be read: look at line {}, column {}.",
            error.line(),
            error.column()
        ))
    })?;
    let Config { auths, creds_store, cred_helpers } = config;
    let logins = auths.into_iter().map(|(key, login)| {
        let Some(host) = host(&key) else {
            return ImportRow {
                place: "An entry of auths".to_owned(),
                item: Err(NO_HOST.to_owned()),
            };
        };
        let item = match cred_helpers.get(&key) {
            Some(helper) => Err(elsewhere(helper)),
            None => item(&host, login, &creds_store),
        };
        ImportRow { place: host, item }
    });
    let mut rows: Vec<_> = logins.collect();
    for (key, helper) in &cred_helpers {
        let Some(host) = host(key) else { continue };
        if rows.iter().all(|row| row.place != host) {
            rows.push(ImportRow { place: host, item: Err(elsewhere(helper)) });
        }
    }
    if rows.is_empty() && !creds_store.is_empty() {
        rows.push(ImportRow { place: "credsStore".to_owned(), item: Err(elsewhere(&creds_store)) });
    }
    Ok(rows)
}

const NO_HOST: &str = "Its key is no host of a registry.";
const IDENTITY_TOKEN: &str = "It holds an identity token, which works only where it was issued, and only for a while. Add a token of the registry by hand.";

/// What a credential helper keeps is on that machine.
fn elsewhere(helper: &str) -> String {
    let is_name = helper.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let named = if is_name && !helper.is_empty() && helper.len() <= 64 {
        format!("the credential helper {helper}")
    } else {
        "a credential helper".to_owned()
    };
    format!("Its login lies in {named} of that machine, and cannot be read here. Add it by hand.")
}

fn item(host: &str, login: Login, store: &str) -> Result<ImportItem, String> {
    if !login.identitytoken.is_empty() || !login.registrytoken.is_empty() {
        return Err(IDENTITY_TOKEN.to_owned());
    }
    let (username, password) = if login.auth.is_empty() {
        (login.username, login.password)
    } else {
        decoded(&login.auth).ok_or("Its auth is no user name and password in base64.")?
    };
    match (username.as_str(), password.is_empty()) {
        (_, true) if !store.is_empty() => Err(elsewhere(store)),
        (_, true) => Err("It has no password.".to_owned()),
        ("", false) => Err("It has no user name.".to_owned()),
        _ => Ok(ImportItem::login(host, host, username, password)),
    }
}

/// `user:password` in base64.
#[expect(clippy::disallowed_methods, reason = "reads the login that stands in the file")]
fn decoded(auth: &Secret) -> Option<(String, Secret)> {
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(auth.expose().trim()).ok()?);
    let text = std::str::from_utf8(&bytes).ok()?;
    let (username, password) = text.split_once(':')?;
    Some((username.to_owned(), Secret::new(password.trim_end_matches('\0').to_owned())))
}

/// The host of a key, which may be a URL such as `https://index.docker.io/v1/`.
fn host(key: &str) -> Option<String> {
    let rest = key.split_once("://").map_or(key, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let is_host = !authority.is_empty()
        && authority.len() <= 253
        && authority.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    is_host.then(|| registry_name(&authority).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::CreateCredential;

    fn one(text: &str) -> Vec<(String, Result<CreateCredential, String>)> {
        let rows = rows(text).unwrap();
        rows.into_iter()
            .map(|row| (row.place, row.item.map(|item| item.credential.unwrap())))
            .collect()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test typed the password")]
    fn logins_are_read_by_host_and_provider() {
        // me:pa:ss
        let read = one(r#"{"auths": {"https://index.docker.io/v1/": {"auth": "bWU6cGE6c3M="},
                "ghcr.io": {"username": "octocat", "password": "p"},
                "registry.example:5000": {"auth": "bWU6cGE6c3M="}}, "HttpHeaders": {"a": "b"}}"#);
        let find = |host: &str| {
            let (_, item) = read.iter().find(|(place, _)| place == host).unwrap();
            item.as_ref().unwrap()
        };
        assert_eq!(find("docker.io").provider, "docker_hub");
        assert_eq!(
            (find("docker.io").username.as_str(), find("docker.io").password.expose()),
            ("me", "pa:ss")
        );
        assert_eq!(find("ghcr.io").provider, "ghcr");
        assert_eq!(find("registry.example:5000").provider, "generic_registry");
    }

    #[test]
    fn what_cannot_be_read_here_is_named() {
        let told = |text: &str| one(text).remove(0).1.unwrap_err();
        let helper = told(r#"{"auths": {"a.example": {}}, "credsStore": "osxkeychain"}"#);
        assert!(helper.contains("osxkeychain"), "{helper}");
        let helper = told(r#"{"credHelpers": {"1.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login"}}"#);
        assert!(helper.contains("ecr-login"), "{helper}");
        let store = told(r#"{"credsStore": "<b>canary</b>"}"#);
        assert!(!store.contains("canary"), "{store}");
        assert!(
            told(r#"{"auths": {"a.example": {"identitytoken": "canary"}}}"#)
                .contains("identity token")
        );
        for broken in ["%%", "bm9jb2xvbg==", ""] {
            let text = format!(r#"{{"auths": {{"a.example": {{"auth": "{broken}"}}}}}}"#);
            assert!(!told(&text).is_empty(), "{broken}");
        }
        assert!(told(r#"{"auths": {"a b<script>": {}}}"#).contains("no host"));
    }
}
