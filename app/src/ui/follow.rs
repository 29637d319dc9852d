//! A page that follows what happens, without WebAssembly.

use leptos::prelude::*;

/// Asks the script of the page to keep its parts fresh: every element with a `data-live` attribute is
/// replaced by its new self after each event of the organization (`follow.js`).
pub(crate) fn follow() -> AnyView {
    view! { <span data-follow hidden></span> }.into_any()
}
