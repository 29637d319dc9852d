//! Charts and packages that an export asks for by name, perhaps with the versions that will do.

use super::ExportSettings;
use crate::repositories::is_chart_name;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedChart<'a> {
    /// Its name.
    pub name: &'a str,
    /// The versions that will do; empty for any.
    pub versions: &'a str,
}

impl<'a> RequestedChart<'a> {
    /// `NAME` or `NAME@VERSIONS`.
    fn of(entry: &'a str) -> Self {
        let (name, versions) = entry.split_once('@').unwrap_or((entry, ""));
        Self { name: name.trim(), versions: versions.trim() }
    }
}

impl ExportSettings {
    /// The charts that get an object of their own.
    pub fn asked_charts(&self) -> impl Iterator<Item = RequestedChart<'_>> {
        entries(&self.charts).map(RequestedChart::of)
    }

    /// The packages to install.
    pub fn asked_packages(&self) -> impl Iterator<Item = RequestedChart<'_>> {
        entries(&self.packages).map(RequestedChart::of)
    }
}

/// Versions have spaces in them, so only commas and lines part two entries.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '\n', '\r']).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Charts as they are kept.
///
/// # Errors
/// What is wrong with them.
pub(super) fn charts(text: &str) -> Result<String, String> {
    read(text, Reader::Flux, |name| {
        if is_chart_name(name) {
            return Ok(());
        }
        Err("Chart names are lower-case letters, digits, dots, dashes and slashes, such as web or team/web."
            .to_owned())
    })
}

/// Packages as they are kept; `read_name` refuses what is no name of an object.
///
/// # Errors
/// What is wrong with them.
pub(super) fn packages(
    text: &str,
    read_name: fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    read(text, Reader::Carvel, |name| {
        read_name(name)?;
        // carvel-dev/kapp-controller `pkg/apiserver/apis/datapackaging/validation`,
        // `IsFullyQualifiedName`.
        if name.split('.').count() < 3 {
            return Err(
                "A package has a name with at least two dots, such as prometheus.example.com."
                    .to_owned(),
            );
        }
        Ok(())
    })
}

/// The most bytes of a list; a form that is shown again holds it whole.
const LONGEST: usize = 8 * 1_024;
/// The most entries of a list.
const MOST: usize = 100;

fn read(
    text: &str,
    reader: Reader,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<String, String> {
    if text.len() > LONGEST {
        return Err(format!("Too long: {} bytes, the limit is 8,192.", text.len()));
    }
    let mut kept: Vec<RequestedChart<'_>> = Vec::new();
    for entry in entries(text) {
        let asked = RequestedChart::of(entry);
        check(asked.name)?;
        let bare = entry.contains('@') && asked.versions.is_empty();
        if bare || !(asked.versions.is_empty() || reader.reads(asked.versions)) {
            return Err(reader.advice().to_owned());
        }
        match kept.iter().find(|known| known.name == asked.name) {
            Some(known) if *known == asked => {}
            Some(_) => {
                return Err("One name stands there twice with different versions.".to_owned());
            }
            None => kept.push(asked),
        }
    }
    if kept.len() > MOST {
        return Err(format!("At most {MOST} names."));
    }
    let spelled = |asked: &RequestedChart<'_>| match asked.versions {
        "" => asked.name.to_owned(),
        versions => format!("{}@{versions}", asked.name),
    };
    Ok(kept.iter().map(spelled).collect::<Vec<_>>().join(","))
}

/// Who reads the versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Flux, with Masterminds/semver (`constraints.go`): parts of a version may be missing.
    Flux,
    /// kapp-controller, with blang/semver (`range.go`): a version is whole, or ends with `x`.
    Carvel,
}

impl Reader {
    const fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Flux => &["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"],
            Self::Carvel => &["", "=", "==", "!", "!=", ">", "<", ">=", "<="],
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::Flux => {
                "Write versions behind the @ as 1.2.3, 1.x, ~1.4, ^2 or >=1.2.0 <2.0.0, with || for or."
            }
            Self::Carvel => {
                "Write versions behind the @ as 1.2.3, 1.x or >=1.2.0 <2.0.0, with || for or."
            }
        }
    }

    /// Whether it understands these versions: ranges with `||` between them, each of conditions that
    /// hold together.
    fn reads(self, versions: &str) -> bool {
        versions.split("||").all(|range| self.reads_range(range))
    }

    fn reads_range(self, range: &str) -> bool {
        let mut words = range.split_whitespace().peekable();
        let is_empty = words.peek().is_none();
        while let Some(word) = words.next() {
            let version = word.trim_start_matches(['=', '!', '<', '>', '~', '^']);
            let operator = word.strip_suffix(version).unwrap_or_default();
            // An operator may stand apart from its version.
            let version = if version.is_empty() { words.next() } else { Some(version) };
            let fits = self.operators().contains(&operator)
                && version.is_some_and(|version| self.reads_version(version));
            if !fits {
                return false;
            }
        }
        !is_empty
    }

    fn reads_version(self, version: &str) -> bool {
        let version = match self {
            Self::Flux => version.strip_prefix('v').unwrap_or(version),
            Self::Carvel => version,
        };
        let (rest, build) = cut(version, '+');
        let (core, pre) = cut(rest, '-');
        let parts: Vec<&str> = core.split('.').collect();
        let wild = |part: &&&str| match self {
            Self::Flux => matches!(**part, "x" | "X" | "*"),
            Self::Carvel => **part == "x",
        };
        let numbers = parts.iter().take_while(|part| is_number(part)).count();
        let wilds = parts.iter().skip(numbers).take_while(wild).count();
        let shape = numbers + wilds == parts.len() && parts.len() <= 3;
        let whole = numbers == 3;
        let fits = match self {
            Self::Flux => true,
            Self::Carvel => whole || wilds == 1,
        };
        let suffixes = pre.is_none_or(is_suffix) && build.is_none_or(is_suffix);
        shape && fits && suffixes && (whole || (pre.is_none() && build.is_none()))
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(text, rest)| (text, Some(rest)))
}

fn is_number(part: &str) -> bool {
    let digits = !part.is_empty() && part.len() <= 9 && part.bytes().all(|b| b.is_ascii_digit());
    digits && (part == "0" || !part.starts_with('0'))
}

/// What stands behind `-` or `+` in a version (semver.org, 9 and 10).
fn is_suffix(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 128 && text.split('.').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_versions_that_it_understands() {
        let both =
            ["1.2.3", "1.x", ">=1.2.0 <2.0.0", ">= 1.2.0", "1.7.2+vmware.1-tkg.1", "!=1.0.0"];
        let whole = ["1.0.0-rc.1 || >2.0.0", "=1.2.3", "1.2.x"];
        for versions in both.iter().chain(&whole) {
            assert!(Reader::Flux.reads(versions) && Reader::Carvel.reads(versions), "{versions}");
        }
        for versions in ["~1.4", "^2", "v1.2.3", "*", ">=1", "1.X"] {
            assert!(Reader::Flux.reads(versions) && !Reader::Carvel.reads(versions), "{versions}");
        }
        for versions in [
            "", " ", "||", "1.2.3 ||", ">", "a", "1..2", "1.2.3.4", "01.2.3", "1.x-rc", "1.2.3-",
            "1 - 2", "><1", "1.2.3;", "{{ x }}",
        ] {
            assert!(!Reader::Flux.reads(versions) && !Reader::Carvel.reads(versions), "{versions}");
        }
    }

    #[test]
    fn names_and_versions_are_kept_once() {
        assert_eq!(
            charts(" web@>=1.2.0 <2 ,\nteam/web,, web@>=1.2.0 <2 ").unwrap(),
            "web@>=1.2.0 <2,team/web"
        );
        let settings =
            ExportSettings { charts: "web@>=1.2.0 <2,team/web".into(), ..Default::default() };
        let asked: Vec<_> = settings.asked_charts().map(|one| (one.name, one.versions)).collect();
        assert_eq!(asked, [("web", ">=1.2.0 <2"), ("team/web", "")]);
        for bad in ["Web", "../web", "web@", "web@latest", "web,web@1.0.0", "a b", "web:1.0.0"] {
            assert!(charts(bad).is_err(), "{bad}");
        }
        let name = |name: &str| Ok(name.to_owned());
        assert_eq!(packages("a.b.c@1.x", name).unwrap(), "a.b.c@1.x");
        assert!(packages("a.b", name).is_err() && packages("a.b.c@~1", name).is_err());
    }
}
