//! The island around every form: sends it without leaving the page, so that nothing typed is lost.

use leptos::prelude::*;

/// Wraps a form. Before it wakes, and without JavaScript, the form is sent by the browser itself.
#[island]
pub(crate) fn FormGuard(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let submit = {
        sending::rest_after_return();
        sending::submit
    };
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
    use leptos::{ev::SubmitEvent, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        Document, Element, FormData, Headers, HtmlButtonElement, HtmlElement, HtmlFormElement,
        PageTransitionEvent, RequestInit, Response, UrlSearchParams, window,
    };

    use crate::{
        form_outcome::{FormOutcome, FormRefusal, Why},
        ui::{fetched::page_with_messages, watch::Watch},
    };

    const CANCELLED: &str = "The test was cancelled.";
    const LOST: &str = "The server did not answer. Nothing you typed is lost; try again.";

    /// Makes the forms usable again when the Back button brings the page back as it was left: busy.
    pub fn rest_after_return() {
        let Some(window) = window() else { return };
        let shown = Closure::<dyn FnMut(PageTransitionEvent)>::new(|event: PageTransitionEvent| {
            if event.persisted()
                && let Some(document) = web_sys::window().and_then(|window| window.document())
            {
                rest(&document, "form[data-busy]", "data-busy");
                rest(&document, "form button[aria-disabled]", "aria-disabled");
            }
        });
        drop(window.add_event_listener_with_callback("pageshow", shown.as_ref().unchecked_ref()));
        shown.forget();
    }

    fn rest(document: &Document, selector: &str, attribute: &str) {
        let found = document.query_selector_all(selector).ok();
        for index in 0..found.as_ref().map_or(0, web_sys::NodeList::length) {
            let one = found.as_ref().and_then(|all| all.get(index));
            if let Some(one) = one.and_then(|node| node.dyn_into::<Element>().ok()) {
                let _ = one.remove_attribute(attribute);
            }
        }
    }

    /// Sends the form in the background, unless the button asks for an ordinary submission.
    #[expect(clippy::needless_pass_by_value, reason = "event handlers are given their event")]
    pub fn submit(event: SubmitEvent) {
        let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        else {
            return;
        };
        let button = event.submitter().and_then(|by| by.dyn_into::<HtmlButtonElement>().ok());
        // What Enter presses searches from the field of the search; from any other it saves.
        let searches = || form.query_selector("[type=search]:focus").ok().flatten().is_some();
        let button = button.filter(|by| !by.has_attribute("data-enter") || searches());
        let has = |name| button.as_ref().is_some_and(|button| button.has_attribute(name));
        let tests = has("data-test");
        if has("formaction") && !tests {
            return;
        }
        event.prevent_default();
        if form.has_attribute("data-busy") {
            return;
        }
        let _ = form.set_attribute("data-busy", if tests { "test" } else { "" });
        if tests {
            say(&form, "Testing the connection…");
        }
        if let Some(button) = &button {
            let _ = button.set_attribute("aria-disabled", "true");
        }
        spawn_local(async move {
            let watch = if tests { Watch::begin(&form).await } else { None };
            let answered = send(&form, button.as_ref(), watch.as_ref()).await;
            drop(watch);
            let left = match answered {
                Ok(FormOutcome::Next(path)) => go(&form, &path),
                Ok(FormOutcome::Refused(refusal)) => {
                    match refusal.why {
                        Why::SignedOut => ask_to_sign_in(&form),
                        Why::Stale => {
                            show(&form, &refusal);
                            drop(take_over(&form, "[data-conflict]").await);
                        }
                        Why::Choose => ask(&form, &refusal).await,
                        Why::Other => show(&form, &refusal),
                    }
                    false
                }
                Ok(FormOutcome::Tested(panel)) => {
                    show_tests(&form, &panel, button.as_ref());
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
        watch: Option<&Watch>,
    ) -> Result<FormOutcome, String> {
        let lost = |_| {
            let cancelled = watch.is_some_and(Watch::is_cancelled);
            if cancelled { CANCELLED.to_owned() } else { LOST.to_owned() }
        };
        let answer = fetch(form, button, watch).await.map_err(lost)?;
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
        watch: Option<&Watch>,
    ) -> Result<Response, JsValue> {
        let data = FormData::new_with_form(form)?;
        if let Some(button) = button.filter(|button| !button.name().is_empty()) {
            data.append_with_str(&button.name(), &button.value())?;
        }
        let headers = Headers::new()?;
        headers.set("Accept", "application/json")?;
        let init = RequestInit::new();
        if let Some(watch) = watch {
            headers.set("X-Watch", watch.name())?;
            init.set_signal(Some(&watch.signal()));
        }
        init.set_method("POST");
        init.set_headers(&headers);
        let body = UrlSearchParams::new_with_str_sequence_sequence(&data)?;
        init.set_body(&body);
        let action = button
            .and_then(|button| button.get_attribute("formaction"))
            .or_else(|| form.get_attribute("action"))
            .unwrap_or_default();
        let window = window().ok_or(JsValue::NULL)?;
        JsFuture::from(window.fetch_with_str_and_init(&action, &init)).await?.dyn_into()
    }

    /// Goes to the next page, also when it is this one. The paths that forms lead to have no `#`,
    /// with which the browser would stay and the form would be busy for ever.
    fn go(form: &HtmlFormElement, path: &str) -> bool {
        let Some(window) = window() else { return false };
        let Some(deleted) = form.get_attribute("data-deletes") else {
            return window.location().assign(path).is_ok();
        };
        // `awake.js` passes over the pages of what is gone when somebody goes back.
        if let Ok(Some(storage)) = window.session_storage() {
            let _ = storage.set_item(&format!("gone:{deleted}"), "");
        }
        window.location().replace(path).is_ok()
    }

    /// Shows the result of a test, and leads to it whoever is still at the button.
    fn show_tests(form: &HtmlFormElement, panel: &str, button: Option<&HtmlButtonElement>) {
        mark(form, &[]);
        if let Ok(Some(summary)) = form.query_selector("[data-summary]") {
            let _ = summary.set_attribute("hidden", "");
        }
        let Ok(Some(place)) = form.query_selector("[data-test-results]") else { return };
        place.set_inner_html(panel);
        let result = place.query_selector("[data-test-summary]").ok().flatten();
        let waiting = button.is_some_and(|button| button.matches(":focus").unwrap_or_default());
        match result.and_then(|result| result.dyn_into::<HtmlElement>().ok()) {
            Some(result) if waiting => {
                say(form, "");
                let _ = result.focus();
            }
            result => say(form, &result.and_then(|it| it.text_content()).unwrap_or_default()),
        }
    }

    /// Says something about a test to those who listen.
    fn say(form: &HtmlFormElement, message: &str) {
        if let Ok(Some(place)) = form.query_selector("[data-test-said]") {
            place.set_text_content(Some(message));
        }
    }

    fn show(form: &HtmlFormElement, refusal: &FormRefusal) {
        if let Ok(Some(asked)) = form.query_selector("[data-ways]") {
            asked.set_inner_html("");
        }
        // Ways that a refusal leads to.
        let document = window().and_then(|window| window.document());
        let ways = document.map(|document| document.query_selector("details[data-refused]"));
        if let Some(Ok(Some(ways))) = ways {
            let _ = ways.set_attribute("open", "");
        }
        let first = mark(form, &refusal.problems);
        // The single problems, when no field of the form is marked with them; one that is the only one says
        // more than that there is one.
        let messages: Vec<_> = refusal.problems.iter().map(|(_, text)| text.as_str()).collect();
        match (&first, messages.as_slice()) {
            (Some(_), [only]) => summarize(form, only),
            (Some(_), _) | (None, []) => summarize(form, &refusal.text),
            (None, messages) => summarize(form, &messages.join(" ")),
        }
        if let Some(first) = first {
            open_around(&first);
            let _ = first.focus();
        }
    }

    /// Shows the ways to go on, which say themselves what stands in the way.
    async fn ask(form: &HtmlFormElement, refusal: &FormRefusal) {
        show(form, refusal);
        let _ = take_over(form, "[data-ways]").await;
        let Ok(Some(told)) = form.query_selector("[data-ways] .notice") else { return };
        if let Ok(Some(summary)) = form.query_selector("[data-summary]") {
            let _ = summary.set_attribute("hidden", "");
        }
        if let Ok(told) = told.dyn_into::<HtmlElement>() {
            let _ = told.focus();
        }
    }

    /// Shows what the page of the form tells in this place: what somebody else stored meanwhile, or how to
    /// go on.
    async fn take_over(form: &HtmlFormElement, place: &str) -> Result<(), JsValue> {
        let from = form.query_selector("[name=from]")?.and_then(|from| from.get_attribute("value"));
        let page = page_with_messages(&from.unwrap_or_default()).await?;
        let told = page.query_selector(&format!("#{} {place}", form.id()))?;
        if let (Some(place), Some(told)) = (form.query_selector(place)?, told) {
            place.set_inner_html(&told.inner_html());
        }
        Ok(())
    }

    /// Marks the fields with problems, and no others; answers the first of them.
    fn mark(form: &HtmlFormElement, problems: &[(String, String)]) -> Option<HtmlElement> {
        let mut first: Option<HtmlElement> = None;
        let fields = form.query_selector_all("[data-field]").ok();
        for index in 0..fields.as_ref().map_or(0, web_sys::NodeList::length) {
            let field = fields.as_ref().and_then(|all| all.get(index));
            let Some(field) = field.and_then(|node| node.dyn_into::<Element>().ok()) else {
                continue;
            };
            let name = field.get_attribute("data-field").unwrap_or_default();
            let message = problems.iter().find(|(field, _)| *field == name);
            if let Ok(Some(place)) = field.query_selector("[data-problem]") {
                place.set_text_content(message.map(|(_, text)| text.as_str()));
                let _ = place.toggle_attribute_with_force("hidden", message.is_none());
            }
            if let Ok(Some(control)) = field.query_selector("[name]") {
                if message.is_some() {
                    let _ = control.set_attribute("aria-invalid", "true");
                    first = first.or_else(|| control.dyn_into().ok());
                } else {
                    let _ = control.remove_attribute("aria-invalid");
                }
            }
        }
        first
    }

    /// The session is over, but not what was typed: another tab signs in for this one too.
    fn ask_to_sign_in(form: &HtmlFormElement) {
        summarize(form, "Your session ended. ");
        let Ok(Some(place)) = form.query_selector("[data-summary]") else { return };
        let link = place.owner_document().and_then(|document| document.create_element("a").ok());
        if let Some(link) = link {
            let _ = link.set_attribute("href", "/sign-in");
            let _ = link.set_attribute("target", "_blank");
            let _ = link.set_attribute("rel", "noopener");
            link.set_text_content(Some("Sign in in a new tab"));
            let _ = place.append_child(&link);
            let _ = place.insert_adjacent_text("beforeend", " and send this again.");
        }
    }

    /// A field inside a closed `<details>` cannot take the focus.
    fn open_around(control: &HtmlElement) {
        if let Ok(Some(details)) = control.closest("details") {
            let _ = details.set_attribute("open", "");
        }
    }

    fn summarize(form: &HtmlFormElement, message: &str) {
        say(form, "");
        if let Ok(Some(place)) = form.query_selector("[data-summary]") {
            place.set_text_content(Some(message));
            let _ = place.remove_attribute("hidden");
            if let Ok(place) = place.dyn_into::<HtmlElement>() {
                let _ = place.focus();
            }
        }
    }
}
