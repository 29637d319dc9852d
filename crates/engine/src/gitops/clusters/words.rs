//! What an API server says, before people read it and the database keeps it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Secret, exports::secret_in};
use zeroize::Zeroizing;

/// The most characters that are kept.
const MOST: usize = 300;
/// How often a text may be packed in another one: the login of a Docker configuration is packed, and
/// so is the whole configuration.
const PACKED: u8 = 2;
/// The fewest letters of a word that is unpacked.
const WORD: usize = 8;

/// The words, cut short; nothing when one of the secrets that were sent stands in them.
pub(super) fn words(said: &str, secrets: &[Secret]) -> String {
    let secrets: Vec<_> = secrets.iter().collect();
    if tells(said, &secrets, PACKED) {
        return String::new();
    }
    match said.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", said.get(..end).unwrap_or_default()),
        None => said.to_owned(),
    }
}

fn tells(text: &str, secrets: &[&Secret], packed: u8) -> bool {
    if secret_in(text, secrets) {
        return true;
    }
    let Some(packed) = packed.checked_sub(1) else { return false };
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    text.split(|c| !letter(c)).filter(|word| word.len() >= WORD).any(|word| {
        let whole = word.get(..word.len() / 4 * 4).unwrap_or_default();
        let bytes = Zeroizing::new(STANDARD.decode(whole).unwrap_or_default());
        std::str::from_utf8(&bytes).is_ok_and(|text| tells(text, secrets, packed))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_however_they_are_packed() {
        let secrets = [Secret::new("canary-7f3a".into())];
        let auth = STANDARD.encode("robot:canary-7f3a");
        let config = format!("{{\"auths\":{{\"ghcr.io\":{{\"auth\":\"{auth}\"}}}}}}");
        let long = format!("{} canary-7f3a", "x".repeat(MOST - 5));
        for said in ["no canary-7f3a here", &auth, &config, &STANDARD.encode(&config), &long] {
            assert_eq!(words(&format!("invalid: {said}"), &secrets), "", "{said}");
        }
        assert_eq!(words("robot owns .type", &secrets), "robot owns .type");
        assert_eq!(words(&"ä".repeat(500), &secrets).chars().count(), MOST + 1);
    }
}
