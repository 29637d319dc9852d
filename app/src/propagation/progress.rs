//! A progress bar and one line per repository, Git target and cluster, kept fresh by the event stream.

use domain::propagation::{Counts, DeliveryLine, DeliveryState, Progress};
use leptos::prelude::*;

use crate::ui::badge::{Badge, Tone, tone};

/// Shows a propagation and follows it until its last delivery ended. The server renders it whole,
/// so a reload shows the same without JavaScript.
#[island]
pub(crate) fn LiveProgress(initial: Progress) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let progress = listening::follow(initial);
    #[cfg(not(feature = "hydrate"))]
    let progress = RwSignal::new(initial);
    let counts = move || progress.with(|progress| progress.counts);
    let finished = move || progress.with(|progress| progress.finished_at.is_some());
    view! {
        <div class="progress" data-finished=move || finished().to_string()>
            <progress
                max=move || counts().total().max(1).to_string()
                value=move || counts().finished().to_string()
                aria-label="Places done"
            ></progress>
            <p role="status">{move || summary(counts(), finished())}</p>
            <ul class="lines">
                {move || progress.with(|progress| progress.lines.iter().map(line).collect_view())}
            </ul>
        </div>
    }
}

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
    use domain::propagation::Progress;
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    /// A signal that follows the event stream until the propagation is finished.
    pub fn follow(initial: Progress) -> RwSignal<Progress> {
        let (id, over) = (initial.id, initial.finished_at.is_some());
        let progress = RwSignal::new(initial);
        if over {
            return progress;
        }
        let Ok(source) = EventSource::new(&format!("/events/propagations/{id}")) else {
            return progress;
        };
        let events = source.clone();
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let fresh = event.data().as_string();
            let Some(fresh) = fresh.and_then(|text| serde_json::from_str::<Progress>(&text).ok())
            else {
                return;
            };
            if fresh.finished_at.is_some() {
                events.close();
            }
            progress.set(fresh);
        });
        source.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        hear.forget();
        progress
    }
}
