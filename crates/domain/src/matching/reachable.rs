//! Whether an expression can match any URL at all, as URLs are compared: a host in lower case, no
//! login, no query, nothing at the end that comparing leaves out.

use std::collections::HashSet;

use regex_automata::{
    nfa::thompson::{NFA, State},
    util::{look::Look, primitives::StateID},
};

use crate::Purpose;

/// Which URLs are taken for possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urls {
    /// Those that are compared for a purpose.
    Compared(Purpose),
    /// The same, and hosts with upper-case letters.
    AnyCase(Purpose),
    /// The same, and those with an end that comparing leaves out.
    AnyEnd(Purpose),
}

/// How far a URL has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum At {
    /// So many letters of `http`.
    Scheme(u8),
    /// So many letters of `://`.
    Colon(u8),
    HostStart,
    Host,
    Path(Tail),
}

/// The end of a path that has been read so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Tail {
    /// Whether the last letter is a slash.
    slash: bool,
    /// How many letters of the end that is left out stand here.
    suffix: usize,
    /// Whether the last segment has a colon, as a tag has.
    tagged: bool,
}

/// Whether the matcher may read on, or the URL has to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Rest {
    More,
    Over,
}

impl Urls {
    const fn purpose(self) -> Purpose {
        match self {
            Self::Compared(purpose) | Self::AnyCase(purpose) | Self::AnyEnd(purpose) => purpose,
        }
    }

    /// What comparing leaves out at the end of a path.
    const fn suffix(self) -> &'static [u8] {
        match self.purpose() {
            Purpose::Git => b".git",
            Purpose::Helm => b"/index.yaml",
            Purpose::Image => b"",
        }
    }

    /// Where the next byte of a URL leads; `None` when no URL goes on like this.
    fn next(self, at: At, byte: u8) -> Option<At> {
        const HTTP: &[u8] = b"http";
        const AUTHORITY: &[u8] = b"://";
        match at {
            At::Scheme(read) => match HTTP.get(usize::from(read)) {
                Some(letter) => (*letter == byte).then_some(At::Scheme(read + 1)),
                None if byte == b's' => Some(At::Colon(0)),
                None => (byte == b':').then_some(At::Colon(1)),
            },
            At::Colon(read) => {
                let fits = AUTHORITY.get(usize::from(read)) == Some(&byte);
                let after = if read == 2 { At::HostStart } else { At::Colon(read + 1) };
                fits.then_some(after)
            }
            At::Host if byte == b'/' => Some(At::Path(self.tail(Tail::default(), byte))),
            At::HostStart | At::Host => self.is_of_host(byte).then_some(At::Host),
            At::Path(tail) => is_of_path(byte).then(|| At::Path(self.tail(tail, byte))),
        }
    }

    fn is_of_host(self, byte: u8) -> bool {
        let upper = byte.is_ascii_uppercase();
        byte.is_ascii_graphic()
            && !matches!(byte, b'/' | b'?' | b'#' | b'@' | b'\\')
            && (!upper || matches!(self, Self::AnyCase(_)))
    }

    fn tail(self, before: Tail, byte: u8) -> Tail {
        let suffix = self.suffix();
        let grown = suffix.get(before.suffix) == Some(&byte);
        let begun = usize::from(suffix.first() == Some(&byte));
        Tail {
            slash: byte == b'/',
            suffix: if grown { before.suffix + 1 } else { begun },
            tagged: byte != b'/' && (before.tagged || matches!(byte, b':' | b'@')),
        }
    }

    /// Whether a URL may end here.
    fn ends(self, at: At) -> bool {
        match at {
            At::Scheme(_) | At::Colon(_) | At::HostStart => false,
            At::Host => true,
            At::Path(_) if matches!(self, Self::AnyEnd(_)) => true,
            At::Path(tail) => {
                let suffix = self.suffix();
                let left_out = !suffix.is_empty() && tail.suffix == suffix.len();
                let tagged = self.purpose() == Purpose::Image && tail.tagged;
                !tail.slash && !left_out && !tagged
            }
        }
    }
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\')
}

/// Whether one of these URLs matches. Words are not looked at where an expression asks for their
/// boundaries, so now and then the answer is yes for an expression that matches none.
pub(super) fn reaches(nfa: &NFA, urls: Urls) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![(nfa.start_unanchored(), At::Scheme(0), Rest::More)];
    while let Some(place) = open.pop() {
        if !seen.insert(place) {
            continue;
        }
        let (state, at, rest) = place;
        let mut go = |state: StateID, at, rest| open.push((state, at, rest));
        match nfa.state(state) {
            // Whatever a URL began with, it can go on to an end.
            State::Match { .. } => return true,
            State::Fail => {}
            State::Union { alternates } => {
                alternates.iter().for_each(|next| go(*next, at, rest));
            }
            State::BinaryUnion { alt1, alt2 } => {
                go(*alt1, at, rest);
                go(*alt2, at, rest);
            }
            State::Look { look: Look::Start | Look::StartLF | Look::StartCRLF, next } => {
                if at == At::Scheme(0) {
                    go(*next, at, rest);
                }
            }
            State::Look { look: Look::End | Look::EndLF | Look::EndCRLF, next } => {
                if urls.ends(at) {
                    go(*next, at, Rest::Over);
                }
            }
            State::Capture { next, .. } | State::Look { next, .. } => go(*next, at, rest),
            reading => {
                for byte in b'!'..=b'~' {
                    let Some(after) = urls.next(at, byte).filter(|_| rest == Rest::More) else {
                        continue;
                    };
                    if let Some(next) = read(reading, byte) {
                        go(next, after, Rest::More);
                    }
                }
            }
        }
    }
    false
}

fn read(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(sparse) => sparse.matches_byte(byte),
        State::Dense(dense) => dense.matches_byte(byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::expression;

    fn matches(text: &str, urls: fn(Purpose) -> Urls) -> [bool; 3] {
        let (_, program) = expression::parse(text).unwrap();
        Purpose::ALL.map(|purpose| reaches(program.nfa(), urls(purpose)))
    }

    #[test]
    fn x18_what_no_compared_url_looks_like_is_noticed() {
        for good in [
            r"^https://ghcr\.io/",
            r"^http://github.com/",
            r"^oci://ghcr\.io/acme",
            r"ghcr.io/acme",
            "acme$",
            r"^https://[a-z]+\.example\.com(:\d+)?(/.*)?$",
            r"^https://(git|Git)\.example\.org/MyOrg/",
            r"(?i)^https://Git\.Example\.org/",
            r"^https://\[::1\]:5000/",
            r"\bacme\b",
            "",
        ] {
            assert_eq!(matches(good, Urls::Compared), [true; 3], "{good}");
        }
        for never in [
            "^https://Git.Example.org/MyOrg/.*",
            r"^HTTPS://ghcr\.io/",
            r"^git@github\.com:acme/",
            r"^ssh://git@host/",
            r"^https://[^/]+:[^/]+@ghcr\.io/",
            r"^https://ghcr\.io/acme/$",
            r"^https://ghcr\.io$.+",
            r"^//ghcr\.io/",
            r"^/acme/",
            r"a^b",
            r"\?token=",
            r"acme charts",
            r"^https://ghcr\.io/ü",
            r"[a&&b]",
        ] {
            assert_eq!(matches(never, Urls::Compared), [false; 3], "{never}");
        }
    }

    #[test]
    fn what_is_left_out_at_the_end_depends_on_the_purpose() {
        let [git, helm, image] = matches(r"^https://h\.example/.*\.git$", Urls::Compared);
        assert!(!git && helm && image);
        let [git, helm, image] = matches(r"/charts/index\.yaml$", Urls::Compared);
        assert!(git && !helm && image);
        let [git, helm, image] = matches(r"^https://h\.example/app:[0-9.]+$", Urls::Compared);
        assert!(git && helm && !image);
        assert_eq!(matches(r"^https://h\.example/a/$", Urls::AnyEnd), [true; 3]);
        assert_eq!(matches("^https://Git.Example.org/", Urls::AnyCase), [true; 3]);
    }
}
