//! `WWW-Authenticate`, as servers really write it: several challenges in one header, several
//! headers, values with and without quotes, any case.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

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

/// The challenge to answer: a token rather than a password, and the first of equal ones.
pub(super) fn best(headers: &HeaderMap) -> Option<Challenge> {
    let all: Vec<Challenge> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .flat_map(|value| parse(&String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let bearer = all.iter().find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
    bearer.or_else(|| all.first()).cloned()
}

fn parse(header: &str) -> Vec<Challenge> {
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

fn challenge(scheme: &str, parameters: Vec<(String, String)>) -> Option<Challenge> {
    match scheme {
        "basic" => Some(Challenge::Basic),
        "bearer" => {
            let mut realm = String::new();
            let mut service = String::new();
            for (name, value) in parameters {
                match name.as_str() {
                    "realm" if realm.is_empty() => realm = value,
                    "service" if service.is_empty() => service = value,
                    _ => {}
                }
            }
            (!realm.is_empty()).then_some(Challenge::Bearer { realm, service })
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
