//! The first page: what needs attention, how everything is doing, what happened.

mod attention;
mod expiries;
mod health;
mod mend;
mod recent;
mod syncs;
mod way_in;

use domain::overview::OverviewPage;
use leptos::prelude::*;

pub(crate) use way_in::way_in;

use crate::ui::{
    frame::Section,
    live::Live,
    page::{Page, Request, snapshot_page},
};

/// `/`
pub(crate) fn overview() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let found = request.services().overview.overview(&principal).await?;
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Overview"</h1>
                    <p class="muted">{principal.organization_name.clone()}</p>
                </div>
            </div>
            {parts(&found, &request)}
            <Live/>
        };
        let (title, section) = ("Overview".to_owned(), Section::Overview);
        Ok(Page { title, section, body: body.into_any() })
    })
}

/// An organization in which nothing is at work yet is shown the way in, and nothing that would be empty.
fn parts(found: &OverviewPage, request: &Request) -> AnyView {
    let (now, role) = (request.now, request.principal.as_ref().map(|person| person.role));
    let steps = (!found.begun.is_at_work()).then(|| way_in(found.begun));
    let is_idle = steps.is_some() && found.attention.is_empty();
    let attention = (!is_idle).then(|| attention::section(found, role, now));
    let health = (!is_idle).then(|| health::strip(&found.health)).into_any();
    let is_timed = !is_idle || !found.expiring.is_empty();
    let expiries = is_timed.then(|| expiries::section(&found.expiring, now)).into_any();
    let syncs = found.hours.iter().any(|hour| hour.syncs > 0);
    view! {
        {part("health", health)}
        <div class="overview">
            <div class="overview-main">
                {steps}
                {part("attention", attention.into_any())}
                {part("syncs", syncs.then(|| syncs::section(&found.hours)).into_any())}
            </div>
            <div class="overview-side">
                {part("expiries", expiries)}
                {part(
                    "recent",
                    found.recent.as_ref().map(|events| recent::section(events, now)).into_any(),
                )}
            </div>
        </div>
    }
    .into_any()
}

/// A part that is replaced by its new self while somebody looks.
fn part(name: &'static str, content: AnyView) -> AnyView {
    view! { <div class="part" data-live=name>{content}</div> }.into_any()
}
