//! Words: how names are cut for finding, and how what was typed is.

use std::{cmp::Reverse, collections::BTreeSet};

use crate::redact_url;

/// The longest word that is kept, in characters; longer ones are found by their beginning.
const LONGEST: usize = 64;
/// The most words of one thing.
const MOST_WORDS: usize = 64;
/// The most words that are searched for at once.
pub const MOST_TERMS: usize = 4;
/// The longest text that is searched for, in bytes.
const MOST_BYTES: usize = 1_024;

/// The words of these texts in lower case, each once: runs of letters and digits, and the whole text where
/// it has none.
#[must_use]
pub fn words_of(texts: &[&str]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts {
        let text = text.trim();
        let before = words.len();
        words.extend(cut(text).take(MOST_WORDS));
        if words.len() == before && !text.is_empty() && cut(text).next().is_none() {
            words.insert(shortened(&text.to_lowercase()));
        }
    }
    words.into_iter().take(MOST_WORDS).collect()
}

fn cut(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| shortened(&word.to_lowercase()))
}

fn shortened(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// Why nothing is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsearched {
    /// Nothing was typed.
    Nothing,
    /// More was typed than any name has.
    TooLong,
}

/// What somebody typed to find something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    text: String,
    terms: Vec<String>,
    has_more: bool,
}

impl Typed {
    /// Reads what was typed.
    ///
    /// # Errors
    /// When there is nothing to search for.
    pub fn parse(text: &str) -> Result<Self, Unsearched> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Unsearched::Nothing);
        }
        if text.len() > MOST_BYTES {
            return Err(Unsearched::TooLong);
        }
        // A login in a URL is nobody's to see, and the scheme says little.
        let typed: Vec<String> = text.split_whitespace().map(without_login).collect();
        let searched =
            typed.iter().map(|word| word.split_once("://").map_or(word.as_str(), |(_, rest)| rest));
        let mut terms: Vec<String> = words_of(&searched.collect::<Vec<_>>()).into_iter().collect();
        // Of too many the longest say most.
        terms.sort_by_key(|term| Reverse(term.chars().count()));
        let has_more = terms.len() > MOST_TERMS;
        terms.truncate(MOST_TERMS);
        if terms.is_empty() {
            return Err(Unsearched::Nothing);
        }
        Ok(Self { text: typed.join(" "), terms, has_more })
    }

    /// The text, without a password in its URL.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The beginnings of words that have to be there, the longest first, at most [`MOST_TERMS`].
    #[must_use]
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// Whether more words were typed than are searched for.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        self.has_more
    }

    /// Whether every term begins one of these words.
    #[must_use]
    pub fn fits(&self, words: &BTreeSet<String>) -> bool {
        self.terms.iter().all(|term| words.iter().any(|word| word.starts_with(term.as_str())))
    }

    /// The text, if it looks like the URL of a repository.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        let (_, rest) = self.text.split_once("://").unwrap_or(("", &self.text));
        let (host, path) = rest.split_once('/')?;
        let is_host = host.contains('.') || host.contains(':');
        let is_one = !self.text.contains(char::is_whitespace);
        (is_one && is_host && !path.is_empty() || is_one && self.text.contains("://"))
            .then_some(self.text.as_str())
    }
}

/// A word as it was typed; of a URL what is not its login.
fn without_login(word: &str) -> String {
    if word.contains("://") || word.contains('@') { redact_url(word) } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(texts: &[&str]) -> Vec<String> {
        words_of(texts).into_iter().collect()
    }

    #[test]
    fn names_and_urls_are_cut_at_what_is_no_letter_or_digit() {
        assert_eq!(words(&["Payments-Prod_EU2"]), ["eu2", "payments", "prod"]);
        assert_eq!(words(&["oci://ghcr.io/acme"]), ["acme", "ghcr", "io", "oci"]);
        assert_eq!(words(&["支払い 本番", "Größe"]), ["größe", "支払い", "本番"]);
        assert_eq!(words(&["---", ""]), ["---"], "what has no words is one");
        assert_eq!(words(&[&"x".repeat(300)]), ["x".repeat(64)]);
    }

    #[test]
    fn what_is_typed_is_read_or_refused_with_the_reason() {
        assert_eq!(Typed::parse(" \t"), Err(Unsearched::Nothing));
        assert_eq!(Typed::parse(&"a".repeat(10_240)), Err(Unsearched::TooLong));
        let typed = Typed::parse("<script>alert(1)</script>").unwrap();
        assert_eq!(typed.terms(), ["script", "alert", "1"]);
        assert!(!typed.has_more());
        let typed = Typed::parse("a bb ccc dddd eeeee").unwrap();
        assert_eq!((typed.terms().len(), typed.has_more()), (4, true));
        assert_eq!(Typed::parse("%").unwrap().terms(), ["%"]);
    }

    #[test]
    fn a_url_is_recognized_without_its_password() {
        for url in ["https://charts.acme.io/stable", "oci://ghcr.io/acme", "ghcr.io/acme/app"] {
            assert_eq!(Typed::parse(url).unwrap().url(), Some(url));
        }
        for other in ["acme/app", "prod eu", "ghcr.io", "a b://c.d/e"] {
            assert_eq!(Typed::parse(other).unwrap().url(), None, "{other}");
        }
        let typed = Typed::parse("https://me:hunter2@charts.acme.io/stable").unwrap();
        assert!(!typed.text().contains("hunter2"), "{typed:?}");
        assert!(!typed.terms().iter().any(|term| term == "hunter2"), "{typed:?}");
    }

    #[test]
    fn every_term_begins_a_word() {
        let page = words_of(&["Git targets", "gitops deploy"]);
        assert!(Typed::parse("gi tar").unwrap().fits(&page));
        assert!(!Typed::parse("gi cluster").unwrap().fits(&page));
    }
}
