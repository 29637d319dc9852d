//! GitHub: where it is, and how this server is known to it.

use connectors::{
    github::{GithubApp, GithubSettings, OauthClient},
    token_exchange::{ExchangeSettings, GithubHome, GithubIdentity},
};
use url::Url;

use super::values::{Values, file};

const ADDRESS: &str = "HAWSER_GITHUB_URL";
const CLIENT: &str = "HAWSER_GITHUB_CLIENT_ID";
const SECRET: &str = "HAWSER_GITHUB_CLIENT_SECRET_FILE";
const SCOPES: &str = "HAWSER_GITHUB_SCOPES";
const APP: &str = "HAWSER_GITHUB_APP_ID";
const KEY: &str = "HAWSER_GITHUB_APP_PRIVATE_KEY_FILE";
const SLUG: &str = "HAWSER_GITHUB_APP_SLUG";

/// GitHub, and what token exchanges have to know of it: there is one GitHub for both. The API is
/// where `HAWSER_PROVIDER_ENDPOINTS` says, or else where that GitHub has it.
pub(super) fn understand(
    values: &mut Values,
    mut exchange: ExchangeSettings,
) -> Option<(ExchangeSettings, Option<GithubSettings>)> {
    let is_usual = values.text(ADDRESS).is_none();
    let web = values.read(ADDRESS, "https://github.com", address);
    let has_client = are_together(values, &[CLIENT, SECRET], &[SCOPES]);
    let oauth = if has_client { client(values).map(Some) } else { Some(None) };
    let has_app = are_together(values, &[APP, KEY, SLUG], &[]);
    let app = if has_app { app(values).map(Some) } else { Some(None) };
    let (web, oauth, app) = (web?, oauth?, app?);
    let api = match exchange.endpoints.github.clone() {
        Some(api) => api,
        None => GithubSettings::api_of(&web)?,
    };
    if !is_usual {
        exchange.endpoints.github = Some(api.clone());
    }
    let identity = app.as_ref().map(|app| app.identity.clone());
    exchange.github = GithubHome { web: Some(web.clone()), app: identity };
    let is_configured = oauth.is_some() || app.is_some();
    let github = is_configured.then_some(GithubSettings { web, api, oauth, app });
    Some((exchange, github))
}

fn client(values: &mut Values) -> Option<OauthClient> {
    let id = values.read(CLIENT, "", name);
    let secret_file = values.read(SECRET, "", file("the others of its kind"));
    let scopes = values.read(SCOPES, "repo read:user", scopes);
    Some(OauthClient { id: id?, secret_file: secret_file?, scopes: scopes? })
}

fn app(values: &mut Values) -> Option<GithubApp> {
    let app_id = values.read(APP, "", name);
    let key_file = values.read(KEY, "", file("the others of its kind"));
    let slug = values.read(SLUG, "", name);
    let identity = GithubIdentity { app_id: app_id?, key_file: key_file? };
    Some(GithubApp { identity, slug: slug? })
}

/// Whether these are set. Each of them needs the others, and `more` needs them.
fn are_together(values: &mut Values, names: &[&'static str], more: &[&'static str]) -> bool {
    let set = |values: &Values, name: &&'static str| values.text(name).is_some();
    if names.iter().any(|name| set(values, name)) {
        return true;
    }
    values.without_effect(more, &names.join(" and "));
    false
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("is no URL: {error}"))?;
    let fine = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    if fine { Ok(url) } else { Err("has to be like https://github.example.com".to_owned()) }
}

/// An id of a client or app, or the name of an app in addresses.
fn name(text: &str) -> Result<String, String> {
    let fine = (1..=100).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    match (text, fine) {
        ("", _) => Err("is needed with the others of its kind".to_owned()),
        (_, true) => Ok(text.to_owned()),
        (_, false) => Err("has to be letters, digits and dashes, as GitHub shows it".to_owned()),
    }
}

fn scopes(text: &str) -> Result<Vec<String>, String> {
    let scopes = text.split([',', ' ']).filter(|scope| !scope.is_empty());
    let fine = |scope: &str| {
        scope.len() <= 64
            && scope.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b':'))
    };
    scopes
        .map(|scope| {
            if fine(scope) {
                Ok(scope.to_owned())
            } else {
                Err("has to be scopes of GitHub, such as repo read:user".to_owned())
            }
        })
        .collect()
}
