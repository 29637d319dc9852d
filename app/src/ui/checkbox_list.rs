//! A list of boxes to tick.

use domain::Field;
use leptos::prelude::*;

use super::{form::FormState, list_filter::Sieve};
use crate::sent::joined;

/// From how many boxes on the list can be narrowed down by typing.
const MANY: usize = 8;

/// A box.
pub(crate) struct Pick {
    /// What is sent when it is ticked.
    pub value: String,
    /// Its name.
    pub label: String,
    /// A word about it.
    pub detail: String,
    /// Whether it is ticked.
    pub chosen: bool,
}

/// The boxes as one field, sent under `name`, which ends with `[]`; the button that adds one more is
/// `children`.
#[expect(clippy::needless_pass_by_value, reason = "components own what they are given")]
#[component]
pub(crate) fn Picks(
    state: FormState,
    field: Field,
    name: &'static str,
    legend: &'static str,
    hint: &'static str,
    picks: Vec<Pick>,
    /// What stands above the boxes where they are a part of all there are.
    #[prop(optional_no_strip)]
    search: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let problem = state.problem(field);
    let fine = problem.is_none();
    let id = format!("{}-{}", state.name(), field.as_str());
    let described = format!("{id}-problem {id}-hint");
    let none = picks.is_empty().then(|| view! { <p class="muted">"There are none yet."</p> });
    let yours = joined(picks.iter().filter(|pick| pick.chosen).map(|pick| pick.value.as_str()));
    state.compare(field, legend, &yours, |ids| {
        let chosen = picks.iter().filter(|pick| ids.split(',').any(|id| id == pick.value));
        chosen.map(|pick| pick.label.as_str()).collect::<Vec<_>>().join(", ")
    });
    let above = match search {
        Some(search) => Some(search),
        None => (picks.len() >= MANY).then(|| view! { <Sieve/> }.into_any()),
    };
    let rows = picks
        .into_iter()
        .map(|Pick { value, label, detail, chosen }| {
            view! {
                <li>
                    <label class="radio">
                        <input type="checkbox" name=name value=value checked=chosen/>
                        <span>
                            {label}
                            <small class="muted url">{detail}</small>
                        </span>
                    </label>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="with-button">
            <fieldset
                class="field"
                id=format!("field-{}", field.as_str())
                data-field=field.as_str()
                aria-describedby=described
            >
                <legend>{legend}</legend>
                {above}
                <ul class="picks">{rows}</ul>
                {none}
                <p class="problem" id=format!("{id}-problem") data-problem hidden=fine>
                    {problem}
                </p>
                <p class="hint" id=format!("{id}-hint")>
                    {hint}
                </p>
            </fieldset>
            {children()}
        </div>
    }
}
