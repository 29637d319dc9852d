//! Points in time: the age, or the time that is left, to read, the date in the title and for machines.

use domain::Timestamp;
use leptos::{prelude::*, tachys::html::InertElement};

/// An age such as `8 min ago`, which grows while [`super::live::Live`] is on the page.
#[component]
pub(crate) fn Moment(at: Timestamp, now: Timestamp) -> impl IntoView {
    // One string, as an icon is. Nothing in a date has to be escaped.
    let (date, title, age) = (at.rfc3339(), at.readable(), at.relative_to(now));
    InertElement::new(format!("<time data-age datetime=\"{date}\" title=\"{title}\">{age}</time>"))
}

/// An age, or a word for never.
pub(crate) fn moment_or(at: Option<Timestamp>, now: Timestamp, never: &'static str) -> AnyView {
    match at {
        Some(at) => view! { <Moment at now/> }.into_any(),
        None => view! { <span class="muted">{never}</span> }.into_any(),
    }
}
