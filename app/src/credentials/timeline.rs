//! What expires in the next 90 days, as a picture and as a table.

use std::collections::BTreeMap;

use domain::{
    Status, Timestamp, counted,
    credentials::{CredentialQuery, CredentialSummary, Expiry, Urgency},
};
use leptos::prelude::*;
use maud::{Markup, html};

use super::path_of;
use crate::ui::row::{moment, status_badge, view_of};

const DAYS: u64 = 90;
/// The picture in its own units: 10 for the margin, 4 for a day, and a bin of 2 days a column.
const LEFT: u64 = 10;
const DAY: u64 = 4;
const BIN: u64 = 2;
const WIDTH: u64 = LEFT * 2 + DAYS * DAY;
/// The most dots in a column; the table has all of them.
const MOST: u64 = 8;
const DOT: u64 = 9;
/// So many rows at most are shown without a click.
const FEW: usize = 5;
/// So many rows at most are in the table; the list has all of them in this order.
const ROWS: usize = 10;

/// The timeline; nothing while nothing expires.
pub(super) fn timeline(expiring: &[CredentialSummary], now: Timestamp) -> AnyView {
    let known: Vec<_> =
        expiring.iter().filter_map(|row| row.expiry.map(|expiry| (row, expiry))).collect();
    if known.is_empty() {
        return ().into_any();
    }
    let dots: Vec<_> = known.iter().map(|(row, expiry)| (row.name.as_str(), *expiry)).collect();
    let rows =
        html! { @for (row, expiry) in known.iter().take(ROWS) { (row_of(row, *expiry, now)) } };
    let more = (known.len() > ROWS).then(|| {
        view! { <p><a href="/credentials?order=expires">"All, soonest first"</a></p> }
    });
    view! {
        <section class="card timeline" aria-labelledby="timeline-title">
            <h2 id="timeline-title">"Expiry"</h2>
            <p class="muted">{summary(&known, now)}</p>
            {picture(&dots, now)}
            <details class="more" open=known.len() <= FEW>
                <summary>"As a table"</summary>
                <div class="table-box flat stacks">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Name"</th>
                                <th scope="col">"Provider"</th>
                                <th scope="col">"Expires"</th>
                                <th scope="col">"State"</th>
                            </tr>
                        </thead>
                        <tbody>{view_of(rows)}</tbody>
                    </table>
                </div>
                {more}
            </details>
        </section>
    }
    .into_any()
}

fn summary(known: &[(&CredentialSummary, Expiry)], now: Timestamp) -> String {
    let count = |wanted: fn(&Expiry, Timestamp) -> bool| {
        let found = known.iter().filter(|(_, expiry)| wanted(expiry, now)).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    let over = count(|expiry, now| expiry.at <= now);
    let soon = count(|expiry, now| expiry.at > now && days(expiry.at, now) < DAYS);
    let mut text = format!("{} within the next 90 days.", phrase(soon, "expires", "expire"));
    if over > 0 {
        text = format!("{} {text}", sentence(over));
    }
    if known.len() >= CredentialQuery::EXPIRING as usize {
        text = format!("Of the {} that expire first: {text}", known.len());
    }
    text
}

fn phrase(count: u32, one: &str, many: &str) -> String {
    let verb = if count == 1 { one } else { many };
    format!("{} {verb}", counted(count, "credential", "credentials"))
}

fn sentence(over: u32) -> String {
    format!("{} expired.", phrase(over, "has", "have"))
}

fn days(at: Timestamp, now: Timestamp) -> u64 {
    at.since(now).as_secs() / 86_400
}

/// Each credential as a dot over its day; what is over stands at today.
pub(crate) fn picture(known: &[(&str, Expiry)], now: Timestamp) -> AnyView {
    let mut columns: BTreeMap<u64, Vec<(&str, Urgency)>> = BTreeMap::new();
    for (name, expiry) in known {
        let day = days(expiry.at, now);
        if day < DAYS {
            columns.entry(day / BIN).or_default().push((name, expiry.urgency(now)));
        }
    }
    let tallest = columns.values().map(|dots| dots.len() as u64).max().unwrap_or(0);
    let base = tallest.clamp(1, MOST) * DOT + 4;
    let dots = columns
        .iter()
        .flat_map(|(bin, dots)| {
            let x = LEFT + bin * BIN * DAY;
            (0..MOST).zip(dots).map(move |(level, (name, urgency))| {
                let y = base - DOT / 2 - 1 - level * DOT;
                dot(x, y, name, *urgency)
            })
        })
        .collect_view();
    let ticks = [0, 30, 60, 90]
        .map(|day| {
            let x = (LEFT + day * DAY).to_string();
            view! { <line class="tick" x1=x.clone() x2=x y1=base.to_string() y2=(base + 4).to_string()></line> }
        })
        .into_iter()
        .collect_view();
    let label = "When credentials expire in the next 90 days. The list below says the same.";
    view! {
        <figure>
            <svg role="img" aria-label=label viewBox=format!("0 0 {WIDTH} {}", base + 6)>
                <line
                    class="axis"
                    x1=LEFT.to_string()
                    x2=(LEFT + DAYS * DAY).to_string()
                    y1=base.to_string()
                    y2=base.to_string()
                ></line>
                {ticks}
                {dots}
            </svg>
            <figcaption>
                <span>"Today"</span>
                <span>"30 days"</span>
                <span>"60 days"</span>
                <span>"90 days"</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

fn dot(x: u64, y: u64, name: &str, urgency: Urgency) -> AnyView {
    let class = match urgency {
        Urgency::Fine => "dot",
        Urgency::Soon => "dot warn",
        Urgency::Pressing | Urgency::Expired => "dot bad",
    };
    view! {
        <circle class=class cx=x.to_string() cy=y.to_string() r="3.5">
            <title>{name.to_owned()}</title>
        </circle>
    }
    .into_any()
}

/// How pressing an expiry is, as the colour of its text; empty while it is not.
pub(crate) fn urgency_class(expiry: Expiry, now: Timestamp) -> &'static str {
    match expiry.urgency(now) {
        Urgency::Fine => "",
        Urgency::Soon => "warn",
        Urgency::Pressing | Urgency::Expired => "bad",
    }
}

fn row_of(row: &CredentialSummary, expiry: Expiry, now: Timestamp) -> Markup {
    let status = match expiry.urgency(now) {
        Urgency::Fine => None,
        Urgency::Soon | Urgency::Pressing => Some(Status::Expiring),
        Urgency::Expired => Some(Status::Expired),
    };
    html! {
        tr {
            th scope="row" { a href=(path_of(row.id)) { (row.name) } }
            td data-label="Provider" { (row.provider.facts().label) }
            td data-label="Expires" { (expiry.at.day()) " (" (moment(expiry.at, now)) ")" }
            td data-label="State" {
                @if let Some(status) = status { (status_badge(status)) }
            }
        }
    }
}
