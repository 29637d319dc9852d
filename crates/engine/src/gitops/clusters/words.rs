//! What an API server says, before people read it and the database keeps it.

use domain::Redactor;

/// The most characters that are kept.
const MOST: usize = 300;

/// The words without the secrets that were sent, cut short.
pub(super) fn words(said: &str, redactor: &Redactor) -> String {
    let said = redactor.redact(said);
    match said.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", said.get(..end).unwrap_or_default()),
        None => said,
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use domain::Secret;

    use super::*;

    #[test]
    fn secrets_are_taken_out_however_they_are_packed() {
        let redactor = Redactor::of([&Secret::new("canary-7f3a".into())]);
        let auth = STANDARD.encode("robot:canary-7f3a");
        let config = format!("{{\"auths\":{{\"ghcr.io\":{{\"auth\":\"{auth}\"}}}}}}");
        for said in ["canary-7f3a", &auth, &STANDARD.encode(&config), "canary%2d7F3A"] {
            let words = words(&format!("invalid: {said} of x"), &redactor);
            assert!(words.starts_with("invalid: …") && words.ends_with(" of x"), "{words}");
        }
        let long = format!("{} canary-7f3a", "x".repeat(MOST - 5));
        assert_eq!(words(&long, &redactor), format!("{} …", "x".repeat(MOST - 5)));
        assert_eq!(words("robot owns .type", &redactor), "robot owns .type");
        assert_eq!(words(&"ä".repeat(500), &redactor).chars().count(), MOST + 1);
    }
}
