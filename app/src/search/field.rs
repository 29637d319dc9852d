//! The field on every page. It sends to the search page; with JavaScript `palette.js` opens the palette.

use leptos::prelude::*;

use super::PATH;
use crate::ui::icon::Icon;

/// The field, for the frame.
#[component]
pub(crate) fn SearchField() -> impl IntoView {
    view! {
        <form class="search-field" role="search" aria-label="Hawser" action=PATH method="get" data-palette>
            <Icon name="search"/>
            <input
                type="search"
                name="q"
                aria-label="Search Hawser"
                placeholder="Search or go to…"
                autocomplete="off"
                spellcheck="false"
            />
            <kbd aria-hidden="true"></kbd>
        </form>
    }
}
