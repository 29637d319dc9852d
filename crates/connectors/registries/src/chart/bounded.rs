//! Foreign JSON read into a value of bounded size, whatever its author had in mind (R-BOMB-01).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The most items of a list that are kept.
pub(crate) const ROWS: usize = 100;
/// The most keys of a nested mapping that are kept.
pub(crate) const KEYS: usize = 32;
/// The most characters of a text that are kept.
pub(crate) const CHARS: usize = 4_096;

/// Reads a value `depth` levels deep; what is deeper becomes null.
#[derive(Clone, Copy)]
pub(crate) struct Bounded {
    pub(crate) depth: u8,
    /// Which keys of the outermost mapping are kept.
    pub(crate) wanted: fn(&str) -> bool,
}

impl Bounded {
    const fn deeper(self) -> Option<Self> {
        match self.depth.checked_sub(1) {
            Some(depth) => Some(Self { depth, wanted: |_| true }),
            None => None,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Bounded {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(cut(text).to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        if let Some(deeper) = self.deeper() {
            while kept.len() < ROWS {
                let Some(item) = items.next_element_seed(deeper)? else {
                    return Ok(Value::Array(kept));
                };
                kept.push(item);
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            match self.deeper() {
                Some(deeper) if kept.len() < KEYS && (self.wanted)(&key) => {
                    let value = entries.next_value_seed(deeper)?;
                    kept.insert(key, value);
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Object(kept))
    }
}

/// The first [`CHARS`] characters.
pub(super) fn cut(text: &str) -> &str {
    if text.len() <= CHARS {
        return text;
    }
    text.char_indices().nth(CHARS).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}
