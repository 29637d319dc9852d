//! Buttons that copy a text.

use leptos::{ev::MouseEvent, prelude::*};

use super::icon::Icon;

/// How far copying is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copying {
    Ready,
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "browsers alone copy"))]
    Done,
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "browsers alone may fail"))]
    Failed,
}

impl Copying {
    const fn words(self) -> &'static str {
        match self {
            Self::Ready => "Copy",
            Self::Done => "Copied",
            Self::Failed => "Not copied",
        }
    }
}

/// Copies `text`; until it wakes it is hidden by the style sheet.
#[island]
pub(crate) fn CopyButton(text: String) -> impl IntoView {
    let (copying, set) = signal(Copying::Ready);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let text = text.clone();
            leptos::task::spawn_local(async move {
                let copied = wake::keep(&text).await;
                set.set(if copied.is_ok() { Copying::Done } else { Copying::Failed });
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&text, set);
    };
    button(copying, copy)
}

/// Copies the file that a form answers with: `body` is what the form sends to `action`, in
/// `application/x-www-form-urlencoded`. Until it wakes it is hidden as the other one is.
#[island]
pub(crate) fn CopyAnswer(action: String, body: String) -> impl IntoView {
    let (copying, set) = signal(Copying::Ready);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let (action, body) = (action.clone(), body.clone());
            leptos::task::spawn_local(async move {
                let copied = wake::copy(&action, &body).await;
                set.set(if copied.is_ok() { Copying::Done } else { Copying::Failed });
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&action, &body, set);
    };
    button(copying, copy)
}

fn button(copying: ReadSignal<Copying>, copy: impl FnMut(MouseEvent) + 'static) -> impl IntoView {
    view! {
        <button class="button quiet copy" type="button" on:click=copy>
            <Icon name="copy"/>
            <span aria-live="polite">{move || copying.get().words()}</span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
mod wake {
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Headers, RequestInit, Response, window};

    /// Asks for the file and copies it. Pages, such as the one to sign in, are no files.
    pub(super) async fn copy(action: &str, body: &str) -> Result<(), JsValue> {
        let window = window().ok_or(JsValue::NULL)?;
        let headers = Headers::new()?;
        headers.set("accept", "application/yaml")?;
        headers.set("content-type", "application/x-www-form-urlencoded")?;
        let asked = RequestInit::new();
        asked.set_method("POST");
        asked.set_headers(&headers);
        asked.set_body(&JsValue::from_str(body));
        let answer = window.fetch_with_str_and_init(action, &asked);
        let answer: Response = JsFuture::from(answer).await?.dyn_into()?;
        let kind = answer.headers().get("content-type")?.unwrap_or_default();
        if !answer.ok() || !kind.starts_with("application/yaml") {
            return Err(JsValue::NULL);
        }
        let text = JsFuture::from(answer.text()?).await?.as_string().ok_or(JsValue::NULL)?;
        keep(&text).await
    }

    /// Keeps a text in the clipboard.
    pub(super) async fn keep(text: &str) -> Result<(), JsValue> {
        let window = window().ok_or(JsValue::NULL)?;
        JsFuture::from(window.navigator().clipboard().write_text(text)).await.map(|_| ())
    }
}
