//! Removing secrets from what foreign servers say, however they spell them.
//!
//! A server that refuses a login may repeat it: as it is, as a URL, a form, JSON, HTML or Base64 has
//! it, alone or inside `user:secret`. The text is read in each of these ways, and what holds a secret
//! when it is read so is taken out of the text itself.

#![expect(clippy::disallowed_methods, reason = "looks for secrets in what a server said")]

mod needles;
mod view;

#[cfg(test)]
mod property;

use needles::Needles;
use view::View;

use crate::Secret;

/// What stands where a secret stood.
const GONE: &str = "…";
/// How many ways of spelling may lie in each other: a Docker configuration in a percent-encoded
/// `Secret` has three.
const NESTED: u8 = 3;
/// The most bytes that are read for one text, over all its spellings. A text that needs more is not kept.
const BUDGET: usize = 16 * 1024 * 1024;
/// The fewest bytes of the beginning of a secret that are taken out at the end of a text, where what a
/// server says was cut off.
const BEGINNING: usize = 6;
/// Secrets of fewer bytes stand in every text. One that holds them is not kept.
const SHORT: usize = 4;

/// Takes secrets out of texts. Make one for the secrets that a server was sent.
#[derive(Default)]
pub struct Redactor {
    needles: Needles,
}

impl Redactor {
    /// Takes these secrets out, their lines, and the tokens and keys inside a key file. Empty ones are
    /// no secrets.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut needles = Needles::default();
        for secret in secrets {
            needles.add(secret.expose());
        }
        Self { needles }
    }

    /// The text without the secrets; `…` stands for each. Letters of the same word of Base64 go with
    /// it, and letters are compared without their case, as host names have none.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let Some(found) = self.find(text) else { return GONE.to_owned() };
        if found.is_empty() {
            return text.to_owned();
        }
        let clean = without(text, found);
        // What is left could read as a secret again where two halves came together.
        if self.tells(&clean) { GONE.to_owned() } else { clean }
    }

    /// Whether a secret stands in the text, in whatever spelling.
    #[must_use]
    pub fn tells(&self, text: &str) -> bool {
        self.find(text).is_none_or(|found| !found.is_empty())
    }

    /// A quick [`Self::redact`] for very many texts: only those are read in all ways in which a secret
    /// stands as it is, or in one of the usual spellings.
    #[must_use]
    pub fn redact_usual(&self, text: String) -> String {
        if self.needles.usual_in(&text) { self.redact(&text) } else { text }
    }

    /// Where secrets stand; `None` for a text that cannot be kept.
    fn find(&self, text: &str) -> Option<Vec<(usize, usize)>> {
        if self.needles.is_empty() || text.is_empty() {
            return Some(Vec::new());
        }
        let mut search =
            Search { needles: &self.needles, end: text.len(), left: BUDGET, found: Vec::new() };
        search.look(&View::of(text), NESTED)?;
        Some(search.found)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

struct Search<'a> {
    needles: &'a Needles,
    /// Where the text ends.
    end: usize,
    left: usize,
    found: Vec<(usize, usize)>,
}

impl Search<'_> {
    fn look(&mut self, view: &View, nested: u8) -> Option<()> {
        self.left = self.left.checked_sub(view.len())?;
        self.mark(view)?;
        let Some(nested) = nested.checked_sub(1) else { return Some(()) };
        for other in view.spellings() {
            self.look(&other, nested)?;
        }
        for word in view.words() {
            // What is no text holds no further spelling.
            let nested = if word.is_text() { nested } else { 0 };
            self.look(&word, nested)?;
        }
        Some(())
    }

    /// Notes what stands in one way of reading; `None` when it is a short secret.
    fn mark(&mut self, view: &View) -> Option<()> {
        for needle in self.needles.iter() {
            for at in view.positions(needle) {
                if needle.len() < SHORT {
                    return None;
                }
                self.found.extend(view.source(at, needle.len()));
            }
            if let Some(begun) = self.begun(view, needle) {
                self.found.extend(view.source(view.len() - begun, begun));
            }
        }
        Some(())
    }

    /// How many bytes of a needle stand at the very end of the text.
    fn begun(&self, view: &View, needle: &[u8]) -> Option<usize> {
        if view.source(view.len().checked_sub(1)?, 1)?.1 != self.end {
            return None;
        }
        let most = needle.len().saturating_sub(1).min(view.len());
        (BEGINNING..=most)
            .rev()
            .find(|length| view.ends_with(needle.get(..*length).unwrap_or_default()))
    }
}

/// The text without these ranges, which may overlap and cut letters in two.
fn without(text: &str, mut found: Vec<(usize, usize)>) -> String {
    found.sort_unstable();
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in found {
        let (start, end) = (text.floor_char_boundary(start), text.ceil_char_boundary(end));
        if start > at || kept.is_empty() {
            kept.push_str(text.get(at..start).unwrap_or_default());
            kept.push_str(GONE);
        }
        at = at.max(end);
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    kept
}
