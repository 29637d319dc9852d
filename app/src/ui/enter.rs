//! The button that Enter presses, in whichever field of a form: its first one, which nobody sees.

use leptos::prelude::*;

/// Enter sends the form.
pub(crate) fn enter_sends(label: &'static str) -> AnyView {
    view! {
        <button class="unseen" type="submit" tabindex="-1" aria-hidden="true">
            {label}
        </button>
    }
    .into_any()
}

/// Enter in a form with a search, which `formaction` does. With the script it searches from the field of the search
/// and sends the form from any other; without it Enter only searches, so that nothing is ever stored by it.
/// `says` is a value that tells the page of it.
pub(crate) fn enter_searches(
    label: &'static str,
    formaction: String,
    says: Option<(&'static str, &'static str)>,
) -> AnyView {
    let (name, value) = says.unzip();
    view! {
        <button
            class="unseen"
            type="submit"
            tabindex="-1"
            aria-hidden="true"
            formaction=formaction
            formnovalidate
            data-enter
            name=name
            value=value
        >
            {label}
        </button>
    }
    .into_any()
}
