//! The catalog: charts of all repositories.

mod catalog;
mod detail;

pub(crate) use catalog::{catalog, of_repository};
pub(crate) use detail::detail;
