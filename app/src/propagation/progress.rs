//! A progress bar and one line per repository, Git target and cluster, kept fresh by the event stream.

#[cfg(feature = "ssr")]
use domain::propagation::{Counts, DeliveryLine, DeliveryState, Progress};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ui::badge::{Badge, Tone, tone};

/// The parts of the progress that the event stream brings anew.
#[cfg(feature = "hydrate")]
const PARTS: [&str; 3] = ["progress-bar", "progress-summary", "progress-lines"];

/// Shows a propagation and follows it until its last delivery ended. The server renders it whole, so a
/// reload shows the same without JavaScript.
#[cfg(feature = "ssr")]
pub(crate) fn live_progress(progress: &Progress) -> AnyView {
    let is_under_way = progress.finished_at.is_none();
    let events = is_under_way.then(|| format!("/events/propagations/{}", progress.id));
    view! {
        <div class="progress">{parts(progress)}</div>
        {events.map(|events| view! { <FollowProgress events/> })}
    }
    .into_any()
}

/// The parts of the progress as HTML, for the event stream.
#[cfg(feature = "ssr")]
#[must_use]
pub fn progress_html(progress: &Progress) -> String {
    Owner::new().with(|| parts(progress).to_html())
}

#[cfg(feature = "ssr")]
fn parts(progress: &Progress) -> impl IntoView + use<> {
    let counts = progress.counts;
    let lines = progress.lines.iter().map(line).collect_view();
    view! {
        <div data-live="progress-bar">
            <progress
                max=counts.total().max(1).to_string()
                value=counts.finished().to_string()
                aria-label="Places done"
            ></progress>
        </div>
        <p role="status" data-live="progress-summary">
            {summary(counts, progress.finished_at.is_some())}
        </p>
        <ul class="lines" data-live="progress-lines">
            {lines}
        </ul>
    }
}

/// Listens to the stream at `events` until the propagation has ended, and puts what they bring on the page.
#[island]
pub(crate) fn FollowProgress(events: String) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    listening::follow(&events);
    view! { <span hidden data-events=events></span> }
}

#[cfg(feature = "ssr")]
fn summary(counts: Counts, finished: bool) -> String {
    let mut text = format!("{} of {} done", counts.finished(), counts.total());
    for (count, word) in [
        (counts.healthy, "healthy"),
        (counts.running + counts.retrying, "syncing"),
        (counts.waiting, "not synced"),
        (counts.needs_attention, "failing"),
        (counts.superseded, "superseded"),
    ] {
        if count > 0 {
            text = format!("{text} · {count} {word}");
        }
    }
    if finished {
        text.push_str(" · finished");
    }
    text
}

#[cfg(feature = "ssr")]
fn line(line: &DeliveryLine) -> impl IntoView + use<> {
    let class = if line.state == DeliveryState::Healthy { "muted" } else { "cause" };
    let cause = line.told.clone().map(|told| {
        view! { <p class=class title=told.message>{told.title}</p> }
    });
    let tries = (line.attempts > 1).then(|| format!("Try {}", line.attempts));
    view! {
        <li class="line" data-state=line.state.as_str()>
            <div>
                <a href=line.place.path()>{line.name.clone()}</a>
                <span class="muted">" · "{line.place.label()}</span>
                {cause}
            </div>
            <span class="muted">{tries}</span>
            <Badge tone=line.state.status().map_or(Tone::Quiet, tone) label=line.state.label()/>
        </li>
    }
}

#[cfg(feature = "hydrate")]
mod listening {
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{DomParser, EventSource, MessageEvent, SupportedType, window};

    use super::PARTS;

    pub fn follow(events: &str) {
        let Ok(source) = EventSource::new(events) else {
            return;
        };
        let fresh = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
            if let Some(html) = event.data().as_string() {
                let _ = show(&html);
            }
        });
        source.set_onmessage(Some(fresh.as_ref().unchecked_ref()));
        fresh.forget();
        let open = source.clone();
        let done = Closure::<dyn FnMut()>::new(move || open.close());
        let _ = source.add_event_listener_with_callback("done", done.as_ref().unchecked_ref());
        done.forget();
    }

    fn show(html: &str) -> Result<(), JsValue> {
        let Some(page) = window().and_then(|window| window.document()) else { return Ok(()) };
        let fresh = DomParser::new()?.parse_from_string(html, SupportedType::TextHtml)?;
        for part in PARTS {
            let part = format!("[data-live=\"{part}\"]");
            if let (Some(old), Some(new)) =
                (page.query_selector(&part)?, fresh.query_selector(&part)?)
                && old.inner_html() != new.inner_html()
            {
                old.set_inner_html(&new.inner_html());
            }
        }
        Ok(())
    }
}
