//! A text as a program reads it that undoes one spelling, with where each byte comes from.

use zeroize::Zeroizing;

/// The most white space around a line break that is looked through.
const BREAK: usize = 256;
/// The fewest letters of a word of Base64 or hexadecimal digits.
const WORD: usize = 4;

/// A way of reading a text.
pub(super) struct View {
    bytes: Zeroizing<Vec<u8>>,
    /// The bytes of the text that each one stands for.
    from: Vec<(usize, usize)>,
    spaces: Spaces,
}

/// What became of white space.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spaces {
    Kept,
    /// Words that stood apart hang together.
    LeftOut,
}

/// What a step of reading makes of the start of the rest: bytes, and how many were read for them.
/// `None` takes the next byte as it is.
type Step = fn(&[u8]) -> Option<(Letter, usize)>;

/// At most one letter in UTF-8.
struct Letter([u8; 4], usize);

impl Letter {
    const NOTHING: Self = Self([0; 4], 0);

    const fn byte(byte: u8) -> Self {
        Self([byte, 0, 0, 0], 1)
    }

    fn of(code: u32) -> Option<Self> {
        let mut bytes = [0; 4];
        let length = char::from_u32(code)?.encode_utf8(&mut bytes).len();
        Some(Self(bytes, length))
    }
}

impl View {
    pub(super) fn of(text: &str) -> Self {
        let from = (0..text.len()).map(|at| (at, at + 1)).collect();
        Self { bytes: Zeroizing::new(text.as_bytes().to_vec()), from, spaces: Spaces::Kept }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_text(&self) -> bool {
        std::str::from_utf8(&self.bytes).is_ok()
    }

    /// Where a needle stands, without regard to the case of ASCII letters.
    pub(super) fn positions(&self, needle: &[u8]) -> impl Iterator<Item = usize> {
        self.bytes
            .windows(needle.len().max(1))
            .enumerate()
            .filter(|(_, window)| window.eq_ignore_ascii_case(needle))
            .map(|(at, _)| at)
    }

    pub(super) fn ends_with(&self, end: &[u8]) -> bool {
        let start = self.len().saturating_sub(end.len());
        self.bytes.get(start..).is_some_and(|bytes| bytes.eq_ignore_ascii_case(end))
    }

    /// What of the text some bytes stand for; `None` for no bytes.
    pub(super) fn source(&self, at: usize, length: usize) -> Option<(usize, usize)> {
        let all = self.from.get(at..at + length)?;
        Some((all.iter().map(|from| from.0).min()?, all.iter().map(|from| from.1).max()?))
    }

    /// The same read by each program that finds something to undo.
    pub(super) fn spellings(&self) -> impl Iterator<Item = Self> {
        let one: [Step; 6] = [percent, form, escape, entity, doubled, folded];
        let one = one.into_iter().filter_map(|step| self.read(step, self.spaces));
        one.chain(self.read(spaced, Spaces::LeftOut))
    }

    /// The same without one spelling; `None` when it has none of it.
    fn read(&self, step: Step, spaces: Spaces) -> Option<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.len()));
        let mut from = Vec::with_capacity(self.len());
        let mut at = 0;
        let mut is_same = true;
        while let Some(&byte) = self.bytes.get(at) {
            let read = step(self.bytes.get(at..).unwrap_or_default());
            is_same &= read.is_none();
            let (Letter(letter, length), took) = read.unwrap_or((Letter::byte(byte), 1));
            if let Some(source) = self.source(at, took) {
                bytes.extend_from_slice(letter.get(..length).unwrap_or_default());
                from.extend(std::iter::repeat_n(source, length));
            }
            at += took.max(1);
        }
        (!is_same).then_some(Self { bytes, from, spaces })
    }

    /// What the words of Base64, of either alphabet, and of hexadecimal digits hold. A word may hang on
    /// letters that are not of it, so each beginning is tried. All of a word stands for what is in it.
    pub(super) fn words(&self) -> Vec<Self> {
        // Text without white space is one word.
        if self.spaces == Spaces::LeftOut {
            return Vec::new();
        }
        let base64 = self.runs(|byte| sextet(byte).is_some());
        let hex = self.runs(|byte| nibble(byte).is_some());
        let base64 = base64.flat_map(|run| (0..4).map(move |skip| (run.clone(), skip, false)));
        let hex = hex.flat_map(|run| (0..2).map(move |skip| (run.clone(), skip, true)));
        base64
            .chain(hex)
            .filter_map(|(run, skip, is_hex)| {
                // The padding goes with the word.
                let rest = self.bytes.get(run.end..)?.iter();
                let padding = rest.take(2).take_while(|byte| **byte == b'=').count();
                let source = self.source(run.start, run.len() + padding)?;
                let letters = self.bytes.get(run)?.get(skip..)?;
                let bytes =
                    Zeroizing::new(if is_hex { from_hex(letters) } else { from_base64(letters) });
                let from = vec![source; bytes.len()];
                (!bytes.is_empty()).then_some(Self { bytes, from, spaces: Spaces::Kept })
            })
            .collect()
    }

    /// The places where at least [`WORD`] letters in a row belong to an alphabet.
    fn runs(&self, belongs: fn(u8) -> bool) -> impl Iterator<Item = std::ops::Range<usize>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = self.bytes.get(at..)?;
            let start = at + rest.iter().position(|byte| belongs(*byte))?;
            let rest = self.bytes.get(start..)?;
            at = start + rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len());
            Some(start..at)
        })
        .filter(|run| run.len() >= WORD)
    }
}

/// `%41`, as URLs have it.
fn percent(rest: &[u8]) -> Option<(Letter, usize)> {
    match rest {
        [b'%', high, low, ..] => Some((Letter::byte(nibble(*high)? << 4 | nibble(*low)?), 3)),
        _ => None,
    }
}

/// The same, and `+` for a space, as forms have it.
fn form(rest: &[u8]) -> Option<(Letter, usize)> {
    match rest {
        [b'+', ..] => Some((Letter::byte(b' '), 1)),
        _ => percent(rest),
    }
}

/// A backslash and what it means in JSON, YAML, C and the paths that Git prints.
fn escape(rest: &[u8]) -> Option<(Letter, usize)> {
    let (b'\\', after) = rest.split_first()? else { return None };
    let (kind, digits) = after.split_first()?;
    match kind {
        b'n' => Some((Letter::byte(b'\n'), 2)),
        b'r' => Some((Letter::byte(b'\r'), 2)),
        b't' => Some((Letter::byte(b'\t'), 2)),
        b'b' => Some((Letter::byte(0x08), 2)),
        b'f' => Some((Letter::byte(0x0c), 2)),
        b'"' | b'\\' | b'/' | b'\'' => Some((Letter::byte(*kind), 2)),
        b'x' => Some((Letter::byte(u8::try_from(number(digits, 2, 16)?).ok()?), 4)),
        b'U' => Some((Letter::of(number(digits, 8, 16)?)?, 10)),
        b'u' => utf16(digits),
        b'0'..=b'3' => Some((Letter::byte(u8::try_from(number(after, 3, 8)?).ok()?), 4)),
        _ => None,
    }
}

/// The digits of `\u00e4`, or of a pair such as `\ud83d\ude00`.
fn utf16(digits: &[u8]) -> Option<(Letter, usize)> {
    let first = number(digits, 4, 16)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((Letter::of(first)?, 6));
    }
    let second = digits.get(4..)?.strip_prefix(b"\\u")?;
    let second = number(second, 4, 16)?.checked_sub(0xdc00)?;
    Some((Letter::of(0x1_0000 + ((first - 0xd800) << 10) + second)?, 12))
}

/// `&amp;` and `&#x27;`, as web pages have it.
fn entity(rest: &[u8]) -> Option<(Letter, usize)> {
    let name = rest.strip_prefix(b"&")?;
    let end = name.iter().take(10).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(name.get(..end)?).ok()?;
    let letter = match name {
        "amp" => Letter::byte(b'&'),
        "lt" => Letter::byte(b'<'),
        "gt" => Letter::byte(b'>'),
        "quot" => Letter::byte(b'"'),
        "apos" => Letter::byte(b'\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            Letter::of(code.ok()?)?
        }
    };
    Some((letter, end + 2))
}

/// `''`, as YAML and SQL have it in single quotes.
fn doubled(rest: &[u8]) -> Option<(Letter, usize)> {
    rest.starts_with(b"''").then_some((Letter::byte(b'\''), 2))
}

/// A line break with the white space around it.
fn folded(rest: &[u8]) -> Option<(Letter, usize)> {
    let blank = rest.iter().take(BREAK).take_while(|byte| byte.is_ascii_whitespace());
    let length = blank.clone().count();
    blank.into_iter().any(|byte| *byte == b'\n').then_some((Letter::NOTHING, length))
}

fn spaced(rest: &[u8]) -> Option<(Letter, usize)> {
    rest.first()?.is_ascii_whitespace().then_some((Letter::NOTHING, 1))
}

fn number(digits: &[u8], count: usize, radix: u32) -> Option<u32> {
    let digits = std::str::from_utf8(digits.get(..count)?).ok()?;
    u32::from_str_radix(digits, radix).ok()
}

fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Six bits, of the usual alphabet of Base64 or that for URLs (RFC 4648).
fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// As many whole bytes as the letters hold, whatever the padding.
fn from_base64(letters: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(letters.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for sextet in letters.iter().filter_map(|letter| sextet(*letter)) {
        (bits, held) = (bits << 6 | u32::from(sextet), held + 6);
        if held >= 8 {
            held -= 8;
            bytes.extend(u8::try_from(bits >> held & 0xff));
        }
    }
    bytes
}

fn from_hex(letters: &[u8]) -> Vec<u8> {
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    };
    letters.chunks_exact(2).filter_map(byte).collect()
}
