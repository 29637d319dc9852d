//! `WWW-Authenticate`, as servers really write it: several challenges in one header, several
//! headers, values with and without quotes, any case. No parser of others takes all of it (D-7).

use http::header::{HeaderMap, WWW_AUTHENTICATE};

use super::scope::Scope;

/// How a registry wants to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User name and password with every request.
    Basic,
    /// A token from the realm.
    Bearer {
        /// Where tokens are got.
        realm: String,
        /// For which service.
        service: String,
    },
}

/// A challenge with what it says about this one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestChallenge {
    pub(super) challenge: Challenge,
    /// What the token has to be for.
    pub(super) scope: Scope,
    /// The token that was shown is for less (RFC 6750, section 3.1).
    pub(super) is_insufficient: bool,
}

/// The challenge to answer: a token rather than a password, and the first of equal ones.
pub(super) fn best(headers: &HeaderMap) -> Option<Challenge> {
    request_challenge(headers).map(|told| told.challenge)
}

/// The same with what it says about the request that was refused.
pub(super) fn request_challenge(headers: &HeaderMap) -> Option<RequestChallenge> {
    let all: Vec<RequestChallenge> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .flat_map(|value| parse(&String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let bearer = all.iter().find(|told| matches!(told.challenge, Challenge::Bearer { .. }));
    bearer.or_else(|| all.first()).cloned()
}

fn parse(header: &str) -> Vec<RequestChallenge> {
    let mut rest = header;
    let mut raw: Vec<(String, Vec<(String, String)>)> = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | '=' | '"'))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            // The end, or a stray character to step over.
            match rest.chars().next() {
                None => break,
                Some(stray) => rest = rest.get(stray.len_utf8()..).unwrap_or_default(),
            }
            continue;
        }
        let spaced = after.trim_start();
        if let (Some(value), Some((_, parameters))) = (spaced.strip_prefix('='), raw.last_mut()) {
            let (value, after) = value_of(value.trim_start());
            parameters.push((word.to_ascii_lowercase(), value));
            rest = after;
        } else {
            raw.push((word.to_ascii_lowercase(), Vec::new()));
            rest = after;
        }
    }
    raw.into_iter().filter_map(|(scheme, parameters)| challenge(&scheme, parameters)).collect()
}

fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c: char| c.is_ascii_whitespace() || c == ',').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

fn challenge(scheme: &str, parameters: Vec<(String, String)>) -> Option<RequestChallenge> {
    let bare =
        |challenge| RequestChallenge { challenge, scope: Scope::default(), is_insufficient: false };
    match scheme {
        "basic" => Some(bare(Challenge::Basic)),
        "bearer" => {
            let mut realm = String::new();
            let mut service = String::new();
            let mut scope = Scope::default();
            let mut is_insufficient = false;
            for (name, value) in parameters {
                match name.as_str() {
                    "realm" if realm.is_empty() => realm = value,
                    "service" if service.is_empty() => service = value,
                    "scope" => scope = scope.with(&Scope::parse(&value)),
                    "error" => is_insufficient |= value == "insufficient_scope",
                    _ => {}
                }
            }
            let challenge = (!realm.is_empty()).then_some(Challenge::Bearer { realm, service })?;
            Some(RequestChallenge { challenge, scope, is_insufficient })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[&str]) -> Option<Challenge> {
        best(&headers.iter().map(|value| (WWW_AUTHENTICATE, value.parse().unwrap())).collect())
    }

    fn bearer(realm: &str, service: &str) -> Challenge {
        Challenge::Bearer { realm: realm.into(), service: service.into() }
    }

    #[test]
    fn challenges_of_all_shapes_are_read() {
        assert_eq!(
            of(&[
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
            ]),
            Some(bearer("https://auth.docker.io/token", "registry.docker.io"))
        );
        assert_eq!(
            of(&["bearer REALM=https://a.example/token, Service=x"]),
            Some(bearer("https://a.example/token", "x"))
        );
        assert_eq!(
            of(&[r#"BEARER realm = "https://a/\"t\"" , error="insufficient_scope""#]),
            Some(bearer("https://a/\"t\"", ""))
        );
        assert_eq!(
            of(&[r#"Basic realm="x", Bearer realm="https://a/t",service="s""#]),
            Some(bearer("https://a/t", "s"))
        );
        assert_eq!(
            of(&["Basic realm=\"x\"", "Bearer realm=\"https://a/t\""]),
            Some(bearer("https://a/t", ""))
        );
        assert_eq!(of(&["Negotiate YWJj==, Basic"]), Some(Challenge::Basic));
        assert_eq!(of(&["basic"]), Some(Challenge::Basic));
    }

    #[test]
    fn the_scope_of_a_challenge_is_read_and_whether_it_was_not_enough() {
        let read = |text: &str| {
            request_challenge(&HeaderMap::from_iter([(WWW_AUTHENTICATE, text.parse().unwrap())]))
                .unwrap()
        };
        let of = |text: &str| read(text).scope.texts().collect::<Vec<_>>();
        let azure = r#"Bearer realm="https://r/oauth2/token",service="r",scope="repository:team/demo:metadata_read",error="insufficient_scope""#;
        assert_eq!(of(azure), ["repository:team/demo:metadata_read"]);
        assert!(read(azure).is_insufficient);
        let two = r#"Bearer realm="https://r/t",scope="repository:a:pull registry:catalog:*",error="invalid_token""#;
        assert_eq!(of(two), ["registry:catalog:*", "repository:a:pull"]);
        assert!(!read(two).is_insufficient);
        assert!(of("Bearer realm=x, scope=").is_empty() && of("Basic scope=\"a:b:c\"").is_empty());
    }

    #[test]
    fn nonsense_is_no_challenge_and_ends() {
        for text in [
            "",
            ",,,",
            "\"",
            "=",
            "Bearer",
            "Bearer realm=",
            "Bearer realm=\"",
            "Digest realm=\"x\"",
            "=\"a\",=,\"",
            "Bearer \"realm\"=x",
        ] {
            assert_eq!(of(&[text]), None, "{text}");
        }
    }
}
