//! The island that keeps what was typed, but for secrets, when the page is loaded again.

use leptos::prelude::*;

/// Keeps the fields of the form around it in the memory of this tab until the form is sent.
#[island]
pub(crate) fn Draft(
    /// The key of the draft; each form has one of its own.
    key: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    keeping::start(key);
    #[cfg(not(feature = "hydrate"))]
    drop(key);
    view! { <span data-draft hidden></span> }
}

#[cfg(feature = "hydrate")]
mod keeping {
    use js_sys::Reflect;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{
        Element, HtmlElement, HtmlFormElement, Storage, SubmitEvent, UrlSearchParams, window,
    };

    /// Fields that may hold something that nobody else may see.
    const NEVER: [&str; 1] = ["password"];
    const FIELDS: &str = "input[name]:not([type=hidden], [type=password], [type=file]), select[name], textarea[name]";

    pub fn start(key: String) {
        let (Some(form), Some(storage)) = (form(), storage()) else { return };
        if let Ok(Some(kept)) = storage.get_item(&key) {
            restore(&form, &kept);
        }
        let (typed, store, name) = (form.clone(), storage.clone(), key.clone());
        let keep = Closure::<dyn FnMut()>::new(move || {
            if let Some(text) = draft(&typed) {
                // A full storage costs the draft and nothing else.
                let _ = store.set_item(&name, &text);
            }
        });
        drop(form.add_event_listener_with_callback("input", keep.as_ref().unchecked_ref()));
        keep.forget();
        let sent = Closure::<dyn FnMut(SubmitEvent)>::new(move |event: SubmitEvent| {
            let button = event.submitter();
            if !button.is_some_and(|button: HtmlElement| button.has_attribute("formaction")) {
                let _ = storage.remove_item(&key);
            }
        });
        drop(form.add_event_listener_with_callback("submit", sent.as_ref().unchecked_ref()));
        sent.forget();
    }

    fn form() -> Option<HtmlFormElement> {
        let mark = window()?.document()?.query_selector("[data-draft]").ok()??;
        mark.closest("form").ok()??.dyn_into().ok()
    }

    fn storage() -> Option<Storage> {
        window()?.session_storage().ok()?
    }

    fn fields(form: &HtmlFormElement) -> Vec<(String, Element)> {
        let Ok(found) = form.query_selector_all(FIELDS) else { return Vec::new() };
        (0..found.length())
            .filter_map(|index| found.get(index)?.dyn_into::<Element>().ok())
            .filter_map(|field| field.get_attribute("name").map(|name| (name, field)))
            .filter(|(name, _)| !NEVER.contains(&name.as_str()))
            .collect()
    }

    fn text(field: &Element, property: &str) -> Option<String> {
        Reflect::get(field, &JsValue::from_str(property)).ok()?.as_string()
    }

    fn draft(form: &HtmlFormElement) -> Option<String> {
        let kept = UrlSearchParams::new().ok()?;
        for (name, field) in fields(form) {
            let value = text(&field, "value").unwrap_or_default();
            if !may_hold_a_secret(&name, &value) {
                kept.append(&name, &value);
            }
        }
        Some(String::from(kept.to_string()))
    }

    /// A URL may carry a password, and somebody may paste a key into the field of a certificate.
    fn may_hold_a_secret(name: &str, value: &str) -> bool {
        value.contains("PRIVATE KEY") || (name == "url" && value.contains(['@', '?']))
    }

    /// Fills in what nobody has changed since the page was loaded.
    fn restore(form: &HtmlFormElement, kept: &str) {
        let Ok(kept) = UrlSearchParams::new_with_str(kept) else { return };
        for (name, field) in fields(form) {
            let untouched = text(&field, "defaultValue").is_none_or(|first| {
                first.is_empty() && text(&field, "value").is_some_and(|value| value == first)
            });
            let Some(value) = kept.get(&name).filter(|value| untouched && !value.is_empty()) else {
                continue;
            };
            let _ = Reflect::set(&field, &JsValue::from_str("value"), &JsValue::from_str(&value));
        }
    }
}
