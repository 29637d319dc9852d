//! An index in JSON, which Helm accepts as well.

use std::fmt;

use domain::charts::Skipped;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::index::{Unreadable, Versions};
use crate::chart::{Bounded, wanted};

/// Reads the document into `versions`; answers whether it has `entries`.
pub(super) fn read(text: &str, versions: &mut Versions) -> Result<bool, Unreadable> {
    let mut refused = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserializer.deserialize_map(Document { versions, refused: &mut refused });
    let seen = match (read, refused) {
        (_, Some(refused)) => return Err(refused),
        (Err(error), None) => return Err(Unreadable::Malformed { line: error.line() }),
        (Ok(seen), None) => seen,
    };
    deserializer.end().map_err(|error| Unreadable::Malformed { line: error.line() })?;
    Ok(seen)
}

struct Document<'a> {
    versions: &'a mut Versions,
    refused: &'a mut Option<Unreadable>,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an index")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut seen = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "entries" {
                seen = true;
                map.next_value_seed(Entries { versions: self.versions, refused: self.refused })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(seen)
    }
}

struct Entries<'a> {
    versions: &'a mut Versions,
    refused: &'a mut Option<Unreadable>,
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of charts")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(chart) = map.next_key::<String>()? {
            self.versions.begin(&chart);
            map.next_value_seed(Chart { versions: self.versions, refused: self.refused })?;
        }
        Ok(())
    }
}

struct Chart<'a> {
    versions: &'a mut Versions,
    refused: &'a mut Option<Unreadable>,
}

impl<'de> DeserializeSeed<'de> for Chart<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Chart<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of versions")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element_seed(Bounded { depth: 4, wanted })? {
            let Value::Object(fields) = item else {
                self.versions.skip(Skipped::EntryIsNoVersion);
                continue;
            };
            if let Err(refused) = self.versions.push(fields) {
                *self.refused = Some(refused);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.versions.skip(Skipped::ChartIsNoList);
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.versions.skip(Skipped::ChartIsNoList);
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.versions.skip(Skipped::ChartIsNoList);
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.versions.skip(Skipped::ChartIsNoList);
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.versions.skip(Skipped::ChartIsNoList);
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.versions.skip(Skipped::ChartIsNoList);
        Ok(())
    }
}
