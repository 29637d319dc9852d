//! Pages that follow what happens, without WebAssembly: lists what others do, others what is under way.

use leptos::prelude::*;

/// Asks the script of the page to keep its parts fresh: every element with a `data-live` attribute is replaced
/// by its new self after each event of the organization (`follow.js`), until the new page asks no more.
#[component]
pub(crate) fn Live() -> impl IntoView {
    view! { <span data-listening hidden></span> }
}

/// Says that something is under way, so that the words of its beginning stay until it has ended.
pub(crate) fn under_way() -> AnyView {
    view! { <span data-under-way hidden></span> }.into_any()
}
