//! The last look before something is written: no secret may stand in it (R-GIT-03).

#![expect(clippy::disallowed_methods, reason = "looks for secrets in an output")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use zeroize::Zeroizing;

use super::leaves;
use crate::Secret;

/// The fewest bytes of a secret that is searched for: shorter ones would be found everywhere.
const SHORTEST: usize = 6;
/// The fewest bytes of a line of a secret that is searched for by itself.
const LINE: usize = 20;

/// Whether one of `secrets` stands in `output`: as it is, line by line, as JSON or YAML escape it,
/// or anywhere inside a text in base64. Secrets of fewer than 6 bytes are not searched for.
#[must_use]
pub fn secret_in(output: &str, secrets: &[&Secret]) -> bool {
    // Line breaks and indents of folded texts do not hide anything.
    let packed = Zeroizing::new(output.split_whitespace().collect::<String>());
    secrets.iter().map(|secret| secret.expose().trim()).any(|secret| {
        secret.len() >= SHORTEST
            && forms(secret)
                .iter()
                .any(|form| output.contains(form.as_str()) || packed.contains(form.as_str()))
    })
}

/// What a secret looks like in texts.
fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let mut forms = vec![Zeroizing::new(secret.to_owned()), escaped(secret)];
    forms.push(escaped(&escaped(secret)));
    forms.push(Zeroizing::new(secret.replace('\'', "''")));
    forms.push(Zeroizing::new(secret.split_whitespace().collect()));
    let lines = secret.lines().map(str::trim).filter(|line| line.len() >= LINE);
    let armor = |line: &&str| !line.starts_with("-----");
    if secret.contains('\n') {
        forms.extend(lines.filter(armor).map(|line| Zeroizing::new(line.to_owned())));
    }
    for form in [secret.to_owned(), format!("{secret}\n")].map(Zeroizing::new) {
        forms.extend((0..3).map(|offset| inside_base64(form.as_bytes(), offset)));
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// As JSON writes it between quotes; YAML's double quotes escape the same characters.
fn escaped(text: &str) -> Zeroizing<String> {
    let quoted = Zeroizing::new(Value::from(text).to_string());
    Zeroizing::new(quoted.trim_start_matches('"').trim_end_matches('"').to_owned())
}

/// The letters of base64 that depend on `secret` only, when `offset` bytes (of every three) stand
/// before it and anything behind it.
fn inside_base64(secret: &[u8], offset: usize) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(vec![0; offset]);
    bytes.extend_from_slice(secret);
    let whole = bytes.len() - bytes.len() % 3;
    let text = Zeroizing::new(STANDARD.encode(bytes.get(..whole).unwrap_or_default()));
    let first = if offset == 0 { 0 } else { 4 };
    Zeroizing::new(text.get(first..).unwrap_or_default().to_owned())
}

/// The place of a value in an open manifest that looks like a secret, such as
/// `spec.target.template.data.password`; `None` when there is none. Certificates, digests, ids and
/// paths do not look like secrets.
#[must_use]
pub fn looks_secret(manifest: &Value) -> Option<String> {
    leaves(manifest)
        .into_iter()
        .find(|(_, leaf)| leaf.as_str().is_some_and(suspicious))
        .map(|(path, _)| path.join("."))
}

/// What tokens of well-known services begin with.
const PREFIXES: [&str; 16] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "dckr_pat_",
    "dckr_oat_",
    "xoxb-",
    "npm_",
    "hvs.",
    "AGE-SECRET-KEY-",
    "AKCp",
    "eyJhbGciOi",
];

fn suspicious(text: &str) -> bool {
    if text.contains("PRIVATE KEY-----") {
        return true;
    }
    let text = without_certificates(text);
    let token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '=' | '_' | '-' | '.');
    text.split(|c: char| !token(c)).any(|word| {
        let known = PREFIXES.iter().any(|prefix| word.starts_with(prefix) && word.len() >= LINE);
        known || random(word)
    })
}

/// Certificates are public, and look as random as a key.
fn without_certificates(text: &str) -> String {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(BEGIN) {
        kept.push_str(before);
        rest = after.split_once(END).map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    kept
}

/// Whether a word mixes small and capital letters and digits, as base64 of random bytes does, and
/// repeats them seldom: at least 3.9 bits a character.
fn random(word: &str) -> bool {
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    word.len() >= 24
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && entropy(word) >= 3.9
}

/// Shannon's entropy in bits a character.
fn entropy(word: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in word.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(word.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(output: &str, secret: &str) -> bool {
        secret_in(output, &[&Secret::new(secret.into())])
    }

    #[test]
    fn r_git_03_a_secret_is_found_in_every_form() {
        let secret = "canary-ä\"x\\y'z";
        for output in [
            format!("password: {secret}"),
            Value::from(secret).to_string(),
            Value::from(Value::from(secret).to_string()).to_string(),
            format!("password: '{}'", secret.replace('\'', "''")),
            format!("auth: {}", STANDARD.encode(secret)),
            format!("auth: {}", STANDARD.encode(format!("ada:{secret}"))),
            format!("auth: {}", STANDARD.encode(format!("a:{secret}@x"))),
            format!("auth: {}", STANDARD.encode(format!("ab:{secret}"))),
            super::super::yaml(&json!({"a": secret})),
        ] {
            assert!(found(&output, secret), "{output}");
        }
        let encoded = STANDARD.encode(secret);
        let (first, second) = encoded.split_at(9);
        assert!(found(&format!("a: >\n  {first}\n  {second}\n"), secret));
        assert!(!found("password: other", secret) && !found("", secret));
        assert!(!found("abc", "abc"), "short ones would be found everywhere");
        let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASC\n-----END PRIVATE KEY-----\n";
        assert!(found("x: MIIEvQIBADANBgkqhkiG9w0B", key));
        assert!(!found("-----BEGIN PRIVATE KEY-----", key));
        assert!(found(&format!("x:\n    {}", key.replace('\n', "\n    ")), key));
    }

    #[test]
    fn r_git_03_a_value_that_looks_like_a_secret_is_found() {
        for secret in [
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "-----BEGIN RSA PRIVATE KEY-----\nx\n",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEYzz3",
            "user:dckr_pat_abcdefghijklmnop_12345",
            "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln",
        ] {
            let manifest = json!({"spec": {"list": [{"ok": "x"}, {"bad": secret}]}});
            assert_eq!(looks_secret(&manifest).as_deref(), Some("spec.list.1.bad"), "{secret}");
        }
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ2x5ZGVzZGFsZTEyMzQ1Njc4\n-----END CERTIFICATE-----\n";
        for open in [
            "orgs/0192a3f4-7c1e-7b6a-9a3e-1f2d3c4b5a69/credentials/0192a3f4-7c1e-7b6a-9a3e-1f2d3c4b5a70",
            "ghcr.io/acme/app@sha256:bc2a16d9b01b4809f8123e9402e2c6e6be2ef815975ad4131282ceb33af4d5a5",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            r#"{"auths":{"ghcr.io":{"username":{{ .c1_username | toJson }},"auth":{{ printf "%s:%s" (.c1_username) (.c1_password) | b64enc | toJson }}}}}"#,
            "hawser@acme-prod-europe-west1.iam.gserviceaccount.com",
            "^(https://|oci://)?ghcr\\.io/Acme-Platform/Charts-2024/",
            "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
            certificate,
        ] {
            assert_eq!(looks_secret(&json!({"a": open})), None, "{open}");
        }
    }
}
