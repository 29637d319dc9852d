//! The browser half: one function that wakes the islands of a page.

// The islands export themselves; the crate only has to be linked.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the page for its islands. The script of the shell calls it, then each island.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
