//! Fields of foreign documents as their authors write them: a number as text, a list that is null, a
//! row that makes no sense. Such a field costs itself and not the document around it.
//!
//! Each function is for `#[serde(default, deserialize_with = "…")]`.

use std::fmt;

use domain::Secret;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use zeroize::Zeroizing;

/// A single value; what is none counts as nothing.
enum Scalar {
    Nothing,
    Truth(bool),
    Number(f64),
    Text(Zeroizing<String>),
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Truth(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "what is read as a number is a time or a count")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "what is read as a number is a time or a count")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Scalar, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }
}

impl Scalar {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Nothing | Self::Truth(_) => None,
        }
        .filter(|number| number.is_finite())
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Nothing | Self::Truth(_) => String::new(),
        }
    }
}

/// A number, also one that is written as text.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Scalar::deserialize(deserializer).map(|value| value.number())
}

/// Whole seconds of a length of time; a part of a second is left out, and so is what is negative.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let number = number(deserializer)?;
    Ok(number
        .and_then(|seconds| std::time::Duration::try_from_secs_f64(seconds).ok())
        .map(|length| length.as_secs()))
}

/// A text; a number as it is written, and empty for anything else.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Scalar::deserialize(deserializer).map(|value| value.text())
}

/// A secret that is not empty.
pub fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Text(mut text) if !text.is_empty() => Some(Secret::new(std::mem::take(&mut text))),
        _ => None,
    })
}

/// Whether it is true.
pub fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Truth(value) => value,
        Scalar::Text(text) => text.eq_ignore_ascii_case("true"),
        Scalar::Nothing | Scalar::Number(_) => false,
    })
}

/// A list of texts, or one text alone; an item that is no text is empty.
pub fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => {
            items.into_iter().map(|item| own(item).unwrap_or_default()).collect()
        }
        item => own(item).into_iter().collect(),
    })
}

fn own(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A list; what is no list is empty, and a row that cannot be read is left out.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => {
            items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect()
        }
        _ => Vec::new(),
    })
}

/// A list that a document is nothing without: null is empty, anything else that is no list is an error, and
/// a row that cannot be read is left out.
pub fn rows<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let items = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

/// A value; `None` for one that cannot be read.
pub fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Document {
        #[serde(default, deserialize_with = "seconds")]
        seconds: Option<u64>,
        #[serde(default, deserialize_with = "text")]
        text: String,
        #[serde(default, deserialize_with = "secret")]
        secret: Option<Secret>,
        #[serde(default, deserialize_with = "truth")]
        truth: bool,
        #[serde(default, deserialize_with = "texts")]
        texts: Vec<String>,
        #[serde(default, deserialize_with = "list")]
        list: Vec<Row>,
        #[serde(default, deserialize_with = "optional")]
        row: Option<Row>,
        /// The field beside them that has to be read whatever they are.
        kept: u8,
    }

    #[derive(Deserialize)]
    struct Row {
        id: u8,
    }

    fn with(field: &str, value: &str) -> Document {
        serde_json::from_str(&format!("{{\"{field}\":{value},\"kept\":7}}")).unwrap()
    }

    const ODD: [&str; 9] =
        ["null", "true", "-1", "1e400", "\"\"", "\"x\"", "[]", "{}", "[[{\"a\":[null]}]]"];

    #[test]
    fn no_value_of_an_optional_field_costs_the_document() {
        for field in ["seconds", "text", "secret", "truth", "texts", "list", "row"] {
            for value in ODD {
                // A number that no machine holds is no JSON for the parser.
                if value != "1e400" {
                    assert_eq!(with(field, value).kept, 7, "{field} {value}");
                }
            }
        }
    }

    #[test]
    fn values_are_read_in_every_spelling() {
        for (value, seconds) in [
            ("300", Some(300)),
            ("\"300\"", Some(300)),
            ("\" 300 \"", Some(300)),
            ("300.9", Some(300)),
            ("\"3e2\"", Some(300)),
            ("0", Some(0)),
            ("-5", None),
            ("\"soon\"", None),
            ("\"NaN\"", None),
            ("[300]", None),
        ] {
            assert_eq!(with("seconds", value).seconds, seconds, "{value}");
        }
        assert_eq!(with("text", "17").text, "17");
        assert_eq!(with("secret", "\"s\"").secret.unwrap(), "s");
        assert!(with("secret", "\"\"").secret.is_none());
        assert!(with("truth", "\"True\"").truth && !with("truth", "1").truth);
        assert_eq!(with("texts", "[\"a\",1,null,\"b\"]").texts, ["a", "", "", "b"]);
        assert_eq!(with("texts", "\"a\"").texts, ["a"]);
        let ids: Vec<_> = with("list", "[{\"id\":1},{},{\"id\":\"2\"},7,{\"id\":3}]")
            .list
            .iter()
            .map(|row| row.id)
            .collect();
        assert_eq!(ids, [1, 3]);
        assert_eq!(with("row", "{\"id\":1}").row.unwrap().id, 1);
        assert!(with("row", "{\"id\":\"x\"}").row.is_none());
    }
}
