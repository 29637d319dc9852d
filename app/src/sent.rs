//! A form as it was sent: what goes back to its page when it has to be shown again.

#![expect(clippy::disallowed_methods, reason = "reads typed fields into the type of a form")]

use std::collections::BTreeMap;

use domain::Secret;
use serde::{Deserialize, Serialize, de::DeserializeOwned, de::value};
use serde_json::Value;

use crate::ui::path::ours;

/// The name under which [`Sent`] notes that a secret was typed.
pub(crate) const LOST_SECRET: &str = "lost_secret";

/// The most bytes of a field that are kept: a session row is no place for a novel, and the rules refuse
/// what is much shorter.
const MOST_KEPT: usize = 65_536;

/// A form as it was sent: its name, the page it stands on, and what was typed without secrets.
pub(crate) struct Sent {
    pub(crate) form: &'static str,
    pub(crate) from: String,
    pub(crate) values: BTreeMap<String, String>,
}

impl Sent {
    /// A form without fields to fill in again.
    pub fn new(form: &'static str, from: &str) -> Self {
        Self { form, from: ours(from, "/").to_owned(), values: BTreeMap::new() }
    }

    /// A form with what was typed into it. Secrets serialize to nothing.
    pub fn of(form: &'static str, from: &str, typed: &impl Serialize) -> Self {
        Self::new(form, from).and(typed)
    }

    /// The same with more fields that stand in the form.
    pub fn and(self, typed: &impl Serialize) -> Self {
        self.and_values(values(typed))
    }

    /// The same with what [`values`] made of more fields.
    pub fn and_values(self, values: BTreeMap<String, String>) -> Self {
        values.into_iter().fold(self, |sent, (field, value)| sent.with(&field, &value))
    }

    /// Keeps a value that no type of a form has. Never call it with a secret.
    pub fn with(mut self, field: &str, value: &str) -> Self {
        // A key that was pasted into the field of a certificate is a secret after all.
        let value = if value.contains("PRIVATE KEY") { "" } else { value };
        let end = value.floor_char_boundary(MOST_KEPT);
        self.values.insert(field.to_owned(), value.get(..end).unwrap_or_default().to_owned());
        self
    }

    /// Notes that a secret was typed: a page that is loaded anew has to say that it was not kept.
    pub fn with_secret(self, secret: &Secret) -> Self {
        if secret.is_empty() { self } else { self.with(LOST_SECRET, "typed") }
    }
}

/// The page that a form stands on, and the way back to the form that was left for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ReturnTo {
    /// The page.
    pub from: String,
    /// The way back; empty where no form was left.
    pub next: String,
}

/// The fields of a form of which only its name says what they are. Each is held as a secret until a type
/// of a form has read it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct TypedFields(BTreeMap<String, Secret>);

impl TypedFields {
    /// The fields as this form has them.
    pub fn read<T: DeserializeOwned + Default>(&self) -> T {
        let fields = self.0.iter().map(|(name, value)| (name.as_str(), value.expose()));
        T::deserialize(value::MapDeserializer::<_, value::Error>::new(fields)).unwrap_or_default()
    }

    /// What of them this form keeps.
    pub fn kept_by<T: DeserializeOwned + Default + Serialize>(&self) -> BTreeMap<String, String> {
        values(&self.read::<T>())
    }
}

/// The fields of a form by name: text as it is, a list as its elements in order, with commas between.
pub(crate) fn values(form: &impl Serialize) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    if let Ok(Value::Object(form)) = serde_json::to_value(form) {
        for (name, value) in form {
            match value {
                Value::String(value) => drop(fields.insert(name, value)),
                Value::Array(list) => {
                    let list = joined(list.iter().filter_map(Value::as_str));
                    drop(fields.insert(name, list));
                }
                _ => {}
            }
        }
    }
    fields
}

/// `stored` with what `one` knows of its texts and `many` of its lists in the place of it.
pub(crate) fn refilled<T: Clone + Serialize + DeserializeOwned>(
    stored: &T,
    one: impl Fn(&str) -> Option<String>,
    many: impl Fn(&str) -> Option<Vec<String>>,
) -> T {
    let mut form = serde_json::to_value(stored).unwrap_or_default();
    for (name, value) in form.as_object_mut().into_iter().flatten() {
        let known = match value {
            Value::Array(_) => many(name).map(Value::from),
            _ => one(name).map(Value::from),
        };
        if let Some(known) = known {
            *value = known;
        }
    }
    serde_json::from_value(form).unwrap_or_else(|_| stored.clone())
}

/// The elements of a list as one value, in an order that does not depend on who wrote it.
pub(crate) fn joined<'a>(list: impl Iterator<Item = &'a str>) -> String {
    let mut list: Vec<_> = list.collect();
    list.sort_unstable();
    list.join(",")
}

/// The elements of [`joined`].
pub(crate) fn split(kept: &str) -> Vec<String> {
    kept.split(',').filter(|one| !one.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use domain::repositories::AddRepository;

    use super::*;

    #[test]
    fn a_private_key_in_the_wrong_field_is_not_kept() {
        let ca = "-----BEGIN PRIVATE KEY-----\nMII".to_owned();
        let typed = AddRepository { ca, name: "a".into(), ..AddRepository::default() };
        let sent = Sent::of("repository-add", "/", &typed);
        assert_eq!((sent.values["ca"].as_str(), sent.values["name"].as_str()), ("", "a"));
    }
}
