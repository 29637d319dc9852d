//! Points in time: the age, or the time that is left, to read, the date in the title and for machines.

use domain::Timestamp;
use leptos::prelude::*;

/// An age such as `8 min ago`.
#[component]
pub(crate) fn Moment(at: Timestamp, now: Timestamp) -> impl IntoView {
    let label = if at > now { left(at, now) } else { at.age(now) };
    view! { <time datetime=at.rfc3339() title=at.readable()>{label}</time> }
}

/// The time until `at`: `in 12 min`.
fn left(at: Timestamp, now: Timestamp) -> String {
    match at.since(now).as_secs() {
        0..=59 => "in a moment".to_owned(),
        seconds @ 60..=3_599 => format!("in {} min", seconds / 60),
        seconds @ 3_600..=86_399 => format!("in {} h", seconds / 3_600),
        seconds => format!("in {} d", seconds / 86_400),
    }
}

/// An age, or a word for never.
pub(crate) fn moment_or(at: Option<Timestamp>, now: Timestamp, never: &'static str) -> AnyView {
    match at {
        Some(at) => view! { <Moment at now/> }.into_any(),
        None => view! { <span class="muted">{never}</span> }.into_any(),
    }
}
