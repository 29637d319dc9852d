//! Gathers what the environment and the file say, before anything is understood. By hand, because `figment`
//! stops at the first value that does not fit its type, and quotes it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Problem,
    settings::{self, FILE, PREFIX},
};

/// What was set, by the name of the setting, and what is wrong so far.
#[derive(Default)]
pub(super) struct Values {
    set: BTreeMap<&'static str, String>,
    problems: Vec<Problem>,
}

impl Values {
    /// Reads the environment, and the file it names.
    pub(super) fn gather(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut values = Self::default();
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if settings::is_foreign(name) {
                continue;
            }
            match value.into_string() {
                Ok(value) => values.put(name, name, value),
                Err(_) => values.problem(name, "its value is no UTF-8 text"),
            }
        }
        if let Some(path) = values.text(FILE).map(str::to_owned) {
            values.read_file(Path::new(&path));
        }
        values
    }

    fn read_file(&mut self, path: &Path) {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return self.problem(FILE, format!("reading {}: {error}", path.display()));
            }
        };
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            // The parser's own text quotes lines of the file, which may hold a password.
            Err(error) => {
                let line = error.span().map_or(1, |span| {
                    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
                });
                return self.problem(
                    FILE,
                    format!("{} is not valid TOML near line {line}", path.display()),
                );
            }
        };
        for (key, value) in table {
            let name = settings::of_file_key(&key);
            match as_text(&value) {
                Some(_) if name == FILE => self.problem(&key, "a file cannot name another file"),
                Some(value) => {
                    if settings::find(&name).is_none_or(|name| !self.set.contains_key(name)) {
                        self.put(&key, &name, value);
                    }
                }
                None => self.problem(&key, "must be a text, a number or a list of texts"),
            }
        }
    }

    fn put(&mut self, written: &str, name: &str, value: String) {
        if let Some(name) = settings::find(name) {
            self.set.insert(name, value);
        } else {
            let hint = settings::closest(name).map_or_else(
                || "there is no such setting; `hawser-server --help` lists all".to_owned(),
                |close| format!("there is no such setting; did you mean {close}?"),
            );
            self.problem(written, hint);
        }
    }

    /// What was set, without the white space around it; empty counts as not set.
    pub(super) fn text(&self, name: &'static str) -> Option<&str> {
        debug_assert!(settings::find(name).is_some(), "{name} is not in the table");
        self.set.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Understands one setting; `default` counts when it is not set.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(self.text(name).unwrap_or(default)) {
            Ok(value) => Some(value),
            Err(what) => {
                self.problem(name, what);
                None
            }
        }
    }

    /// The same for a setting that may be left out.
    #[expect(clippy::option_option, reason = "a problem, nothing, or a value")]
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        match self.text(name) {
            None => Some(None),
            Some(_) => self.read(name, "", parse).map(Some),
        }
    }

    /// Understands one of two words.
    pub(super) fn choice<T>(
        &mut self,
        name: &'static str,
        default: &str,
        [(first, one), (second, other)]: [(&str, T); 2],
    ) -> Option<T> {
        self.read(name, default, |text| match text {
            text if text == first => Ok(one),
            text if text == second => Ok(other),
            _ => Err(format!("{text:?} is neither {first} nor {second}")),
        })
    }

    /// Notes each of these that is set: alone it does nothing.
    pub(super) fn without_effect(&mut self, names: &[&'static str], without: &str) {
        for &name in names {
            if self.text(name).is_some() {
                self.problem(name, format!("has no effect without {without}"));
            }
        }
    }

    /// Notes that something is wrong with a setting.
    pub(super) fn problem(&mut self, name: &str, what: impl Into<String>) {
        self.problems.push(Problem { name: name.to_owned(), what: what.into() });
    }

    /// Everything that is wrong.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

/// A parser of paths to files that can be opened; `needed` says when one has to be named.
pub(super) fn file(needed: &str) -> impl Fn(&str) -> Result<PathBuf, String> {
    move |text| {
        if text.is_empty() {
            return Err(format!("is needed with {needed}"));
        }
        let path = PathBuf::from(text);
        fs::File::open(&path).map_err(|error| format!("opening {text}: {error}"))?;
        Ok(path)
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
