//! The island that looks by itself whether the code was typed.

use leptos::prelude::*;

/// Sends the form it stands in every `seconds`, in the background, until its answer leads elsewhere;
/// without it, and without JavaScript, a person does.
#[island]
pub(crate) fn Pressing(seconds: u32) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    waiting::begin(seconds);
    #[cfg(not(feature = "hydrate"))]
    let _ = seconds;
    view! { <span data-pressing hidden></span> }
}

#[cfg(feature = "hydrate")]
mod waiting {
    use leptos::task::spawn_local;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Headers, HtmlFormElement, RequestInit, Response, window};

    pub fn begin(seconds: u32) {
        spawn_local(async move {
            // A page that cannot look keeps its button.
            let _ = until_typed(seconds).await;
        });
    }

    async fn until_typed(mut seconds: u32) -> Result<(), JsValue> {
        loop {
            sleep(seconds).await?;
            match look().await? {
                Some(later) => seconds = later,
                None => return Ok(()),
            }
        }
    }

    /// The seconds until the next look; `None` when the page is about to be another.
    async fn look() -> Result<Option<u32>, JsValue> {
        let window = window().ok_or(JsValue::NULL)?;
        let page = window.document().ok_or(JsValue::NULL)?;
        let mark = page.query_selector("[data-pressing]")?.ok_or(JsValue::NULL)?;
        let form: HtmlFormElement = mark.closest("form")?.ok_or(JsValue::NULL)?.dyn_into()?;
        let headers = Headers::new()?;
        headers.set("accept", "application/json")?;
        let asked = RequestInit::new();
        asked.set_method("POST");
        asked.set_headers(&headers);
        let answer = window.fetch_with_str_and_init(&form.action(), &asked);
        let answer: Response = JsFuture::from(answer).await?.dyn_into()?;
        let later = answer.headers().get("retry-after")?.and_then(|text| text.parse().ok());
        if later.is_none() {
            match answer.headers().get("location")? {
                Some(place) => window.location().assign(&place)?,
                None => form.request_submit()?,
            }
        }
        Ok(later)
    }

    async fn sleep(seconds: u32) -> Result<(), JsValue> {
        let wait = i32::try_from(seconds.saturating_mul(1_000)).unwrap_or(i32::MAX);
        let mut begin = |done: js_sys::Function, _: js_sys::Function| {
            if let Some(window) = window() {
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, wait);
            }
        };
        JsFuture::from(js_sys::Promise::new(&mut begin)).await.map(|_| ())
    }
}
