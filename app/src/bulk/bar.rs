//! What the bars of the lists share.

use domain::{Total, bulk::BulkAction};
use leptos::prelude::*;

use crate::ui::icon::Icon;

/// The box that takes all rows that the page finds, on whichever of its pages; nothing where the page shows them
/// all.
pub(crate) fn all_found(total: Total, on_a_page: u32) -> Option<AnyView> {
    total.exceeds(on_a_page).then(|| {
        let words = format!("All {total} found, on every page");
        view! {
            <label class="radio">
                <input type="checkbox" name="all" value="found"/>
                <span>{words}</span>
            </label>
        }
        .into_any()
    })
}

/// The button that begins a run with the ticked rows.
pub(crate) fn begin(action: BulkAction) -> AnyView {
    let (class, icon, label) = match action {
        BulkAction::TestRepositories | BulkAction::TestCredentials => {
            ("button", Some("plug"), "Test")
        }
        BulkAction::SetInterval => ("button", None, "Set interval"),
        BulkAction::Import => ("button", None, "Import"),
        BulkAction::DeleteRepositories | BulkAction::DeleteCredentials => {
            ("button danger", Some("trash-2"), "Delete…")
        }
    };
    let icon = icon.map(|icon| view! { <Icon name=icon/> });
    view! {
        <button class=class type="submit" name="action" value=action.as_str()>
            {icon}
            {label}
        </button>
    }
    .into_any()
}
