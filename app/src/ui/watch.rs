//! Watching a connection test: its stages appear as they end, and a button cancels it.

use js_sys::{Math, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, Element, EventSource, HtmlElement, HtmlFormElement, MessageEvent,
    window,
};

/// How long the test waits for the stream of its stages, in milliseconds: it does not need it.
const PATIENCE: i32 = 1_000;

/// A test that is watched until this is dropped.
pub(super) struct Watch {
    name: String,
    place: Element,
    source: EventSource,
    controller: AbortController,
    _hears: [Closure<dyn FnMut(JsValue)>; 2],
}

impl Watch {
    /// Begins to watch the test of a form; nothing where the form shows no stages.
    pub async fn begin(form: &HtmlFormElement) -> Option<Self> {
        let place = form.query_selector("[data-test-progress]").ok()??;
        let list = place.query_selector("ol").ok()??;
        list.set_inner_html("");
        let controller = AbortController::new().ok()?;
        // A name that nobody else's test has; it opens nothing to others, who have other sessions.
        let name = [random(), random(), random(), random()].map(|part| format!("{part:08x}"));
        let name = name.concat();
        let source = EventSource::new(&format!("/events/tests/{name}")).ok()?;
        let stage = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let stage =
                event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
            if let Some(stage) = stage {
                let _ = list.insert_adjacent_html("beforeend", &stage);
            }
        });
        source.set_onmessage(Some(stage.as_ref().unchecked_ref()));
        let aborts = controller.clone();
        let cancel = Closure::<dyn FnMut(JsValue)>::new(move |_| aborts.abort());
        if let Ok(Some(button)) = place.query_selector("[data-test-cancel]")
            && let Ok(button) = button.dyn_into::<HtmlElement>()
        {
            button.set_onclick(Some(cancel.as_ref().unchecked_ref()));
        }
        let _ = place.remove_attribute("hidden");
        opened(&source).await;
        Some(Self { name, place, source, controller, _hears: [stage, cancel] })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    pub fn is_cancelled(&self) -> bool {
        self.controller.signal().aborted()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.source.close();
        self.source.set_onmessage(None);
        let _ = self.place.set_attribute("hidden", "");
        let button = self.place.query_selector("[data-test-cancel]").ok().flatten();
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            button.set_onclick(None);
        }
    }
}

fn random() -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number below 2^32"
    )]
    let number = (Math::random() * 4_294_967_295.0) as u32;
    number
}

/// Waits until the stream is there, or is not to be had.
async fn opened(source: &EventSource) {
    let promise = Promise::new(&mut |resolve, _| {
        source.set_onopen(Some(&resolve));
        source.set_onerror(Some(&resolve));
        if let Some(window) = window() {
            let _ =
                window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, PATIENCE);
        }
    });
    let _ = JsFuture::from(promise).await;
    source.set_onopen(None);
    source.set_onerror(None);
}
