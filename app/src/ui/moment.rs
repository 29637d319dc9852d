//! Points in time: the age, or the time that is left, to read, the date in the title and for machines.

use domain::Timestamp;
use leptos::prelude::*;

/// An age such as `8 min ago`, which grows while [`super::live::Live`] is on the page.
#[component]
pub(crate) fn Moment(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! { <time data-age datetime=at.rfc3339() title=at.readable()>{at.relative_to(now)}</time> }
}

/// An age, or a word for never.
pub(crate) fn moment_or(at: Option<Timestamp>, now: Timestamp, never: &'static str) -> AnyView {
    match at {
        Some(at) => view! { <Moment at now/> }.into_any(),
        None => view! { <span class="muted">{never}</span> }.into_any(),
    }
}
