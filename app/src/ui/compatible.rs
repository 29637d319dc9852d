//! The island that makes a form fit the typed URL and the chosen credential.

use leptos::prelude::*;

/// Asks for the form again with each typed URL or chosen credential and takes over its drop-down, in
/// which the credentials that fit the host stand first, and each part with `data-fits`, such as a button
/// that says what is allowed with it. What was chosen stays chosen.
#[island]
pub(crate) fn Fitting() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    sorting::start();
    view! { <span data-fitting hidden></span> }
}

#[cfg(feature = "hydrate")]
mod sorting {
    use leptos::task::spawn_local;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{
        Document, HtmlElement, HtmlInputElement, HtmlSelectElement, UrlSearchParams, window,
    };

    use crate::ui::fetched::page_at;

    const CREDENTIAL: &str = "select[name=credential]";
    const PARTS: [&str; 2] = ["[data-fits=save]", "[data-fits=branches]"];

    pub fn start() {
        let Some(url) = field::<HtmlInputElement>(document().as_ref(), "input[name=url]") else {
            return;
        };
        let typed = url.clone();
        let sort = Closure::<dyn FnMut()>::new(move || {
            let url = typed.value();
            // Without an answer the drop-down stays as it is, which is still right.
            spawn_local(async move { drop(sort(&url).await) });
        });
        let sorts = sort.as_ref().unchecked_ref();
        drop(url.add_event_listener_with_callback("change", sorts));
        if let Some(credential) = field::<HtmlSelectElement>(document().as_ref(), CREDENTIAL) {
            drop(credential.add_event_listener_with_callback("change", sorts));
        }
        sort.forget();
    }

    async fn sort(url: &str) -> Result<(), JsValue> {
        let path = window().ok_or(JsValue::NULL)?.location().pathname()?;
        let shown = document();
        let shown = field::<HtmlSelectElement>(shown.as_ref(), CREDENTIAL).ok_or(JsValue::NULL)?;
        // What is chosen goes along, so that it is among the options whatever its kind.
        let query = UrlSearchParams::new()?;
        query.append("url", &domain::redact_url(url));
        query.append("credential", &shown.value());
        let query = query.to_string();
        let page = page_at(&format!("{path}?{query}")).await?;
        let fresh = field::<HtmlSelectElement>(Some(&page), CREDENTIAL).ok_or(JsValue::NULL)?;
        for part in PARTS {
            let shown = field::<HtmlElement>(document().as_ref(), part);
            if let Some((shown, fresh)) = shown.zip(field::<HtmlElement>(Some(&page), part)) {
                shown.set_inner_html(&fresh.inner_html());
            }
        }
        let chosen = shown.value();
        shown.set_inner_html(&fresh.inner_html());
        shown.set_value(&chosen);
        Ok(())
    }

    fn document() -> Option<Document> {
        window().and_then(|window| window.document())
    }

    fn field<T: JsCast>(document: Option<&Document>, selector: &str) -> Option<T> {
        document?.query_selector(selector).ok().flatten()?.dyn_into().ok()
    }
}
