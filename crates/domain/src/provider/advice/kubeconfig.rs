//! Advice about a kubeconfig, as far as its text tells; the server reads it whole.

use super::Said;

/// What a kubeconfig may not hold, as it is written in YAML and in JSON.
const REFUSED: [(&str, &str); 8] = [
    (
        "exec",
        "It gets its login from a program (exec), and Hawser runs none. Make a service account with a token as the guide says.",
    ),
    (
        "auth-provider",
        "It gets its login from a program (auth-provider), and Hawser runs none. Make a service account with a token as the guide says.",
    ),
    (
        "tokenFile",
        "tokenFile is a path on your machine. Print a file with its contents: kubectl config view --minify --flatten --raw",
    ),
    (
        "certificate-authority",
        "certificate-authority is a path on your machine. Print a file with its contents: kubectl config view --minify --flatten --raw",
    ),
    (
        "client-certificate",
        "client-certificate is a path on your machine. Print a file with its contents: kubectl config view --minify --flatten --raw",
    ),
    (
        "client-key",
        "client-key is a path on your machine. Print a file with its contents: kubectl config view --minify --flatten --raw",
    ),
    (
        "insecure-skip-tls-verify",
        "Remove insecure-skip-tls-verify and add certificate-authority-data: only the operator can except a host from the check of certificates.",
    ),
    ("proxy-url", "Remove proxy-url: which proxies are used is the operator's to say."),
];

pub(super) fn check(said: &mut Said, text: &str) {
    if !has_key(text, "clusters") || !has_key(text, "users") {
        return said
            .cannot("The whole kubeconfig is needed here, with its clusters, contexts and users.");
    }
    let before = said.0.len();
    for (key, why) in REFUSED {
        if has_key(text, key) {
            said.cannot(why);
        }
    }
    if said.0.len() == before {
        said.recognized("A kubeconfig.");
    }
}

/// Whether a mapping has this key: it ends with a colon and begins where no longer name does.
fn has_key(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + key.len()..).unwrap_or_default();
        let begins =
            before.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '{' | ','));
        begins && after.trim_start_matches(['"', '\'']).trim_start().starts_with(':')
    })
}
