//! From the bytes of an index to chart versions.

use std::collections::HashSet;

use domain::{
    Cause,
    charts::{FoundVersion, LeftOut, Skipped, Version},
};
use serde_json::Value;
use url::Url;

use super::{json, yaml};
use crate::chart::{Fields, Origin, found, is_name};

/// The most versions an index may hold.
pub(super) const VERSIONS: usize = 200_000;

/// Why an index could not be read; says where, never what stood there.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not UTF-8.
    #[error("the index is not UTF-8")]
    NotUtf8,
    /// It is no YAML or JSON.
    #[error("the index is malformed at line {line}")]
    Malformed {
        /// The line, from 1.
        line: usize,
    },
    /// It refers to itself, or its aliases stand for more than any index holds.
    #[error("the aliases of the index stand for too much")]
    Bomb,
    /// It holds no entries.
    #[error("the document has no `entries`")]
    NoEntries,
    /// It holds more than a server takes.
    #[error("the index has more than {VERSIONS} versions or too many values")]
    TooMany,
}

impl Unreadable {
    pub(super) const fn cause(&self) -> Cause {
        match self {
            Self::TooMany => Cause::IndexTooLarge,
            _ => Cause::IndexInvalid,
        }
    }
}

/// What an index holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Every version of every chart.
    pub versions: Vec<FoundVersion>,
    /// Entries that Helm does not read either.
    pub left_out: LeftOut,
}

/// Reads an index in YAML or JSON. Relative addresses are below `base`.
///
/// # Errors
/// When the document as a whole is no index; a bad entry is only left out, and counted.
pub fn parse(body: &[u8], base: &Url) -> Result<Index, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut versions = Versions::new(base);
    let is_json = text.trim_start().starts_with('{');
    let seen = match is_json.then(|| json::read(text, &mut versions)) {
        Some(Ok(seen)) => seen,
        // A flow mapping of YAML begins in the same way.
        None | Some(Err(Unreadable::Malformed { .. })) => {
            versions = Versions::new(base);
            yaml::read(text, &mut versions)?
        }
        Some(Err(unreadable)) => return Err(unreadable),
    };
    let Versions { found: versions, left_out, .. } = versions;
    if seen { Ok(Index { versions, left_out }) } else { Err(Unreadable::NoEntries) }
}

/// Collects what the readers find.
pub(super) struct Versions {
    base: Url,
    found: Vec<FoundVersion>,
    left_out: LeftOut,
    chart: String,
    of_chart: HashSet<String>,
}

impl Versions {
    fn new(base: &Url) -> Self {
        let mut base = base.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Self {
            base,
            found: Vec::new(),
            left_out: LeftOut::default(),
            chart: String::new(),
            of_chart: HashSet::new(),
        }
    }

    /// The versions that follow belong to this chart.
    pub(super) fn begin(&mut self, chart: &str) {
        chart.trim().clone_into(&mut self.chart);
        self.of_chart.clear();
    }

    /// Counts what is left out.
    pub(super) fn skip(&mut self, reason: Skipped) {
        self.left_out.add(reason);
    }

    /// Takes one version; the first of equal ones counts.
    pub(super) fn push(&mut self, mut fields: Fields) -> Result<(), Unreadable> {
        let is_named =
            matches!(fields.get("name"), Some(Value::String(name)) if !name.trim().is_empty());
        if !is_named || !is_name(&self.chart) {
            self.skip(Skipped::EntryWithoutName);
            return Ok(());
        }
        let url = match fields.remove("urls") {
            Some(Value::Array(urls)) => urls
                .into_iter()
                .find_map(|url| if let Value::String(url) = url { Some(url) } else { None }),
            Some(Value::String(url)) => Some(url),
            _ => None,
        };
        let origin = Origin {
            chart: self.chart.clone(),
            version: String::new(),
            digest: String::new(),
            url: url.map(|url| self.absolute(&url)).unwrap_or_default(),
        };
        let version =
            found(fields, origin).filter(|found| Version::parse(&found.version.version).is_some());
        let Some(version) = version else {
            self.skip(Skipped::EntryWithoutVersion);
            return Ok(());
        };
        if self.found.len() >= VERSIONS {
            return Err(Unreadable::TooMany);
        }
        if self.of_chart.insert(version.version.version.clone()) {
            self.found.push(version);
        } else {
            self.skip(Skipped::EntryTwice);
        }
        Ok(())
    }

    fn absolute(&self, url: &str) -> String {
        let mut text = match self.base.join(url.trim()) {
            Ok(absolute) => String::from(absolute),
            Err(_) => url.trim().to_owned(),
        };
        text.truncate(text.floor_char_boundary(2_048));
        text
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn index(text: &str) -> Result<Index, Unreadable> {
        parse(text.as_bytes(), &Url::parse("https://charts.example.com/team").unwrap())
    }

    fn read(text: &str) -> Result<Vec<FoundVersion>, Unreadable> {
        index(text).map(|index| index.versions)
    }

    const INDEX: &str = "apiVersion: v1
entries:
  alpine:
  - created: 2016-10-06T16:23:20.499814565-06:00
    description: >-
      Deploy a basic
      Alpine Linux pod
    digest: 99c7
    appVersion: 3.10
    name: alpine
    annotations: {a: [1, {b: c}]}
    sources: [https://github.com/helm/helm]
    urls: [https://cdn.example.org/alpine-0.2.0.tgz]
    version: 0.20
    maintainers:
    - name: Ann
      email: ann@example.com
  - name: alpine
    version: \"1.0.0\"
    deprecated: true
    urls:
    - charts/alpine-1.0.0.tgz
  - name: alpine
    version: 1.0.0
  - maintainers: 7
    name: alpine
    keywords: null
    version: 1.1.0
  - just a text
  - version: 1.2.0
  - {name: alpine, version: latest}
  - {name: alpine}
  -
  empty: []
  null: ~
  text: alpine
generated: 2016-10-06T16:23:20.499029981-06:00
";

    #[test]
    fn yaml_is_read_leniently() {
        let Index { versions: found, left_out } = index(INDEX).unwrap();
        let versions: Vec<_> = found.iter().map(|found| found.version.version.as_str()).collect();
        assert_eq!(versions, ["0.20", "1.0.0", "1.1.0"]);
        assert_eq!(found[0].version.app_version, "3.10");
        assert_eq!(found[0].metadata.description, "Deploy a basic Alpine Linux pod");
        assert_eq!(found[0].version.url, "https://cdn.example.org/alpine-0.2.0.tgz");
        assert_eq!(found[0].metadata.maintainers[0].email, "ann@example.com");
        assert_eq!(found[1].version.url, "https://charts.example.com/team/charts/alpine-1.0.0.tgz");
        assert!(found[1].version.deprecated && found[2].metadata.keywords.is_empty());
        assert_eq!(
            left_out.words(),
            "1 chart without a list, 2 entries that are no versions, 1 entry without a name, \
             2 entries without a version that Helm reads, 1 version listed twice"
        );
    }

    #[test]
    fn json_is_read_too() {
        let Index { versions: found, left_out } = index(
            r#" {"apiVersion":"v1","entries":{"a":[
            {"name":"a","version":"1.2.3","urls":["a.tgz"],"maintainers":7,"x":{"y":[1]}},
            null,{"name":"a","version":2},{"version":"2.0.0"},{"name":"a","version":"x"}],
            "b":null,"c":{"d":[1]},"e":"f","g":7},"z":[[]]}"#,
        )
        .unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            left_out.words(),
            "3 charts without a list, 1 entry that is no version, 1 entry without a name, \
             1 entry without a version that Helm reads"
        );
        assert_eq!(found[0].version.url, "https://charts.example.com/team/a.tgz");
        assert_eq!(found[1].version.version, "2");
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for text in [
            "",
            "hello",
            "a: 1",
            "- a",
            "{}",
            "[1]",
            "{\"entries\":{\"a\":[{\"version\":",
            "entries: [\n",
            "entries:\n  a:\n  - version: 'x\n",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(parse(b"entries: {\xff}", &Url::parse("https://a/").unwrap()).is_err());
        for text in ["entries: {}", "entries:", "entries: ~", "{\"entries\":null}"] {
            assert!(read(text).unwrap().is_empty(), "{text}");
        }
    }

    #[test]
    fn r_bomb_02_alias_bombs_and_deep_nesting_are_refused() {
        let mut aliases = String::from("a0: &a0 [x]\n");
        for level in 1..30 {
            writeln!(aliases, "a{level}: &a{level} [*a{0},*a{0}]", level - 1).unwrap();
        }
        // Nobody looks that deep into a version, so that nothing is expanded.
        let bomb = format!(
            "{aliases}entries:\n  a:\n  - name: a\n    version: *a29\n    keywords: *a29\n"
        );
        assert!(read(&bomb).unwrap().is_empty());
        assert!(read(&"[".repeat(200_000)).is_err());
        assert!(read(&format!("entries: {}", "{a: ".repeat(200_000))).is_err());
        assert!(read(&format!("{{\"entries\":{}", "[".repeat(200_000))).is_err());
        assert!(read(&format!("entries:\n  a:\n  - x: {}", "- ".repeat(200_000))).is_err());
    }

    #[test]
    fn aliases_stand_for_what_they_name() {
        let text = "apiVersion: v1
common: &common {name: web, home: https://example.com, description: Shared}
entries:
  web:
  - version: 1.1.0
    name: &web web
    maintainers: &id001
    - &ann {name: Ann, email: ann@example.com}
    - name: Bob
    urls: [&url web-1.1.0.tgz]
    keywords: &id002 [a, b]
  - version: 1.0.0
    name: *web
    maintainers: *id001
    keywords: *id002
    urls: [*url]
  - <<: *common
    version: &old 0.9.0
    description: Own
    maintainers: [*ann]
  - <<: [{home: https://first.example}, *common]
    version: 0.8.0
  api: &api
  - {version: *old, name: api}
  api-2: *api
";
        let found = read(text).unwrap();
        let names: Vec<_> =
            found.iter().map(|f| format!("{} {}", f.chart, f.version.version)).collect();
        let web = ["web 1.1.0", "web 1.0.0", "web 0.9.0", "web 0.8.0"];
        assert_eq!(names, [web.as_slice(), &["api 0.9.0", "api-2 0.9.0"]].concat());
        assert_eq!(found[0].metadata.maintainers.len(), 2);
        assert_eq!(found[1].metadata, found[0].metadata);
        assert_eq!(found[1].version.url, found[0].version.url);
        let third = &found[2].metadata;
        assert_eq!(
            (third.home.as_str(), third.description.as_str()),
            ("https://example.com", "Own")
        );
        assert_eq!(third.maintainers[0].name, "Ann");
        let fourth = &found[3].metadata;
        assert_eq!(
            (fourth.home.as_str(), fourth.description.as_str()),
            ("https://first.example", "Shared")
        );
    }

    #[test]
    fn r_bomb_02_what_aliases_stand_for_is_bounded() {
        // Each of a thousand versions names a list of a hundred lists of a hundred texts.
        let texts = vec!["x"; 100].join(",");
        let lists = vec!["*inner"; 100].join(",");
        let mut text = format!("i: &inner [{texts}]\no: &outer [{lists}]\nentries:\n  a:\n");
        for version in 0..1_000 {
            writeln!(text, "  - {{name: a, version: 1.{version}.0, keywords: *outer}}").unwrap();
        }
        assert!(matches!(read(&text), Err(Unreadable::Bomb)));
        for own in ["entries: {a: &x [*x]}", "entries: &x {a: [*x]}", "entries:\n  a: &x\n  - *x"] {
            assert!(matches!(read(own), Err(Unreadable::Bomb)), "{own}");
        }
        assert!(matches!(read("entries: {a: [*x]}"), Err(Unreadable::Malformed { .. })));
    }

    #[test]
    fn the_first_document_is_the_index() {
        for after in ["---\n", "...\n", "---\nentries: {b: [{version: 2.0.0}]}\n", "---\n\t{\n"] {
            let text = format!("---\nentries:\n  a:\n  - {{name: a, version: 1.0.0}}\n{after}");
            assert_eq!(read(&text).unwrap().len(), 1, "{after}");
        }
        // JSON only at its first sight.
        assert_eq!(read("{entries: {a: [{name: a, version: 1.0.0, }]}, }").unwrap().len(), 1);
    }

    #[test]
    fn r_bomb_01_lists_and_texts_are_cut_in_memory() {
        let many = vec!["k"; 10_000].join(",");
        let long = "d".repeat(100_000);
        let found = read(&format!(
            "entries:\n  a:\n  - name: a\n    version: 1.0.0\n    keywords: [{many}]\n    description: {long}\n"
        ))
        .unwrap();
        assert_eq!(found[0].metadata.keywords.len(), 100);
        assert_eq!(found[0].metadata.description.len(), 4_096);
    }
}
