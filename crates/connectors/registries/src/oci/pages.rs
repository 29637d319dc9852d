//! Lists that come in pages: tags, and the catalog (R-BOMB-07).

use std::collections::HashSet;

use domain::Cause;
use http::header::{HeaderValue, LINK};
use serde::Deserialize;
use url::Url;

use super::{
    scope::Scope,
    session::{Session, Want},
};
use egress::{Failure, HttpAnswer, lenient, same_origin};

const PAGES: usize = 1_000;
const ITEMS: usize = 100_000;
const PAGE_BYTES: usize = 8 * 1024 * 1024;

/// A list of a registry.
#[derive(Clone, Copy)]
pub(super) enum List<'a> {
    /// The tags of a repository.
    Tags(&'a str),
    /// The names of all repositories.
    Catalog,
}

#[derive(Deserialize)]
struct Page {
    // Both may be null, and an item that is no text is no name.
    #[serde(default, deserialize_with = "lenient::texts")]
    tags: Vec<String>,
    #[serde(default, deserialize_with = "lenient::texts")]
    repositories: Vec<String>,
}

impl List<'_> {
    fn url(self, base: &Url, most: usize) -> Url {
        let mut url = base.clone();
        match self {
            Self::Tags(repository) => url.set_path(&format!("/v2/{repository}/tags/list")),
            Self::Catalog => url.set_path("/v2/_catalog"),
        }
        url.query_pairs_mut().append_pair("n", &most.to_string());
        url
    }

    pub(super) fn scope(self) -> Scope {
        match self {
            Self::Tags(repository) => Scope::pull(repository),
            Self::Catalog => Scope::catalog(),
        }
    }

    const fn attempt(self) -> &'static str {
        match self {
            Self::Tags(_) => "list the tags",
            Self::Catalog => "list the catalog",
        }
    }
}

/// Reads all pages.
pub(super) async fn all(session: &Session<'_>, list: List<'_>) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    let mut next = Some(list.url(session.base(), 1_000));
    let mut seen = HashSet::new();
    while let Some(url) = next {
        let answer = page(session, list, url.clone()).await?;
        if seen.len() >= PAGES {
            return Err(answer.failure(Cause::IndexTooLarge));
        }
        if !seen.insert(String::from(url.clone())) {
            return Err(answer.failure(Cause::IndexInvalid));
        }
        next = match link(&answer, &url).map(|next| kept_safe(next, session.base())) {
            Some(next) if !same_origin(&next, session.base()) => {
                return Err(answer.failure(Cause::RedirectRefused));
            }
            next => next,
        };
        let too_large = answer.failure(Cause::IndexTooLarge);
        all.extend(items(answer).await?);
        if all.len() > ITEMS {
            return Err(too_large);
        }
    }
    Ok(all)
}

/// Reads the first page.
pub(super) async fn first(session: &Session<'_>, list: List<'_>) -> Result<Vec<String>, Failure> {
    let answer = page(session, list, list.url(session.base(), 1_000)).await?;
    items(answer).await
}

async fn items(answer: HttpAnswer) -> Result<Vec<String>, Failure> {
    let unreadable = answer.failure(Cause::IndexInvalid);
    let body = answer.body(PAGE_BYTES).await?;
    let Ok(page) = serde_json::from_slice::<Page>(&body) else { return Err(unreadable) };
    Ok(if page.tags.is_empty() { page.repositories } else { page.tags })
}

/// Asks for one item, to see whether the list may be read.
pub(super) async fn touch(session: &Session<'_>, list: List<'_>) -> Result<(), Failure> {
    page(session, list, list.url(session.base(), 1)).await.map(drop)
}

async fn page(session: &Session<'_>, list: List<'_>, url: Url) -> Result<HttpAnswer, Failure> {
    let get = async |url| {
        let accept = HeaderValue::from_static("application/json");
        session.get(url, &list.scope(), accept, Want::All, list.attempt()).await
    };
    match get(url.clone()).await {
        // A page may be larger than the registry allows (`PAGINATION_NUMBER_INVALID`); it knows a
        // size of its own.
        Err(failure) if failure.status == Some(400) && url.query().is_some() => {
            let mut plain = url;
            plain.set_query(None);
            get(plain).await
        }
        answer => answer,
    }
}

/// The same address with TLS, where a registry behind a proxy does not know that it is spoken.
fn kept_safe(next: Url, base: &Url) -> Url {
    let mut safe = next.clone();
    let is_same = safe.set_scheme(base.scheme()).is_ok()
        && same_origin(&safe, base)
        && base.scheme() == "https";
    if is_same { safe } else { next }
}

/// The `rel="next"` of the `Link` headers; it may be relative.
fn link(answer: &HttpAnswer, from: &Url) -> Option<Url> {
    answer
        .headers()
        .get_all(LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(|value| next_of(value, from))
}

fn next_of(value: &str, from: &Url) -> Option<Url> {
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let end = after.find('<').unwrap_or(after.len());
        let parameters = after.get(..end).unwrap_or_default().to_ascii_lowercase();
        let is_next = parameters.split([';', ',']).any(|parameter| {
            parameter.trim().strip_prefix("rel").is_some_and(|rel| {
                rel.trim_start()
                    .trim_start_matches('=')
                    .trim()
                    .trim_matches('"')
                    .split_whitespace()
                    .any(|rel| rel == "next")
            })
        });
        if is_next {
            return from.join(target).ok();
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_page_without_tls_is_asked_for_with_it_at_the_same_host_alone() {
        let to = |next: &str, base: &str| {
            String::from(kept_safe(Url::parse(next).unwrap(), &Url::parse(base).unwrap()))
        };
        assert_eq!(to("http://r.example/v2/?a", "https://r.example/"), "https://r.example/v2/?a");
        for (next, base) in [
            ("http://evil.example/", "https://r.example/"),
            ("http://r.example:5000/", "https://r.example/"),
            ("https://r.example/", "http://r.example/"),
            ("https://r.example/", "https://r.example/"),
        ] {
            assert_eq!(to(next, base), next);
        }
    }

    #[test]
    fn next_links_are_found_in_all_spellings() {
        let from = Url::parse("https://r.example/v2/a/tags/list?n=2").unwrap();
        let next = |value: &str| next_of(value, &from).map(String::from);
        let expected = Some("https://r.example/v2/a/tags/list?last=b&n=2".to_owned());
        for value in [
            "</v2/a/tags/list?last=b&n=2>; rel=\"next\"",
            "<https://r.example/v2/a/tags/list?last=b&n=2>;rel=next",
            "<?last=b&n=2>; REL = \"next\"",
            "</first>; rel=first, </v2/a/tags/list?last=b&n=2>; title=x; rel=\"prev next\"",
        ] {
            assert_eq!(next(value), expected, "{value}");
        }
        for value in ["", "<", "</x", "</x>", "</x>; rel=prev", "</x>; rel=\"nextish\""] {
            assert_eq!(next(value), None, "{value}");
        }
        assert_eq!(next("<https://evil.example/>; rel=next").unwrap(), "https://evil.example/");
    }
}
