//! The syncs of the last 24 hours, as a picture and as a table.

use domain::{counted, overview::SyncHour};
use leptos::prelude::*;

/// The picture in its own units: a column of 10 for each hour, 60 high.
const COLUMN: u32 = 10;
const HEIGHT: u32 = 60;

pub(super) fn section(hours: &[SyncHour]) -> AnyView {
    let sum = |of: fn(&SyncHour) -> u32| hours.iter().map(of).fold(0, u32::saturating_add);
    let (syncs, failures) = (sum(|hour| hour.syncs), sum(|hour| hour.failures));
    let failed = match failures {
        0 => "none failed".to_owned(),
        some => format!("{some} failed"),
    };
    view! {
        <section class="card" aria-labelledby="syncs-title">
            <h2 id="syncs-title">"Syncs in the last 24 hours"</h2>
            <p class="muted">{format!("{}, {failed}", counted(syncs, "sync", "syncs"))}</p>
            {picture(hours)}
            <details class="more">
                <summary>"As a table"</summary>
                {table(hours)}
            </details>
        </section>
    }
    .into_any()
}

fn picture(hours: &[SyncHour]) -> AnyView {
    let most = hours.iter().map(|hour| hour.syncs).max().unwrap_or(0).max(1);
    let columns = (0..)
        .zip(hours)
        .map(|(n, hour)| {
            let x = (n * COLUMN + 1).to_string();
            let height = |count: u32| match count {
                0 => 0,
                // One sync among thousands can be seen too.
                some => (u64::from(some) * u64::from(HEIGHT) / u64::from(most)).max(2),
            };
            let (all, failed) = (height(hour.syncs), height(hour.failures));
            let base = u64::from(HEIGHT);
            let title = format!("{}: {} syncs, {} failed", time(hour), hour.syncs, hour.failures);
            view! {
                <g>
                    <title>{title}</title>
                    <rect
                        class="syncs"
                        x=x.clone()
                        y=(base - all).to_string()
                        width="8"
                        height=all.to_string()
                    ></rect>
                    <rect
                        class="failures"
                        x=x
                        y=(base - failed).to_string()
                        width="8"
                        height=failed.to_string()
                    ></rect>
                </g>
            }
        })
        .collect_view();
    let width = COLUMN * u32::try_from(hours.len()).unwrap_or(24);
    view! {
        <figure class="hours">
            <svg
                role="img"
                aria-label="Syncs and failures by the hour. The table below says the same."
                preserveAspectRatio="none"
                viewBox=format!("0 0 {width} {HEIGHT}")
            >
                {columns}
            </svg>
            <figcaption>
                <span>"24 hours ago"</span>
                <span>
                    <span class="key syncs"></span>
                    "Syncs "
                    <span class="key failures"></span>
                    "Failed"
                </span>
                <span>"Now"</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

fn time(hour: &SyncHour) -> String {
    hour.at.readable()
}

fn table(hours: &[SyncHour]) -> AnyView {
    let rows = hours
        .iter()
        .rev()
        .filter(|hour| hour.syncs > 0)
        .map(|hour| {
            view! {
                <tr>
                    <th scope="row" data-label="Hour from">
                        <time datetime=hour.at.rfc3339()>{time(hour)}</time>
                    </th>
                    <td data-label="Syncs">{hour.syncs}</td>
                    <td data-label="Failed">{hour.failures}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-box flat stacks">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Hour from"</th>
                        <th scope="col">"Syncs"</th>
                        <th scope="col">"Failed"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
