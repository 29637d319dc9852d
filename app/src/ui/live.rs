//! The island that keeps a part of a page fresh: lists follow what others do, pages what is under way.

use leptos::prelude::*;

/// Listens to the organization's events while the page can be seen, and fetches it again after each:
/// every element with a `data-live` attribute is replaced by its new self. It stops when the new page
/// needs it no more. Meanwhile the ages on the page grow.
#[island]
pub(crate) fn Live() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    listening::start();
    view! { <span data-listening hidden></span> }
}

/// Says that something is under way, so that the words of its beginning stay until it has ended.
#[cfg(feature = "ssr")]
pub(crate) fn under_way() -> AnyView {
    view! { <span data-under-way hidden></span> }.into_any()
}

#[cfg(feature = "hydrate")]
mod listening {
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
    };

    use domain::Timestamp;
    use leptos::task::spawn_local;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Document, Element, EventSource, window};

    use crate::ui::fetched::page_at;

    /// How often the ages on the page are told anew, in milliseconds.
    const TICK: i32 = 20_000;

    #[derive(Default)]
    struct Listening {
        source: RefCell<Option<EventSource>>,
        is_busy: Cell<bool>,
        /// Something happened while the page was being fetched.
        is_due: Cell<bool>,
        is_over: Cell<bool>,
    }

    pub fn start() {
        let listening = Rc::new(Listening::default());
        listen(&listening);
        // A page that nobody sees holds no connection: browsers open six to a host.
        let hears = Rc::clone(&listening);
        let look = Closure::<dyn FnMut()>::new(move || {
            if is_hidden() {
                hears.source.take().inspect(EventSource::close);
            } else {
                listen(&hears);
            }
        });
        if let Some(page) = window().and_then(|window| window.document()) {
            let look = look.as_ref().unchecked_ref();
            let _ = page.add_event_listener_with_callback("visibilitychange", look);
        }
        look.forget();
        tick();
    }

    fn is_hidden() -> bool {
        window().and_then(|window| window.document()).is_some_and(|page| page.hidden())
    }

    fn listen(listening: &Rc<Listening>) {
        if listening.is_over.get() || listening.source.borrow().is_some() || is_hidden() {
            return;
        }
        let Ok(source) = EventSource::new("/events/organization") else { return };
        let hears = Rc::clone(listening);
        let news = Closure::<dyn FnMut()>::new(move || fetch(&hears));
        // What happened between the page and the first event is not lost.
        source.set_onopen(Some(news.as_ref().unchecked_ref()));
        source.set_onmessage(Some(news.as_ref().unchecked_ref()));
        news.forget();
        listening.source.replace(Some(source));
    }

    fn fetch(listening: &Rc<Listening>) {
        if listening.is_busy.replace(true) {
            listening.is_due.set(true);
            return;
        }
        let listening = Rc::clone(listening);
        spawn_local(async move {
            loop {
                listening.is_due.set(false);
                if let Ok(Rest::Over) = refresh().await {
                    listening.is_over.set(true);
                    listening.source.take().inspect(EventSource::close);
                }
                if !listening.is_due.get() || listening.is_over.get() {
                    break;
                }
            }
            listening.is_busy.set(false);
        });
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
        let under_way = fresh.query_selector("[data-under-way]")?.is_some();
        if !under_way && let Some(begun) = page.query_selector("[data-passing]")? {
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

    /// Tells the ages anew from time to time, by the server's clock.
    fn tick() {
        let Some(window) = window() else { return };
        let told = window
            .document()
            .and_then(|page| page.query_selector("main[data-now]").ok().flatten())
            .and_then(|main| main.get_attribute("data-now"))
            .and_then(|now| now.parse::<f64>().ok());
        let Some(told) = told else { return };
        let ahead = js_sys::Date::now() - told;
        let age = Closure::<dyn FnMut()>::new(move || {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
            let now = Timestamp::from_millis((js_sys::Date::now() - ahead) as i64);
            grow(now);
        });
        let callback = age.as_ref().unchecked_ref();
        let _ = window.set_interval_with_callback_and_timeout_and_arguments_0(callback, TICK);
        age.forget();
    }

    fn grow(now: Timestamp) {
        let Some(page) = window().and_then(|window| window.document()) else { return };
        let Ok(times) = page.query_selector_all("time[data-age]") else { return };
        for index in 0..times.length() {
            let Some(time) = times.get(index).and_then(|node| node.dyn_into::<Element>().ok())
            else {
                continue;
            };
            let at = js_sys::Date::parse(&time.get_attribute("datetime").unwrap_or_default());
            if at.is_finite() {
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
                let text = Timestamp::from_millis(at as i64).relative_to(now);
                if time.text_content().as_deref() != Some(&text) {
                    time.set_text_content(Some(&text));
                }
            }
        }
    }
}
