use std::cmp::Ordering;

/// A version of a chart: the text as it was published, and its place in the order.
///
/// The grammar is the one that Helm reads (`NewVersion` of Masterminds/semver, version 3): a leading
/// `v`, missing parts and leading zeros are fine, so that `v1`, `1.2` and `2024.01.05` are versions. The
/// order is that of semantic versions, by numbers and then by pre-release. What Helm holds for equal
/// is put in order by build metadata and then by text, so that a list always looks the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    published: String,
    /// Major, minor, patch.
    numbers: [u64; 3],
    pre: Vec<Identifier>,
    build: Vec<Identifier>,
}

/// A part of a pre-release or of build metadata. Numbers come before words, as the order of the
/// variants says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Word(String),
}

/// The longest tag of a registry.
const TAG_BYTES: usize = 128;

impl Version {
    /// Reads a version; `None` for any other text.
    #[must_use]
    pub fn parse(published: &str) -> Option<Self> {
        let text = published.strip_prefix('v').unwrap_or(published);
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, identifiers(build)?),
            None => (text, Vec::new()),
        };
        let (numbers, pre) = match text.split_once('-') {
            Some((numbers, pre)) if pre.split('.').all(may_be_of_a_pre_release) => {
                (numbers, identifiers(pre)?)
            }
            Some(_) => return None,
            None => (text, Vec::new()),
        };
        Some(Self { published: published.to_owned(), numbers: three(numbers)?, pre, build })
    }

    /// Reads the version that a tag of a registry stands for: tags know no `+` and spell it `_`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let is_tag = tag.len() <= TAG_BYTES && !tag.contains('+');
        is_tag.then(|| Self::parse(&tag.replace('_', "+"))).flatten()
    }

    /// The tag that it has at a registry.
    #[must_use]
    pub fn tag(&self) -> String {
        self.published.replace('+', "_")
    }

    /// As it was published.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.published
    }

    /// Whether it is no pre-release.
    #[must_use]
    pub const fn is_stable(&self) -> bool {
        self.pre.is_empty()
    }

    /// As Helm compares: build metadata and spelling do not count.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        let released = |version: &Self| version.pre.is_empty();
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| released(self).cmp(&released(other)))
            .then_with(|| self.pre.cmp(&other.pre))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.precedence(other)
            .then_with(|| self.build.cmp(&other.build))
            .then_with(|| self.published.cmp(&other.published))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One to three numbers that a machine holds, with leading zeros or without.
fn three(text: &str) -> Option<[u64; 3]> {
    let mut numbers = [0; 3];
    let mut parts = text.split('.');
    for (number, part) in numbers.iter_mut().zip(parts.by_ref()) {
        *number = number_of(part)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn number_of(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// A number of a pre-release has no leading zeros, unlike those before it.
fn may_be_of_a_pre_release(part: &str) -> bool {
    let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
    !(is_number && part.len() > 1 && part.starts_with('0'))
}

fn identifiers(text: &str) -> Option<Vec<Identifier>> {
    let identifier = |part: &str| {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = !part.is_empty() && part.bytes().all(is_word);
        // A number that no machine holds is compared as a word, as Helm does.
        fits.then(|| match number_of(part) {
            Some(number) => Identifier::Number(number),
            None => Identifier::Word(part.to_owned()),
        })
    };
    text.split('.').map(identifier).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|| panic!("{text} is a version"))
    }

    #[test]
    fn what_helm_takes_is_a_version() {
        for text in [
            "1.2.3",
            "v1.2.3",
            "1",
            "v2",
            "1.2",
            "01.02.03",
            "2024.01.05",
            "1.2.3-rc.1",
            "1.2-rc.1",
            "v1-alpha",
            "1.2.3+build.5",
            "1+x",
            "1.2.3-rc.1+build.05",
            "1.2.3--",
            "1.2.3-0",
            "0",
            "1.2.3-x-y.7z",
            "18446744073709551615.0.0",
        ] {
            assert_eq!(Version::parse(text).map(|version| version.published), Some(text.into()));
        }
        for text in [
            "",
            "v",
            "V1.2.3",
            "vv1",
            "latest",
            "1.2.3.4",
            "1..3",
            ".1",
            "1.",
            "1.2.x",
            "*",
            "-1",
            "1.2.3-",
            "1.2.3+",
            "1.2.3-a..b",
            "1.2.3-01",
            "1.2.3-a_b",
            "1.2.3+a+b",
            " 1",
            "1 ",
            "1.2.3\n",
            "+1",
            "٣.1.2",
            "18446744073709551616.0.0",
            "sha256-abc.sig",
            "1.2.3+é",
        ] {
            assert_eq!(Version::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn tags_spell_a_plus_as_an_underscore() {
        let built = Version::of_tag("1.2.3_build.5").unwrap();
        assert_eq!((built.as_str(), built.tag().as_str()), ("1.2.3+build.5", "1.2.3_build.5"));
        for tag in ["v1", "1.2", "2024.01.05", "1.2.3-rc.1_x"] {
            assert_eq!(Version::of_tag(tag).unwrap().tag(), tag);
        }
        let long = format!("1.2.3-{}", "a".repeat(TAG_BYTES));
        for tag in ["latest", "1.2.3+x", "1_2_3", "_1", "1.2.3_a_b", "1.2.3/x", "..", &long] {
            assert_eq!(Version::of_tag(tag), None, "{tag}");
        }
    }

    /// Sorted as `Version.Compare` of Masterminds/semver does, each group that it holds for equal in
    /// one line.
    const ORDER: [&[&str]; 24] = [
        &["0", "v0.0", "0.0.0"],
        &["0.0.1-alpha"],
        &["0.0.1", "00.00.01"],
        &["0.9", "v0.9.0"],
        &["1.0.0-0"],
        &["1.0.0-2", "1-2"],
        &["1.0.0-10"],
        &["1.0.0--1"],
        &["1.0.0-99999999999999999999"],
        &["1.0.0-Z"],
        &["1.0.0-alpha"],
        &["1.0.0-alpha.1", "v1-alpha.1", "1.0.0-alpha.1+b"],
        &["1.0.0-alpha.beta"],
        &["1.0.0-beta"],
        &["1.0.0-beta.2"],
        &["1.0.0-beta.11"],
        &["1.0.0-rc.1"],
        &["1.0.0-rc.1.0"],
        &["1", "1.0", "1.0.0", "1.0.0+2", "1.0.0+10", "1.0.0+a", "v1.0.0"],
        &["1.2", "1.2.0+x"],
        &["1.10.0"],
        &["2023.10.1"],
        &["2024.01.05", "2024.1.5"],
        &["18446744073709551615.0.0"],
    ];

    #[test]
    fn the_order_is_that_of_helm() {
        for (place, group) in ORDER.iter().enumerate() {
            for text in *group {
                for (other_place, others) in ORDER.iter().enumerate() {
                    for other in *others {
                        let found = version(text).precedence(&version(other));
                        assert_eq!(found, place.cmp(&other_place), "{text} {other}");
                    }
                }
            }
        }
        let mut builds = ["1.0.0+10", "1.0.0", "1.0.0+a", "1.0.0+2"].map(version);
        builds.sort();
        assert_eq!(builds.map(|v| v.published), ["1.0.0", "1.0.0+2", "1.0.0+10", "1.0.0+a"]);
        assert!(version("1.2").is_stable() && !version("1.2-rc.1").is_stable());
        assert!(version("1.2.0+rc-1").is_stable(), "metadata is no pre-release");
    }

    /// Versions of all shapes, from a generator that always makes the same ones.
    fn many() -> Vec<Version> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        let numbers = ["0", "1", "2", "9", "10", "00", "01", "18446744073709551615"];
        let words =
            ["0", "1", "2", "10", "a", "A", "rc", "rc1", "-", "x-y", "99999999999999999999"];
        (0..160)
            .map(|_| {
                let parts: Vec<_> = (0..=next(3)).map(|_| numbers[next(numbers.len())]).collect();
                let mut text = format!("{}{}", ["", "v"][next(2)], parts.join("."));
                for mark in ["-", "+"] {
                    let count = next(4);
                    if count > 0 {
                        let parts: Vec<_> = (0..count).map(|_| words[next(words.len())]).collect();
                        text.push_str(mark);
                        text.push_str(&parts.join("."));
                    }
                }
                version(&text)
            })
            .collect()
    }

    #[test]
    fn the_order_is_total_and_keeps_to_the_precedence() {
        let all = many();
        for a in &all {
            for b in &all {
                assert_eq!(a.cmp(b), b.cmp(a).reverse());
                assert_eq!(a.cmp(b) == Ordering::Equal, a == b);
                assert_eq!(a == b, a.as_str() == b.as_str());
                assert_eq!(a.precedence(b), b.precedence(a).reverse());
                if a.precedence(b) != Ordering::Equal {
                    assert_eq!(a.cmp(b), a.precedence(b));
                }
                for c in &all {
                    if a <= b && b <= c {
                        assert!(a <= c, "{a:?} {b:?} {c:?}");
                    }
                }
            }
            assert_eq!(Version::of_tag(&a.tag()).as_ref(), Some(a), "a tag brings it back");
            let with_v = format!("v{}", a.as_str().trim_start_matches('v'));
            assert_eq!(version(&with_v).precedence(a), Ordering::Equal);
        }
    }
}
