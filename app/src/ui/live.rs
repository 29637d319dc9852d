//! The island that keeps a part of a page fresh while something is going on.

use leptos::prelude::*;

/// Listens to the organization's events and fetches this page again after each: every element with
/// a `data-live` attribute is replaced by its new self. It stops when the new page needs it no more.
#[island]
pub(crate) fn Live() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    listening::start();
    view! { <span data-listening hidden></span> }
}

#[cfg(feature = "hydrate")]
mod listening {
    use std::{cell::Cell, rc::Rc};

    use leptos::task::spawn_local;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Document, Element, EventSource, window};

    use crate::ui::fetched::page_at;

    pub fn start() {
        let Ok(source) = EventSource::new("/events/organization") else { return };
        let busy = Rc::new(Cell::new(false));
        let events = source.clone();
        let refresh = Closure::<dyn FnMut()>::new(move || {
            if busy.replace(true) {
                return;
            }
            let (busy, events) = (Rc::clone(&busy), events.clone());
            spawn_local(async move {
                if let Ok(Rest::Over) = refresh().await {
                    events.close();
                }
                busy.set(false);
            });
        });
        // What happened between the page and the first event is not lost.
        source.set_onopen(Some(refresh.as_ref().unchecked_ref()));
        source.set_onmessage(Some(refresh.as_ref().unchecked_ref()));
        refresh.forget();
    }

    /// Whether there is more to wait for.
    enum Rest {
        Awaited,
        Over,
    }

    async fn refresh() -> Result<Rest, JsValue> {
        let window = window().ok_or(JsValue::NULL)?;
        let page = window.document().ok_or(JsValue::NULL)?;
        let fresh = page_at(&window.location().href()?).await?;
        replace(&page, &fresh)?;
        let awaited = fresh.query_selector("[data-listening]")?.is_some();
        // What was begun has ended, so that the words of its beginning no longer hold.
        if !awaited && let Some(begun) = page.query_selector("[data-passing]")? {
            begun.remove();
        }
        Ok(if awaited { Rest::Awaited } else { Rest::Over })
    }

    fn replace(page: &Document, fresh: &Document) -> Result<(), JsValue> {
        let parts = fresh.query_selector_all("[data-live]")?;
        for index in 0..parts.length() {
            let Some(part) = parts.get(index).and_then(|node| node.dyn_into::<Element>().ok())
            else {
                continue;
            };
            let name = part.get_attribute("data-live").unwrap_or_default();
            let Some(old) = page.query_selector(&format!("[data-live=\"{name}\"]"))? else {
                continue;
            };
            // Nobody loses an open menu, a ticked box or the focus to a refresh.
            let in_use = old.query_selector(":focus, details[open], input:checked")?.is_some();
            if !in_use && old.inner_html() != part.inner_html() {
                old.set_inner_html(&part.inner_html());
            }
        }
        Ok(())
    }
}
