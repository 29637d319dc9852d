//! Names of objects and files, made from the names that people chose.

use std::collections::BTreeSet;

use crate::dns_label::dns_label;

/// The most bytes of a name: that of a DNS-1123 label, so that it may also stand in a label.
const LONGEST: usize = 63;

/// The names an export has given away.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A DNS-1123 label made from `text`. When that changed the text, or the label was given away
    /// already, a short hash of `seed` stands at its end; so it depends on what it names only, and
    /// not on what else is in the export.
    pub fn take(&mut self, text: &str, seed: &str) -> String {
        let plain = dns_label(text, LONGEST);
        if !plain.is_empty() && plain == text && !self.0.contains(&plain) {
            self.0.insert(plain.clone());
            return plain;
        }
        self.take_one_of_several(text, seed)
    }

    /// As [`Self::take`], with the hash in any case: for several things that have one text.
    pub fn take_one_of_several(&mut self, text: &str, seed: &str) -> String {
        let plain = dns_label(text, LONGEST);
        let kept = plain.get(..plain.len().min(LONGEST - 9)).unwrap_or_default();
        let kept = kept.trim_end_matches('-');
        let hash = hash(seed);
        let name = if kept.is_empty() { format!("x-{hash}") } else { format!("{kept}-{hash}") };
        self.0.insert(name.clone());
        name
    }

    /// As [`Self::take`], for a DNS-1123 subdomain, which keeps its dots when it is short enough for
    /// the name of a file.
    pub fn take_dotted(&mut self, subdomain: &str, seed: &str) -> String {
        if subdomain.len() <= 200 && self.0.insert(subdomain.to_owned()) {
            return subdomain.to_owned();
        }
        self.take_one_of_several(subdomain, seed)
    }

    /// Gives away a name that a person typed.
    pub fn reserve(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }
}

/// FNV-1a of 32 bits in hex: short and stable; nothing depends on its strength.
fn hash(seed: &str) -> String {
    let hash = seed
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_that_do_not_depend_on_their_neighbours() {
        let mut names = Names::default();
        assert_eq!(names.take("ghcr-auth", "1"), "ghcr-auth");
        assert_eq!(names.take("GHCR auth", "2"), format!("ghcr-auth-{}", hash("2")));
        assert_eq!(Names::default().take("GHCR auth", "2"), format!("ghcr-auth-{}", hash("2")));
        for text in
            ["", "---", "証明書", "../../x", "a\0b", &"long".repeat(40), "-a-", "..", ".git"]
        {
            let name = names.take(text, text);
            assert!(!name.is_empty() && name.len() <= LONGEST, "{text:?}");
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            );
            assert!(!name.starts_with('-') && !name.ends_with('-'), "{text:?}: {name}");
        }
        assert_ne!(names.take("ghcr-auth", "3"), "ghcr-auth");
    }
}
