//! What is searched for: secrets, and the parts of them that open something by themselves.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use serde_json::Value;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

/// The fewest bytes of a part of a secret, such as a line of a key.
const PART: usize = 20;
/// The fewest bytes of what is looked for among very many texts.
const USUAL: usize = 6;

/// Secrets and their parts.
#[derive(Default)]
pub(super) struct Needles {
    all: Vec<Zeroizing<Vec<u8>>>,
    /// The usual spellings of each, for a quick look.
    usual: Vec<Zeroizing<String>>,
}

impl Needles {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.all.iter().map(|needle| needle.as_slice())
    }

    /// Whether one stands in the text, in one of the usual spellings.
    pub(super) fn usual_in(&self, text: &str) -> bool {
        self.usual.iter().any(|spelling| text.contains(spelling.as_str()))
    }

    pub(super) fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.is_empty() {
            return;
        }
        self.push(secret.as_bytes());
        if secret.contains(char::is_whitespace) {
            let packed: Zeroizing<String> = Zeroizing::new(secret.split_whitespace().collect());
            self.push(packed.as_bytes());
        }
        if let Some(latin) = latin(secret) {
            self.push(&latin);
        }
        for line in secret.lines().map(str::trim) {
            if line.len() >= PART && line.len() < secret.len() && !line.starts_with("-----") {
                self.push(line.as_bytes());
            }
        }
        if let Ok(file) = serde_json::from_str::<Value>(secret) {
            self.add_of_file(&file);
        }
        self.usual.extend(usual(secret));
    }

    /// The tokens and keys in a key file, such as the private key of a service account.
    fn add_of_file(&mut self, file: &Value) {
        let Value::Object(fields) = file else { return };
        for (name, value) in fields {
            let is_secret =
                ["key", "token", "secret", "password"].iter().any(|word| name.ends_with(word));
            match value {
                Value::String(text) if is_secret && text.len() >= PART => self.add(text),
                Value::Object(_) => self.add_of_file(value),
                _ => {}
            }
        }
    }

    fn push(&mut self, needle: &[u8]) {
        if !self.all.iter().any(|known| known.as_slice() == needle) {
            self.all.push(Zeroizing::new(needle.to_vec()));
        }
    }
}

/// As old clients send letters such as `ä`; `None` where that is no other spelling.
fn latin(secret: &str) -> Option<Zeroizing<Vec<u8>>> {
    if secret.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = secret.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.map(Zeroizing::new)
}

/// What most spellings of a secret hold: its longest word, which no escape changes, or all of it.
fn usual(secret: &str) -> Vec<Zeroizing<String>> {
    let form = byte_serialize(secret.as_bytes()).collect::<String>();
    let json = Value::from(secret).to_string();
    let mut usual = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        form.to_lowercase(),
        form.replace('+', "%20"),
        form,
    ];
    let words = secret.split(|c: char| !c.is_ascii_alphanumeric());
    usual.extend(words.max_by_key(|word| word.len()).map(str::to_owned));
    for offset in 0..3 {
        let mut bytes = Zeroizing::new(vec![0; offset]);
        bytes.extend_from_slice(secret.as_bytes());
        let whole = bytes.get(..bytes.len() - bytes.len() % 3).unwrap_or_default();
        for text in [STANDARD.encode(whole), URL_SAFE.encode(whole)] {
            // The first letters depend on what stands before the secret.
            usual.push(text.get(if offset == 0 { 0 } else { 4 }..).unwrap_or_default().to_owned());
        }
    }
    usual.sort_unstable();
    usual.dedup();
    usual.into_iter().filter(|text| text.len() >= USUAL).map(Zeroizing::new).collect()
}
