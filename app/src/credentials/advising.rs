//! The island that says what is known about a user name and a secret while somebody types them.

use domain::{Advice, AuthMethod, Provider, Severity, advise};
use leptos::prelude::*;

use crate::ui::badge::{Badge, Tone};

/// Advice about the form around it. Without JavaScript the server gives the same advice when a form
/// is refused or tested.
#[island]
pub(crate) fn Advising(provider: Provider, shape: AuthMethod) -> impl IntoView {
    // What holds before anybody types is in the page that the server sends, too.
    let said = RwSignal::new(advise(provider, shape, "", ""));
    #[cfg(feature = "hydrate")]
    Effect::new(move || listening::follow(said, provider, shape));
    view! {
        <ul class="advice" aria-live="polite" aria-label="Advice" data-advising>
            {move || said.with(|said| lines(said))}
        </ul>
    }
}

/// All that is said; what was recognized is no good news beside something that cannot work.
pub(super) fn lines(said: &[Advice]) -> impl IntoView + use<> {
    let hopeless = said.iter().any(|advice| advice.severity == Severity::CannotWork);
    let recognized = if hopeless { Tone::Quiet } else { Tone::Good };
    said.iter().map(|advice| line(advice, recognized)).collect_view()
}

fn line(advice: &Advice, recognized: Tone) -> impl IntoView + use<> {
    let (tone, label) = match advice.severity {
        Severity::CannotWork => (Tone::Bad, "Cannot work"),
        Severity::Caution => (Tone::Warn, "Look again"),
        Severity::Recognized => (recognized, "Recognized"),
    };
    view! {
        <li>
            <Badge tone label/>
            <span>{advice.text.clone()}</span>
        </li>
    }
}

#[cfg(feature = "hydrate")]
mod listening {
    use domain::{Advice, AuthMethod, Provider, Severity, advise, registry_place};
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{FormData, HtmlFormElement, HtmlInputElement, window};

    /// Says what is known about the form now, and again whenever somebody types.
    pub fn follow(said: RwSignal<Vec<Advice>>, provider: Provider, shape: AuthMethod) {
        let Some(form) = form() else { return };
        // The advice about the last try still stands above.
        if let Ok(None) = form.query_selector("[data-advice-sent]") {
            let first = of_form(&form, provider, shape);
            if said.with_untracked(|old| *old != first) {
                said.set(first);
            }
        }
        let typed = form.clone();
        let hear = Closure::<dyn FnMut()>::new(move || {
            let fresh = of_form(&typed, provider, shape);
            // What did not change is not read out again.
            if said.with_untracked(|old| *old != fresh) {
                said.set(fresh);
            }
            if let Ok(Some(sent)) = typed.query_selector("[data-advice-sent]") {
                let _ = sent.set_attribute("hidden", "");
            }
        });
        // While capturing, because the file that was read says so with an event that does not rise.
        drop(form.add_event_listener_with_callback_and_bool(
            "input",
            hear.as_ref().unchecked_ref(),
            true,
        ));
        hear.forget();
    }

    fn form() -> Option<HtmlFormElement> {
        let document = window()?.document()?;
        let mark = document.query_selector("[data-advising]").ok()??;
        mark.closest("form").ok()??.dyn_into().ok()
    }

    fn of_form(form: &HtmlFormElement, provider: Provider, shape: AuthMethod) -> Vec<Advice> {
        let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
        let typed = |name: &str| data.get(name).as_string().unwrap_or_default();
        let (username, password) = (typed("username"), typed("password"));
        let mut said = advise(provider, shape, &username, &password);
        if provider == Provider::AmazonEcr
            && let Some((account, region)) = registry_place(&typed("url"))
        {
            fill(form, "account", account);
            fill(form, "region", region);
            let text = format!("Account {account}, region {region}, read from the host.");
            said.push(Advice { severity: Severity::Recognized, text });
        }
        said
    }

    fn fill(form: &HtmlFormElement, name: &str, value: &str) {
        let field = form.query_selector(&format!("input[name={name}]")).ok().flatten();
        let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        if field.value().is_empty() {
            field.set_value(value);
        }
    }
}
