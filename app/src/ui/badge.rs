//! States as a badge: always an icon and a word, never colour alone.

#[cfg(feature = "ssr")]
use domain::Status;
use leptos::prelude::*;

use super::icon::Icon;

/// What a state means for the person who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// All is well.
    Good,
    /// Something is going on.
    #[cfg(feature = "ssr")]
    Busy,
    /// Somebody has to look.
    Bad,
    /// Worth knowing.
    Warn,
    /// Nothing to say.
    Quiet,
}

impl Tone {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            #[cfg(feature = "ssr")]
            Self::Busy => "badge busy",
            Self::Bad => "badge bad",
            Self::Warn => "badge warn",
            Self::Quiet => "badge quiet",
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Self::Good => "circle-check",
            #[cfg(feature = "ssr")]
            Self::Busy => "loader",
            Self::Bad => "circle-alert",
            Self::Warn => "triangle-alert",
            Self::Quiet => "circle",
        }
    }
}

/// A word with its icon.
#[component]
pub(crate) fn Badge(tone: Tone, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <span class=tone.class()>
            <Icon name=tone.icon()/>
            {label}
        </span>
    }
}

/// What a status means for the person who looks.
#[cfg(feature = "ssr")]
pub(crate) const fn tone(status: Status) -> Tone {
    match status {
        Status::Paused | Status::Expired | Status::Failing => Tone::Bad,
        Status::Stale | Status::OutOfSync | Status::Expiring => Tone::Warn,
        Status::Syncing => Tone::Busy,
        Status::NotSynced | Status::Unused => Tone::Quiet,
        Status::InSync | Status::Healthy => Tone::Good,
    }
}

/// The one word that says how a thing is doing, with its icon.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn StatusBadge(status: Status) -> impl IntoView {
    view! { <Badge tone=tone(status) label=status.label()/> }
}
