//! What a connection test learned besides: certificate, limit of requests, expiry.

use domain::{
    Timestamp,
    connection_tests::{Certificate, ConnectionTest, Quota},
};
use leptos::prelude::*;

use super::panel::Tested;
use crate::ui::{icon::Icon, moment::Moment};

/// The facts of a test; nothing when it learned none.
pub(super) fn facts(test: &ConnectionTest, now: Timestamp) -> Option<AnyView> {
    let expires = test.expires_at.map(|at| {
        let word = if at <= now { "Expired" } else { "Expires" };
        view! {
            <dt>{word}</dt>
            <dd><Moment at now/></dd>
        }
    });
    let known = test.certificate.is_some() || test.quota.is_some() || expires.is_some();
    known.then(|| {
        view! {
            <dl class="facts">
                {expires}
                {test.quota.map(|quota| view! { <dt>"Requests"</dt> <dd>{left(quota)}</dd> })}
                {test.certificate.as_ref().map(certificate)}
            </dl>
        }
        .into_any()
    })
}

/// Rights that reading does not need.
pub(super) fn excess(test: &ConnectionTest, of: Tested) -> Option<AnyView> {
    (!test.excess.is_empty()).then(|| {
        let rights = test.excess.join(", ");
        let advice = match (of, test.repository) {
            // A token for Git, whose maker was asked.
            (Tested::Stored(_), None) => {
                "Only pushing to a Git target needs more than reading; a narrower token does less harm when it leaks."
            }
            _ => {
                "Read access is enough for Hawser; a narrower token does less harm when it leaks."
            }
        };
        view! {
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <p>
                    {format!("This token can also: {rights}. {advice}")}
                </p>
            </div>
        }
        .into_any()
    })
}

/// What is left of a registry's limit: `78 of 100 requests left, until 2026-11-21 09:30 UTC`.
pub(crate) fn left(quota: Quota) -> String {
    let text = format!("{} of {} requests left", quota.remaining, quota.limit);
    match quota.resets_at {
        Some(at) => format!("{text}, until {}", at.readable()),
        None => text,
    }
}

fn certificate(certificate: &Certificate) -> AnyView {
    let until = certificate.not_after.map(|at| {
        view! {
            <dt>"Valid until"</dt>
            <dd>
                <time datetime=at.rfc3339()>{at.readable()}</time>
            </dd>
        }
    });
    view! {
        <dt>"Certificate of"</dt>
        <dd>{certificate.subject.clone()}</dd>
        <dt>"Issuer"</dt>
        <dd>{certificate.issuer.clone()}</dd>
        <dt>"SHA-256"</dt>
        <dd>
            <code class="fingerprint">{certificate.fingerprint.clone()}</code>
        </dd>
        {until}
    }
    .into_any()
}
