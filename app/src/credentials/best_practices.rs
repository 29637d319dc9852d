//! The best practices of the product manual (F80), shown where they apply.

use std::time::Duration;

use domain::{
    AuthMethod, Timestamp,
    credentials::{CredentialDetail, CredentialScope, Environment},
};
use leptos::prelude::*;

use crate::ui::icon::Icon;

/// A secret is overdue after this time.
const OVERDUE: Duration = Duration::from_hours(180 * 24);

/// One practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Practice {
    Tokens,
    Permissions,
    Rotation,
    Environments,
}

impl Practice {
    const ALL: [Self; 4] = [Self::Tokens, Self::Permissions, Self::Rotation, Self::Environments];

    const fn title(self) -> &'static str {
        match self {
            Self::Tokens => "Use tokens, not passwords",
            Self::Permissions => "Minimum permissions",
            Self::Rotation => "Rotate regularly",
            Self::Environments => "Separate by environment",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Tokens => {
                "A token has its own scope and can be revoked without locking anyone out."
            }
            Self::Permissions => "Read-only access is enough to sync charts.",
            Self::Rotation => {
                "Change secrets on a schedule, above all in production: a leaked one stops working."
            }
            Self::Environments => {
                "Use one credential each for development, staging and production, so a leak in one stays there."
            }
        }
    }
}

/// All of them, for those who begin.
pub(super) fn all() -> AnyView {
    cards(Practice::ALL.map(|practice| (practice, practice.text().to_owned())).to_vec())
}

/// Those that this credential does not follow, with the reason.
pub(super) fn of(credential: &CredentialDetail, now: Timestamp) -> AnyView {
    let broken = broken(credential, now);
    if broken.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="stack" aria-labelledby="practices-title">
            <h2 id="practices-title">"Recommendations"</h2>
            {cards(broken)}
        </section>
    }
    .into_any()
}

fn broken(credential: &CredentialDetail, now: Timestamp) -> Vec<(Practice, String)> {
    let production = credential.environment == Environment::Production;
    let shared = credential.reach == CredentialScope::Shared;
    let mut broken = Vec::new();
    let recommended = credential.provider.facts().shapes.first();
    if credential.shape == AuthMethod::Password && recommended != Some(&AuthMethod::Password) {
        let way = recommended.map_or("", |shape| shape.facts().label);
        broken.push((
            Practice::Tokens,
            format!("This one is sent unchanged. {way} renews itself: choose it under Use another method."),
        ));
    }
    if let Some(stored) = stored_at(credential).filter(|_| !credential.shape.is_ambient())
        && now.since(stored) > OVERDUE
    {
        let days = now.since(stored).as_secs() / 86_400;
        broken.push((
            Practice::Rotation,
            format!("This secret has not been changed for {days} days. Save a new one here; every linked repository follows."),
        ));
    } else if production && credential.expiry.is_none() && !credential.shape.is_ambient() {
        broken.push((
            Practice::Rotation,
            "Made for production without an expiry date, so nobody is reminded. Set the date in Settings.".to_owned(),
        ));
    }
    if production && shared {
        broken.push((
            Practice::Environments,
            "Made for production and shared with all projects. Move it to the project that needs it.".to_owned(),
        ));
    }
    broken
}

/// When the secret that counts was stored.
fn stored_at(credential: &CredentialDetail) -> Option<Timestamp> {
    credential.versions.iter().find(|version| version.is_current).map(|version| version.at)
}

fn cards(practices: Vec<(Practice, String)>) -> AnyView {
    let cards = practices
        .into_iter()
        .map(|(practice, text)| {
            view! {
                <li class="practice">
                    <Icon name="shield-check"/>
                    <div>
                        <h3>{practice.title()}</h3>
                        <p>{text}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="practices">{cards}</ul> }.into_any()
}
