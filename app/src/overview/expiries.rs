//! What expires within 90 days, as a picture and as a list of the next ones.

use domain::{
    Timestamp, counted,
    overview::{ExpiringCredential, OverviewPage},
};
use leptos::prelude::*;

use crate::{credentials, ui::moment::Moment};

/// So many are listed; the page of credentials has all of them.
const NEXT: usize = 6;

pub(super) fn section(expiring: &[ExpiringCredential], now: Timestamp) -> AnyView {
    let title = format!("Expiring in {} days", OverviewPage::DAYS);
    let body = if expiring.is_empty() {
        view! { <p class="muted">"No credential expires in this time."</p> }.into_any()
    } else {
        let dots: Vec<_> = expiring.iter().map(|row| (row.name.as_str(), row.expiry)).collect();
        let next = expiring.iter().take(NEXT).map(|row| line(row, now)).collect_view();
        let rest = u32::try_from(expiring.len().saturating_sub(NEXT)).unwrap_or(u32::MAX);
        let rest = (rest > 0).then(|| {
            let text = format!("{} in the table of credentials", counted(rest, "more", "more"));
            view! { <p class="overview-foot"><a href="/credentials">{text}</a></p> }
        });
        view! {
            <div class="timeline">{credentials::picture(&dots, now)}</div>
            <ul class="lines">{next}</ul>
            {rest}
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="expiries-title">
            <h2 id="expiries-title">{title}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn line(row: &ExpiringCredential, now: Timestamp) -> AnyView {
    view! {
        <li>
            <a href=format!("/credentials/{}", row.credential)>{row.name.clone()}</a>
            <span class=credentials::urgency_class(row.expiry, now)>
                <Moment at=row.expiry.at now/>
            </span>
        </li>
    }
    .into_any()
}
