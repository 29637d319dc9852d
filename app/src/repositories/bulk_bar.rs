//! The bar of the ticked repositories.

use domain::{
    Total,
    bulk::BulkAction,
    repositories::{INTERVALS, RepositoryQuery},
};
use leptos::prelude::*;

use super::list::pairs;
use crate::{
    bulk::{all_found, begin},
    ui::{icon::Icon, input::hidden},
};

/// The bar of the ticked rows, and the form that the boxes and *Sync all* name: a table row cannot hold
/// it. What it says of all is about those that the page finds.
pub(super) fn bulk(query: &RepositoryQuery, total: Total, here: &str) -> AnyView {
    let found = pairs(query).map(|(name, value)| hidden(name, value)).collect_view();
    let intervals = INTERVALS
        .iter()
        .map(|(seconds, label)| {
            view! { <option value=*seconds selected={*seconds == 3_600}>{*label}</option> }
        })
        .collect_view();
    view! {
        <form id="bulk" class="bulk" method="post" action="/actions/bulk/repositories" data-found="bulk">
            {hidden("from", here)}
            {found}
            <strong class="needs-script" data-ticked="selected" aria-live="polite"></strong>
            {all_found(total, RepositoryQuery::PAGE_ROWS)}
            <button
                class="button"
                type="submit"
                name="which"
                value="ticked"
                formaction="/actions/repositories/sync"
            >
                <Icon name="refresh-cw"/>
                "Sync now"
            </button>
            {begin(BulkAction::TestRepositories)}
            <span class="joined">
                <select name="interval" aria-label="Interval">{intervals}</select>
                {begin(BulkAction::SetInterval)}
            </span>
            {begin(BulkAction::DeleteRepositories)}
            <button class="button quiet" type="reset">"Clear"</button>
        </form>
    }
    .into_any()
}
