//! Gathers what the environment and the file say, and reads settings from it. By hand, because `figment`
//! stops at the first value that does not fit its type, and quotes it (D-40).

use std::{collections::BTreeMap, ffi::OsString, fs, path::Path};

use super::{
    Problem,
    settings::{self, Key, SETTINGS, find},
};

/// What the names of all settings begin with.
const PREFIX: &str = "HAWSER_";

/// Names that begin like a setting but are somebody else's: what the tests and the build read, and what
/// Kubernetes sets for a Service called `hawser`.
const FOREIGN: [&str; 4] = ["HAWSER_TEST_", "HAWSER_WASM_", "HAWSER_PORT", "HAWSER_SERVICE_"];

/// What was set, by the name of the setting, and what is wrong so far.
#[derive(Default)]
pub(super) struct Values {
    set: BTreeMap<&'static str, String>,
    problems: Vec<Problem>,
}

/// A problem was noted.
#[derive(Debug)]
pub(super) struct Noted;

/// A struct, filled from settings and what follows them. All are read before a problem ends the function, so
/// that every problem is noted.
macro_rules! read {
    ($values:ident; $type:path { $($field:ident: $key:path),+ $(,)? $(; $($other:ident: $value:expr),+ $(,)?)? }) => {{
        $(let $field = $values.get(&$key);)+
        $type { $($($other: $value,)+)? $($field: $field?),+ }
    }};
}
pub(super) use read;

impl Values {
    /// Reads the environment, and the file it names.
    pub(super) fn gather(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut values = Self::default();
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            match value.into_string() {
                _ if FOREIGN.iter().any(|foreign| name.starts_with(foreign)) => {}
                Ok(value) => values.put(name, name, value),
                Err(_) => values.note(name, "its value is no UTF-8 text"),
            }
        }
        if let Some(path) = values.text(settings::CONFIG.name).map(str::to_owned)
            && let Err(what) = values.read_file(Path::new(&path))
        {
            values.note(settings::CONFIG.name, what);
        }
        values
    }

    fn read_file(&mut self, path: &Path) -> Result<(), String> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("reading {shown}: {error}"))?;
        // The parser's own text quotes lines of the file, which may hold a password.
        let table = text.parse::<toml::Table>().map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            format!("{shown} is not valid TOML near line {}", before.matches('\n').count() + 1)
        })?;
        for (key, value) in table {
            let name = format!("{PREFIX}{}", key.to_ascii_uppercase());
            match as_text(&value) {
                None => self.note(&key, "must be a text, a number or a list of texts"),
                Some(_) if name == settings::CONFIG.name => {
                    self.note(&key, "a file cannot name another file");
                }
                Some(_) if self.set.contains_key(name.as_str()) => {}
                Some(value) => self.put(&key, &name, value),
            }
        }
        Ok(())
    }

    fn put(&mut self, written: &str, name: &str, value: String) {
        let hint = match find(name) {
            Ok(name) => {
                self.set.insert(name, value);
                return;
            }
            Err(Some(close)) => format!("did you mean {close}?"),
            Err(None) => "`hawser-server --help` lists all".to_owned(),
        };
        self.note(written, format!("there is no such setting; {hint}"));
    }

    /// What was set, without the white space around it; empty counts as not set.
    fn text(&self, name: &str) -> Option<&str> {
        self.set.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether it was set.
    pub(super) fn has<T>(&self, key: &Key<T>) -> bool {
        self.text(key.name).is_some()
    }

    /// Reads one setting; what is wrong with it is noted.
    pub(super) fn get<T>(&mut self, key: &Key<T>) -> Result<T, Noted> {
        (key.parse)(self.text(key.name).unwrap_or(key.unset))
            .map_err(|what| self.problem(key.name, what))
    }

    /// Notes each setting that is set and needs this, which is not there.
    pub(super) fn without(&mut self, needed: &str) {
        for setting in SETTINGS.iter().filter(|setting| setting.needs == needed) {
            if self.text(setting.name).is_some() {
                self.note(setting.name, format!("has no effect without {needed}"));
            }
        }
    }

    /// Notes that something is wrong with a setting.
    pub(super) fn problem(&mut self, name: &str, what: impl Into<String>) -> Noted {
        self.problems.push(Problem { name: name.to_owned(), what: what.into() });
        Noted
    }

    fn note(&mut self, name: &str, what: impl Into<String>) {
        let Noted = self.problem(name, what);
    }

    /// Everything that is wrong.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

/// A scalar as it would be written in the environment; a list with commas.
fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}
