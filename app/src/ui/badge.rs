//! States as a badge: always an icon and a word, never colour alone.

use leptos::prelude::*;

use super::icon::Icon;

/// What a state means for the person who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// All is well.
    Good,
    /// Something is going on.
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
            Self::Busy => "badge busy",
            Self::Bad => "badge bad",
            Self::Warn => "badge warn",
            Self::Quiet => "badge quiet",
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Self::Good => "circle-check",
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
