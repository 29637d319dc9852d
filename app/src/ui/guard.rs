//! The island around every form: sends it without leaving the page, so that nothing typed is lost.

use leptos::prelude::*;

/// Wraps a form. Before it wakes, and without JavaScript, the form is sent by the browser itself.
#[island]
pub(crate) fn FormGuard(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let submit = sending::submit;
    #[cfg(not(feature = "hydrate"))]
    let submit = |_: leptos::ev::SubmitEvent| {};
    view! {
        <div class="guard" on:submit=submit>
            {children()}
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod sending {
    use domain::ServiceError;
    use leptos::{ev::SubmitEvent, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        Element, FormData, Headers, HtmlButtonElement, HtmlElement, HtmlFormElement, RequestInit,
        Response, UrlSearchParams, window,
    };

    use crate::outcome::Outcome;

    const LOST: &str = "The server did not answer. Nothing you typed is lost; try again.";

    /// Sends the form in the background, unless the button asks for an ordinary submission.
    #[expect(clippy::needless_pass_by_value, reason = "event handlers are given their event")]
    pub fn submit(event: SubmitEvent) {
        let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        else {
            return;
        };
        let button = event.submitter().and_then(|by| by.dyn_into::<HtmlButtonElement>().ok());
        if button.as_ref().is_some_and(|button| button.has_attribute("formaction")) {
            return;
        }
        event.prevent_default();
        if form.has_attribute("data-busy") {
            return;
        }
        let _ = form.set_attribute("data-busy", "");
        if let Some(button) = &button {
            let _ = button.set_attribute("aria-disabled", "true");
        }
        spawn_local(async move {
            let left = match send(&form, button.as_ref()).await {
                Ok(Outcome::Next(path)) => go(&path),
                Ok(Outcome::Refused(problem)) => {
                    show(&form, &problem);
                    false
                }
                Err(message) => {
                    summarize(&form, &message);
                    false
                }
            };
            // While the next page loads, the form stays busy: a second click must not send twice.
            if !left {
                let _ = form.remove_attribute("data-busy");
                if let Some(button) = button {
                    let _ = button.remove_attribute("aria-disabled");
                }
            }
        });
    }

    async fn send(
        form: &HtmlFormElement,
        button: Option<&HtmlButtonElement>,
    ) -> Result<Outcome, String> {
        let answer = fetch(form, button).await.map_err(|_| LOST.to_owned())?;
        let status = answer.status();
        let text = match answer.text() {
            Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
            Err(_) => None,
        };
        text.and_then(|text| serde_json::from_str(&text).ok()).ok_or_else(|| match status {
            413 => "This is too much for one form. Shorten the longest field.".to_owned(),
            429 => "Too many attempts. Try again in a minute.".to_owned(),
            _ => format!("The server answered {status}. Nothing you typed is lost; try again."),
        })
    }

    async fn fetch(
        form: &HtmlFormElement,
        button: Option<&HtmlButtonElement>,
    ) -> Result<Response, JsValue> {
        let data = FormData::new_with_form(form)?;
        if let Some(button) = button.filter(|button| !button.name().is_empty()) {
            data.append_with_str(&button.name(), &button.value())?;
        }
        let headers = Headers::new()?;
        headers.set("Accept", "application/json")?;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_headers(&headers);
        let body = UrlSearchParams::new_with_str_sequence_sequence(&data)?;
        init.set_body(&body);
        let action = form.get_attribute("action").unwrap_or_default();
        let window = window().ok_or(JsValue::NULL)?;
        JsFuture::from(window.fetch_with_str_and_init(&action, &init)).await?.dyn_into()
    }

    /// Goes to the next page; a path that only differs behind `#`, or not at all, is loaded again.
    fn go(path: &str) -> bool {
        window().is_some_and(|window| window.location().assign(path).is_ok())
    }

    fn show(form: &HtmlFormElement, problem: &ServiceError) {
        let problems = match problem {
            ServiceError::Invalid(problems) => problems.as_slice(),
            _ => &[],
        };
        let mut first: Option<HtmlElement> = None;
        let fields = form.query_selector_all("[data-field]").ok();
        for index in 0..fields.as_ref().map_or(0, web_sys::NodeList::length) {
            let field = fields.as_ref().and_then(|all| all.get(index));
            let Some(field) = field.and_then(|node| node.dyn_into::<Element>().ok()) else {
                continue;
            };
            let name = field.get_attribute("data-field").unwrap_or_default();
            let message = problems.iter().find(|one| one.field.as_str() == name);
            if let Ok(Some(place)) = field.query_selector("[data-problem]") {
                place.set_text_content(message.map(|one| one.message.as_str()));
                let _ = place.toggle_attribute_with_force("hidden", message.is_none());
            }
            if let Ok(Some(control)) = field.query_selector("input, select, textarea") {
                if message.is_some() {
                    let _ = control.set_attribute("aria-invalid", "true");
                    first = first.or_else(|| control.dyn_into().ok());
                } else {
                    let _ = control.remove_attribute("aria-invalid");
                }
            }
        }
        let mut message = problem.to_string();
        if let ServiceError::InUse(names) = problem {
            message = format!("{message} {}", names.join(", "));
        }
        summarize(form, &message);
        if let Some(first) = first {
            open_around(&first);
            let _ = first.focus();
        }
    }

    /// A field inside a closed `<details>` cannot take the focus.
    fn open_around(control: &HtmlElement) {
        if let Ok(Some(details)) = control.closest("details") {
            let _ = details.set_attribute("open", "");
        }
    }

    fn summarize(form: &HtmlFormElement, message: &str) {
        if let Ok(Some(place)) = form.query_selector("[data-summary]") {
            place.set_text_content(Some(message));
            let _ = place.remove_attribute("hidden");
            if let Ok(place) = place.dyn_into::<HtmlElement>() {
                let _ = place.focus();
            }
        }
    }
}
