//! The island that reads a key out of a file, so that nobody has to open it.

use leptos::prelude::*;

/// Puts the text of a chosen file into the field of the secret. The file itself is never sent;
/// without JavaScript the text is pasted.
#[island]
pub(crate) fn KeyFile() -> impl IntoView {
    let (said, say) = signal(String::new());
    #[cfg(feature = "hydrate")]
    let read = move |event: leptos::ev::Event| reading::read(&event, say);
    #[cfg(not(feature = "hydrate"))]
    let read = move |_: leptos::ev::Event| say.set(String::new());
    view! {
        <div class="key-file">
            <label>
                "Or upload the file "
                <input type="file" accept=".json,.pem,.key,.txt,application/json" on:change=read/>
            </label>
            <span role="status">{move || said.get()}</span>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod reading {
    use domain::Secret;
    use leptos::{prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Event, HtmlInputElement, HtmlTextAreaElement};

    pub fn read(event: &Event, say: WriteSignal<String>) {
        let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        spawn_local(async move {
            say.set(taken(&input).await.unwrap_or_else(|_| "The file cannot be read.".to_owned()));
        });
    }

    /// Reads the file into the field; answers what to say about it.
    async fn taken(input: &HtmlInputElement) -> Result<String, JsValue> {
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            return Ok(String::new());
        };
        if file.size() > f64::from(u32::try_from(Secret::MAX_BYTES).unwrap_or(u32::MAX)) {
            return Ok("This file is too large for a key.".to_owned());
        }
        let text = JsFuture::from(file.text()).await?.as_string().unwrap_or_default();
        let form = input.form().ok_or(JsValue::NULL)?;
        let field = form.query_selector("textarea[name=password]")?.ok_or(JsValue::NULL)?;
        let field: HtmlTextAreaElement = field.dyn_into()?;
        field.set_value(&text);
        field.dispatch_event(&Event::new("input")?)?;
        Ok(format!("{} is read.", file.name()))
    }
}
