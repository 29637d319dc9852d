//! Icons out of the sprite `public/icons.svg`.

use leptos::prelude::*;

/// An icon beside a text that says the same; screen readers skip it.
#[component]
pub(crate) fn Icon(
    /// The id of the symbol in the sprite.
    name: &'static str,
) -> AnyView {
    view! {
        <svg class="icon" aria-hidden="true" width="18" height="18">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
    .into_any()
}
