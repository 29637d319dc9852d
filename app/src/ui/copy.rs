//! A button that copies a text.

use leptos::prelude::*;

use super::icon::Icon;

/// Copies `text`; until it wakes it is hidden by the style sheet.
#[island]
pub(crate) fn CopyButton(text: String) -> impl IntoView {
    let (done, set_done) = signal(false);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        if let Some(window) = web_sys::window() {
            let _ = window.navigator().clipboard().write_text(&text);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = &text;
        set_done.set(true);
    };
    view! {
        <button class="button quiet copy" type="button" on:click=copy>
            <Icon name="copy"/>
            <span aria-live="polite">{move || if done.get() { "Copied" } else { "Copy" }}</span>
        </button>
    }
}
