//! The exports that a place takes, as a field of its form.

use domain::{Field, exports::ExportSummary};
use leptos::prelude::*;

use super::NEW;
use crate::{
    sent::split,
    ui::{
        checkbox_list::{Pick, Picks},
        form::FormState,
        page::Request,
        return_to::Leave,
    },
};

/// The boxes of all exports, those that are `ticked` already ticked, with the button that adds one for the
/// form on the page `here`.
pub(crate) fn taken(
    state: &FormState,
    all: Vec<ExportSummary>,
    ticked: &[String],
    hint: &'static str,
    here: String,
) -> AnyView {
    let picks = all
        .into_iter()
        .map(|one| {
            let value = one.id.to_string();
            let chosen = ticked.contains(&value);
            let detail = one.consumer.facts().label.to_owned();
            Pick { value, label: one.name, detail, chosen }
        })
        .collect();
    view! {
        <Picks
            state=state.clone()
            field=Field::Exports
            name="exports[]"
            legend="Exports"
            hint
            picks
        >
            <Leave to=NEW here label="Add an export…"/>
        </Picks>
    }
    .into_any()
}

/// The ids that are ticked: what a refused form left, what came along in the query, or what is stored.
pub(crate) fn ticked(state: &FormState, request: &Request, stored: Vec<String>) -> Vec<String> {
    match (state.kept("exports"), request.all("exports[]")) {
        (Some(kept), _) => split(&kept),
        (None, sent) if !sent.is_empty() => sent,
        (None, _) => stored,
    }
}
