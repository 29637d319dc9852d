//! The island that presses the button of its form by itself.

use leptos::prelude::*;

/// Sends the form it stands in after `seconds`; without it, and without JavaScript, a person does.
#[island]
pub(crate) fn Pressing(seconds: u32) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    waiting::after(seconds);
    #[cfg(not(feature = "hydrate"))]
    let _ = seconds;
    view! { <span data-pressing hidden></span> }
}

#[cfg(feature = "hydrate")]
mod waiting {
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{HtmlFormElement, window};

    pub fn after(seconds: u32) {
        let Some(window) = window() else { return };
        let press = Closure::once_into_js(|| {
            let mark = web_sys::window()
                .and_then(|window| window.document())
                .and_then(|page| page.query_selector("[data-pressing]").ok().flatten());
            let form = mark.and_then(|mark| mark.closest("form").ok().flatten());
            if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
                let _ = form.request_submit();
            }
        });
        let wait = i32::try_from(seconds.saturating_mul(1_000)).unwrap_or(i32::MAX);
        let _ = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(press.unchecked_ref(), wait);
    }
}
