//! What needs attention: one line for each cause, with the one action that mends it.

use domain::{
    Role, Timestamp,
    cause::RemoteKind,
    counted,
    credentials::Environment,
    overview::{Attention, FailingRepositories, Matter, OverviewPage, Waits},
};
use leptos::prelude::*;

use super::mend::mend;
use crate::ui::{
    badge::{Badge, StatusBadge, Tone},
    icon::Icon,
    moment::Moment,
};

/// All lines, or that there are none.
pub(super) fn section(found: &OverviewPage, role: Option<Role>, now: Timestamp) -> AnyView {
    let count = u32::try_from(found.attention.len()).unwrap_or(u32::MAX).saturating_add(found.more);
    let body = if found.attention.is_empty() {
        view! {
            <p class="all-well">
                <Icon name="circle-check"/>
                "Nothing needs your attention."
            </p>
        }
        .into_any()
    } else {
        let lines = found.attention.iter().map(|line| row(line, role, now)).collect_view();
        view! { <ul class="attention">{lines}</ul> }.into_any()
    };
    let more = (found.more > 0).then(|| {
        let text = format!("{} are not shown.", counted(found.more, "more line", "more lines"));
        view! { <p class="muted overview-foot">{text}</p> }
    });
    view! {
        <section class="card" aria-labelledby="attention-title">
            <h2 id="attention-title">
                "Needs attention" {(count > 0).then(|| view! { " " <span class="count">{count}</span> })}
            </h2>
            {body}
            {more}
        </section>
    }
    .into_any()
}

fn row(line: &Attention, role: Option<Role>, now: Timestamp) -> AnyView {
    let (href, label) = mend(&line.matter, role);
    let since = line.since.map(|at| view! { " · " <Moment at now/> });
    let environment = environment_of(&line.matter);
    let about = format!("{label}: {}", title(&line.matter));
    view! {
        <li>
            <StatusBadge status=line.status/>
            <div>
                <p>
                    <strong>{title(&line.matter)}</strong>
                    {environment}
                </p>
                <p class="muted">{detail(&line.matter)} {since}</p>
            </div>
            <a class="button" href=href aria-label=about>
                {label}
            </a>
        </li>
    }
    .into_any()
}

fn environment_of(matter: &Matter) -> Option<AnyView> {
    let Matter::Repositories(found) = matter else { return None };
    (found.environment == Environment::Production)
        .then(|| view! { " " <Badge tone=Tone::Quiet label="Production"/> }.into_any())
}

fn title(matter: &Matter) -> String {
    match matter {
        Matter::Repositories(found) => of_repositories(found),
        Matter::Paused { name, host, .. } => format!("{name} is paused at {host}"),
        Matter::Expired { name, .. } => format!("{name} has expired"),
        Matter::CandidateRefused { name, .. } => format!("New secret of {name} was refused"),
        Matter::SecretLost { name, .. } => format!("Secret of {name} is lost"),
        Matter::GitAccount { name, .. } => format!("GitHub refuses {name}"),
        Matter::GitTarget { name, waits: Waits::Mending(_), .. } => {
            format!("Git target {name} cannot push")
        }
        Matter::GitTarget { name, .. } => format!("Git target {name} is out of sync"),
        Matter::Cluster { name, .. } => format!("Cluster {name} cannot be applied to"),
        Matter::Drift { name, .. } => format!("Cluster {name} has drifted"),
    }
}

fn of_repositories(found: &FailingRepositories) -> String {
    let cause = found.cause.words(RemoteKind::Registry).title;
    match &found.credential {
        Some((_, name)) if found.expired.is_some() => format!("{name} has expired"),
        Some((_, name)) if found.is_of_credential() => format!("{name}: {cause}"),
        _ if found.count == 1 => match found.names.first() {
            Some(name) => format!("{name}: {cause}"),
            None => cause.to_owned(),
        },
        _ => format!("{cause} · {}", repositories(found.count)),
    }
}

fn repositories(count: u32) -> String {
    counted(count, "repository", "repositories")
}

fn detail(matter: &Matter) -> String {
    match matter {
        Matter::Repositories(found) => strikes(found),
        Matter::Paused { .. } => "It refused the login three times in a row".to_owned(),
        Matter::Expired { expiry, .. } => format!("It ended on {}", expiry.at.day()),
        Matter::CandidateRefused { .. } => "The old secret is still in use".to_owned(),
        Matter::SecretLost { .. } => "Vault does not hold it any more".to_owned(),
        Matter::GitAccount { cause, .. } => cause.words(RemoteKind::Github).title.to_owned(),
        Matter::GitTarget { waits, .. } => match waits {
            Waits::Mending(cause) => cause.words(RemoteKind::GitServer).title.to_owned(),
            Waits::Merge => "A pull request waits to be merged".to_owned(),
            Waits::Push => "Changes are not pushed yet".to_owned(),
        },
        Matter::Cluster { cause, .. } => cause.words(RemoteKind::Cluster).title.to_owned(),
        Matter::Drift { objects, .. } => {
            let objects = counted(*objects, "object was", "objects were");
            format!("{objects} changed or deleted by somebody else")
        }
    }
}

/// How many repositories a cause strikes, and which.
fn strikes(found: &FailingRepositories) -> String {
    let names = found.names.join(", ");
    let listed = u32::try_from(found.names.len()).unwrap_or(u32::MAX);
    let rest = found.count.saturating_sub(listed);
    let names = if rest > 0 { format!("{names} and {rest} more") } else { names };
    if found.count == 1 && !found.is_of_credential() {
        return found.host.clone();
    }
    format!("{} · {} · {names}", repositories(found.count), found.host)
}
