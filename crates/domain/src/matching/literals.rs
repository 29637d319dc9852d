//! What a regular expression says about the texts it matches, without running it.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// One side of a text that an expression asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The URL ends there.
    Fixed,
    /// Anything may follow.
    Any,
    /// At least one character follows.
    Some,
}

/// An expression that only asks where a text stands, such as `^https://ghcr\.io/acme/.*$`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Affix {
    pub text: Box<str>,
    pub before: Side,
    pub after: Side,
}

impl Affix {
    /// Whether `url` has the text there.
    pub fn matches(&self, url: &str) -> bool {
        let text = &*self.text;
        match (self.before, self.after) {
            (Side::Fixed, Side::Fixed) => url == text,
            (Side::Fixed, Side::Any) => url.starts_with(text),
            (Side::Fixed, Side::Some) => url.starts_with(text) && url.len() > text.len(),
            (Side::Any, Side::Fixed) => url.ends_with(text),
            (Side::Some, Side::Fixed) => url.ends_with(text) && url.len() > text.len(),
            (_, _) => url.contains(text),
        }
    }

    /// Reads an expression; `None` when it asks for more than the place of one text.
    pub fn of(hir: &Hir) -> Option<Self> {
        let mut parts = Vec::new();
        flatten(hir, &mut parts);
        let mut parts = parts.as_slice();
        let (mut before, mut after) = (Side::Any, Side::Any);
        if let [Part::Start, rest @ ..] = parts {
            (before, parts) = (Side::Fixed, rest);
        }
        if let [rest @ .., Part::End] = parts {
            (after, parts) = (Side::Fixed, rest);
        }
        if let [Part::Rest(side), rest @ ..] = parts {
            (before, parts) = (*side, rest);
        }
        if let [rest @ .., Part::Rest(side)] = parts {
            (after, parts) = (*side, rest);
        }
        let both = (before == Side::Some && after != Side::Fixed)
            || (after == Side::Some && before != Side::Fixed);
        let [Part::Text(text)] = parts else { return None };
        let text = str::from_utf8(text).ok().filter(|_| !both)?;
        Some(Self { text: text.into(), before, after })
    }
}

enum Part {
    Start,
    End,
    Rest(Side),
    Text(Vec<u8>),
    Other,
}

fn flatten(hir: &Hir, parts: &mut Vec<Part>) {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Concat(all) => all.iter().for_each(|one| flatten(one, parts)),
        HirKind::Capture(inner) => flatten(&inner.sub, parts),
        HirKind::Look(Look::Start) => parts.push(Part::Start),
        HirKind::Look(Look::End) => parts.push(Part::End),
        HirKind::Literal(literal) => match parts.last_mut() {
            Some(Part::Text(text)) => text.extend_from_slice(&literal.0),
            _ => parts.push(Part::Text(literal.0.to_vec())),
        },
        HirKind::Repetition(repetition) if repetition.max.is_none() && is_any(&repetition.sub) => {
            parts.push(match repetition.min {
                0 => Part::Rest(Side::Any),
                1 => Part::Rest(Side::Some),
                _ => Part::Other,
            });
        }
        _ => parts.push(Part::Other),
    }
}

/// Whether it matches every character of a URL: nothing but line breaks may be missing.
fn is_any(hir: &Hir) -> bool {
    let HirKind::Class(Class::Bytes(class)) = hir.kind() else { return false };
    (0x20..0x7f).all(|byte| {
        class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
    })
}

/// The texts that stand in everything the expression matches, in lower case.
pub(super) fn required(hir: &Hir) -> Vec<String> {
    let mut found = Runs { runs: Vec::new(), run: Vec::new() };
    found.walk(hir);
    found.end();
    found.runs
}

/// The fewest bytes of a text that is worth looking for.
const MIN_BYTES: usize = 3;

struct Runs {
    runs: Vec<String>,
    run: Vec<u8>,
}

impl Runs {
    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Concat(all) => all.iter().for_each(|one| self.walk(one)),
            HirKind::Capture(inner) => self.walk(&inner.sub),
            HirKind::Literal(literal) => self.run.extend(literal.0.to_ascii_lowercase()),
            HirKind::Class(class) => match one_letter(class) {
                Some(letter) => self.run.push(letter),
                None => self.end(),
            },
            HirKind::Repetition(repetition) => {
                self.end();
                if repetition.min > 0 {
                    self.walk(&repetition.sub);
                    self.end();
                }
            }
            HirKind::Alternation(_) => self.end(),
        }
    }

    fn end(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.len() >= MIN_BYTES
            && let Ok(text) = String::from_utf8(run)
        {
            self.runs.push(text);
        }
    }
}

/// The lower-case letter of a class such as `[Gg]`, which is what `(?i)` makes of a letter.
fn one_letter(class: &Class) -> Option<u8> {
    let Class::Bytes(class) = class else { return None };
    match class.ranges() {
        [upper, lower]
            if upper.start() == upper.end()
                && lower.start() == lower.end()
                && lower.start().is_ascii_lowercase()
                && upper.start() == lower.start().to_ascii_uppercase() =>
        {
            Some(lower.start())
        }
        _ => None,
    }
}
