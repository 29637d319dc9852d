//! What a person sees: pages, forms and islands.
//!
//! With `ssr` the pages and server functions are compiled for the server. With `hydrate` only the
//! islands are, for the browser.

// The type of a view nests as deep as its elements.
#![recursion_limit = "512"]

#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
mod answer;
#[cfg(feature = "ssr")]
pub mod appearance;
#[cfg(feature = "ssr")]
mod audit;
#[cfg(feature = "ssr")]
mod bulk;
#[cfg(feature = "ssr")]
mod charts;
#[cfg(feature = "ssr")]
mod connection_tests;
mod credentials;
#[cfg(feature = "ssr")]
mod exports;
mod form_outcome;
mod gitops;
#[cfg(feature = "ssr")]
pub mod import;
#[cfg(feature = "ssr")]
mod matching;
#[cfg(feature = "ssr")]
pub mod members;
#[cfg(feature = "ssr")]
mod notices;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod projects;
mod propagation;
#[cfg(feature = "ssr")]
mod redirect;
mod repositories;
#[cfg(feature = "ssr")]
mod search;
#[cfg(feature = "ssr")]
mod sent;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
mod sessions;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;
mod ui;

#[cfg(feature = "ssr")]
pub use answer::status;
#[cfg(feature = "ssr")]
pub use connection_tests::stage_html;
#[cfg(feature = "ssr")]
pub use propagation::progress_html;
#[cfg(feature = "ssr")]
pub use search::found_html;
#[cfg(feature = "ssr")]
pub use shell::{App, missing, shell};
#[cfg(feature = "ssr")]
pub use ui::{path::ours, return_to::address as elsewhere};
