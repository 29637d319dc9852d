//! `Chart.yaml` as other people write it, read leniently: a field of the wrong type is left out,
//! not the whole index.

mod bounded;
mod found;

pub(crate) use bounded::{Bounded, CHARS, KEYS, ROWS};
pub(crate) use found::{Origin, found, is_name, wanted};

/// One version of a chart, reduced to the fields and sizes that are kept.
pub(crate) type Fields = serde_json::Map<String, serde_json::Value>;
