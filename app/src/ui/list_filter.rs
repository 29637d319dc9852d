//! The island that narrows a list of boxes down while somebody types.

use leptos::prelude::*;

/// Hides the boxes of its fieldset that do not hold what is typed; ticked ones stay. Until it wakes
/// the style sheet hides it, and the whole list stands there.
#[island]
pub(crate) fn Sieve() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let narrow = |event: leptos::ev::Event| {
        let _ = narrowing::narrow(&event);
    };
    #[cfg(not(feature = "hydrate"))]
    let narrow = |_: leptos::ev::Event| {};
    view! {
        <input
            class="sieve"
            form=""
            type="search"
            aria-label="Narrow the list down"
            placeholder="Narrow the list down"
            on:input=narrow
        />
    }
}

#[cfg(feature = "hydrate")]
mod narrowing {
    use js_sys::JsString;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlInputElement};

    pub fn narrow(event: &Event) -> Option<()> {
        let typed = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
        // The browser has the tables of upper and lower case already.
        let words = String::from(JsString::from(typed.value()).to_lower_case());
        let rows = typed.closest("fieldset").ok()??.query_selector_all("li").ok()?;
        for index in 0..rows.length() {
            let row = rows.get(index)?.dyn_into::<Element>().ok()?;
            let ticked = row.query_selector(":checked").ok()?.is_some();
            let text = JsString::from(row.text_content()?).to_lower_case();
            row.toggle_attribute_with_force("hidden", !ticked && !text.includes(&words, 0)).ok()?;
        }
        Some(())
    }
}
