//! What settings of several topics are parsed by. Each error says what is wrong, for people.

use std::{fs, net::SocketAddr, path::PathBuf};

use tracing_subscriber::EnvFilter;
use url::Url;

/// What may be left out.
pub(super) fn maybe<T>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}

/// The entries of a list with commas.
pub(super) fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// A list with commas, each entry parsed.
pub(super) fn list<T, L: FromIterator<T>>(
    text: &str,
    parse: impl FnMut(&str) -> Result<T, String>,
) -> Result<L, String> {
    entries(text).map(parse).collect()
}

/// One of two words.
pub(super) fn either<T>(
    text: &str,
    [(first, one), (second, other)]: [(&str, T); 2],
) -> Result<T, String> {
    match text {
        text if text == first => Ok(one),
        text if text == second => Ok(other),
        _ => Err(format!("{text:?} is neither {first} nor {second}")),
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} is no address and port such as 127.0.0.1:3000"))
}

#[expect(clippy::unnecessary_wraps, reason = "every parser answers a result")]
pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

/// A file that can be opened; `needed` says with which others one has to be named.
pub(super) fn file(text: &str, needed: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err(format!("is needed with {needed}"));
    }
    fs::File::open(text).map_err(|error| format!("opening {text}: {error}"))?;
    Ok(PathBuf::from(text))
}

pub(super) fn url(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| format!("is no URL: {error}"))
}

/// Whether a URL of http or https has nothing after host and port.
pub(super) fn ends_after_host(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
}

/// Whether a URL holds a user name or password.
pub(super) fn has_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|_| {
        format!("{text:?} is neither a level nor a list of directives such as info,engine=debug")
    })
}
