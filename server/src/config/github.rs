//! GitHub: where it is, and how this server is known to it.

use github::{GithubApp, GithubSettings, OauthClient};
use token_exchange::{ExchangeSettings, GithubHome, GithubIdentity};
use url::Url;

use super::{
    parse, settings,
    values::{Noted, Values, read},
};

/// GitHub, and what token exchanges have to know of it: there is one GitHub for both. The API is
/// where `HAWSER_PROVIDER_ENDPOINTS` says, or else where that GitHub has it.
pub(super) fn github(
    values: &mut Values,
    exchange: &mut ExchangeSettings,
) -> Result<Option<GithubSettings>, Noted> {
    let web = values.get(&settings::GITHUB_URL);
    let (oauth, app) = (client(values), app(values));
    let (web, oauth, app) = (web?, oauth?, app?);
    let configured = exchange.endpoints.github.clone();
    let Some(api) = configured.or_else(|| GithubSettings::api_of(&web)) else {
        return Err(values.problem(settings::GITHUB_URL.name, NO_ADDRESS));
    };
    if values.has(&settings::GITHUB_URL) {
        exchange.endpoints.github = Some(api.clone());
    }
    let identity = app.as_ref().map(|app| app.identity.clone());
    exchange.github = GithubHome { web: Some(web.clone()), app: identity };
    let is_configured = oauth.is_some() || app.is_some();
    Ok(is_configured.then_some(GithubSettings { web, api, oauth, app }))
}

fn client(values: &mut Values) -> Result<Option<OauthClient>, Noted> {
    if !values.has(&settings::GITHUB_CLIENT_ID) && !values.has(&settings::GITHUB_CLIENT_SECRET_FILE)
    {
        values.without("HAWSER_GITHUB_CLIENT_ID and HAWSER_GITHUB_CLIENT_SECRET_FILE");
        return Ok(None);
    }
    Ok(Some(read!(values; OauthClient {
        id: settings::GITHUB_CLIENT_ID,
        secret_file: settings::GITHUB_CLIENT_SECRET_FILE,
        scopes: settings::GITHUB_SCOPES,
    })))
}

fn app(values: &mut Values) -> Result<Option<GithubApp>, Noted> {
    if !values.has(&settings::GITHUB_APP_ID)
        && !values.has(&settings::GITHUB_APP_PRIVATE_KEY_FILE)
        && !values.has(&settings::GITHUB_APP_SLUG)
    {
        return Ok(None);
    }
    let slug = values.get(&settings::GITHUB_APP_SLUG);
    let identity = read!(values; GithubIdentity {
        app_id: settings::GITHUB_APP_ID,
        key_file: settings::GITHUB_APP_PRIVATE_KEY_FILE,
    });
    Ok(Some(GithubApp { identity, slug: slug? }))
}

const NO_ADDRESS: &str = "has to be like https://github.example.com";

pub(super) fn address(text: &str) -> Result<Url, String> {
    let url = parse::url(text)?;
    let fine = parse::ends_after_host(&url) && !parse::has_login(&url);
    if fine { Ok(url) } else { Err(NO_ADDRESS.to_owned()) }
}

/// An id of a client or app, or the name of an app in addresses.
pub(super) fn name(text: &str) -> Result<String, String> {
    let fine = text.len() <= 100
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    match (text, fine) {
        ("", _) => Err("is needed with the others of its kind".to_owned()),
        (_, true) => Ok(text.to_owned()),
        (_, false) => Err("has to be letters, digits and dashes, as GitHub shows it".to_owned()),
    }
}

pub(super) fn scopes(text: &str) -> Result<Vec<String>, String> {
    let scopes: Vec<_> = text.split([',', ' ']).filter(|scope| !scope.is_empty()).collect();
    let fine = |scope: &&str| {
        scope.len() <= 64
            && scope.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b':'))
    };
    if scopes.iter().all(fine) {
        return Ok(scopes.into_iter().map(str::to_owned).collect());
    }
    Err("has to be scopes of GitHub, such as repo read:user".to_owned())
}
