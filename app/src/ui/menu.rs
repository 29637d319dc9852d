//! The row menu ⋮.

use leptos::prelude::*;

use super::icon::Icon;

/// A menu of links and buttons for one row, labelled *Actions for NAME*.
#[component]
pub(crate) fn RowMenu(#[prop(into)] name: String, children: Children) -> impl IntoView {
    let mut label = name;
    label.insert_str(0, "Actions for ");
    view! {
        <details class="menu" name="row-menu">
            <summary aria-label=label.clone() title=label>
                <Icon name="ellipsis-vertical"/>
            </summary>
            <div class="menu-list">{children()}</div>
        </details>
    }
}
