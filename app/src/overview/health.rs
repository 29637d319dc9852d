//! How each kind of thing is doing: a number, a bar and words.

use domain::{
    Status,
    overview::{Counted, Health},
};
use leptos::prelude::*;

use crate::ui::badge::{Tone, tone};

/// One figure for each kind.
pub(super) fn strip(health: &[Health]) -> AnyView {
    let figures = health.iter().map(figure).collect_view();
    view! {
        <ul class="figures" aria-label="How everything is doing">
            {figures}
        </ul>
    }
    .into_any()
}

fn figure(health: &Health) -> AnyView {
    view! {
        <li>
            <a href=health.kind.path()>{health.kind.label()}</a>
            <strong>{health.total()}</strong>
            {bar(health)}
            <p>{words(health)}</p>
        </li>
    }
    .into_any()
}

/// A bar that is made up of the states; the words below say the same.
fn bar(health: &Health) -> AnyView {
    let total = health.total().max(1);
    let mut left = 0;
    // Healthy comes first, as one reads.
    let parts = health
        .states
        .iter()
        .rev()
        .map(|(status, count)| {
            let x = left;
            left += count;
            let class = match tone(*status) {
                Tone::Good => "good",
                Tone::Busy => "busy",
                Tone::Bad => "bad",
                Tone::Warn => "warn",
                Tone::Quiet => "quiet",
            };
            view! {
                <rect class=class x=x.to_string() y="0" width=count.to_string() height="4"></rect>
            }
        })
        .collect_view();
    view! {
        <svg
            class="meter-bar"
            aria-hidden="true"
            preserveAspectRatio="none"
            viewBox=format!("0 0 {total} 4")
        >
            {parts}
        </svg>
    }
    .into_any()
}

fn words(health: &Health) -> String {
    if health.states.is_empty() {
        return "None yet".to_owned();
    }
    let said = health
        .states
        .iter()
        .map(|(status, count)| format!("{count} {}", word(health.kind, *status)));
    said.collect::<Vec<_>>().join(" · ")
}

fn word(kind: Counted, status: Status) -> String {
    match (kind, status) {
        (Counted::Charts, Status::Stale) => "may be outdated".to_owned(),
        (Counted::Charts, _) => "up to date".to_owned(),
        (_, status) => status.label().to_lowercase(),
    }
}
