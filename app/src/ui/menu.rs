//! The row menu ⋮.

use leptos::prelude::*;

use super::icon::Icon;

/// A menu of links and buttons for one row, labelled *Actions for NAME*.
#[component]
pub(crate) fn RowMenu(#[prop(into)] name: String, children: Children) -> impl IntoView {
    view! {
        <details class="menu" name="row-menu">
            <summary aria-label=format!("Actions for {name}") title=format!("Actions for {name}")>
                <Icon name="ellipsis-vertical"/>
            </summary>
            <div class="menu-list">{children()}</div>
        </details>
    }
}
