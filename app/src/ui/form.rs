//! A form that works without JavaScript and keeps what was typed when it is refused.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Field, ServiceError};
use leptos::prelude::*;
use serde::Serialize;

use super::{
    conflict::{Conflict, TypedSecret},
    guard::FormGuard,
    icon::Icon,
    page::Request,
    return_to::LEFT_OUT,
    tabs::page_of,
};
use crate::sent::LOST_SECRET;

/// The values and problems a form is shown with.
#[derive(Clone)]
pub(crate) struct FormState(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    form: &'static str,
    from: String,
    problems: Option<ServiceError>,
    values: BTreeMap<String, String>,
    conflict: Option<Arc<Conflict>>,
}

impl FormState {
    /// The state of `form` on this page: what the last try left, if it was this form, or what got lost on
    /// the way here.
    pub fn new(form: &'static str, request: &Request) -> Self {
        let ours = request.flash.form.as_deref() == Some(form);
        Self(Arc::new(Inner {
            form,
            from: request.here.clone(),
            problems: request.flash.problems.clone().filter(|_| ours).or_else(|| left_out(request)),
            values: if ours { request.flash.values.clone() } else { BTreeMap::new() },
            conflict: None,
        }))
    }

    /// The page a refused form comes back to, where that is not this address with all it carries.
    pub fn at(self, from: impl Into<String>) -> Self {
        let inner = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Inner { from: from.into(), ..inner }))
    }

    /// The same form, refused while this page was made.
    pub fn refused(self, problem: ServiceError) -> Self {
        let inner = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Inner { problems: Some(problem), ..inner }))
    }

    /// The same form over a row as it is stored now, with its version: if somebody else changed it
    /// while the form was filled in, the form says what differs. Before any field is made.
    pub fn over(self, stored: &impl Serialize, row_version: i64) -> Self {
        if !matches!(self.refusal(), Some(ServiceError::Stale { .. })) {
            return self;
        }
        let inner = Arc::unwrap_or_clone(self.0);
        let conflict = Some(Arc::new(Conflict::with(stored, row_version)));
        Self(Arc::new(Inner { conflict, ..inner }))
    }

    /// The same form for fields that do not count as it is, such as those of a way that is not
    /// chosen.
    pub fn aside(self) -> Self {
        let inner = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Inner { conflict: None, ..inner }))
    }

    /// What [`FormState::over`] was given, if somebody else was faster.
    pub(super) fn conflict(&self) -> Option<&Conflict> {
        self.0.conflict.as_deref()
    }

    /// Compares a field that is no [`super::input::Input`] with what somebody else stored; `yours`
    /// and that are told `in_words`.
    pub fn compare(
        &self,
        field: Field,
        label: &str,
        yours: &str,
        in_words: impl Fn(&str) -> String,
    ) {
        if let Some(conflict) = self.conflict() {
            conflict.compare(field, label, yours, in_words);
        }
    }

    /// The name of the form.
    pub fn name(&self) -> &'static str {
        self.0.form
    }

    /// What was typed, or `fallback` when nothing was.
    pub fn value(&self, field: Field, fallback: &str) -> String {
        self.0.values.get(field.as_str()).map_or_else(|| fallback.to_owned(), Clone::clone)
    }

    /// A kept value that is no field of its own, such as the choice between radio buttons.
    pub fn kept(&self, name: &str) -> Option<String> {
        self.0.values.get(name).cloned()
    }

    /// The row version the person saw first, however long the form was on its way. It stays after a
    /// conflict too: only the button there saves over the other person.
    pub fn row_version(&self, request: &Request, newest: i64) -> String {
        self.kept("row_version")
            .or_else(|| request.sent_along("row_version"))
            .unwrap_or_else(|| newest.to_string())
    }

    /// Why the last try was refused.
    pub fn refusal(&self) -> Option<&ServiceError> {
        self.0.problems.as_ref()
    }

    /// What is wrong with a field.
    pub fn problem(&self, field: Field) -> Option<String> {
        self.0.problems.as_ref()?.problem_of(field).map(ToOwned::to_owned)
    }
}

/// What was typed and is too long for an address.
fn left_out(request: &Request) -> Option<ServiceError> {
    const AGAIN: &str = "Paste the certificates once more: they are too long to be carried along.";
    (request.query(LEFT_OUT) == "ca").then(|| Field::Ca.problem(AGAIN).into())
}

/// A form for `action`, guarded by the island that sends it without leaving the page.
#[component]
pub(crate) fn Form(
    state: FormState,
    action: &'static str,
    #[prop(default = "form")] class: &'static str,
    /// The id of what it deletes.
    #[prop(optional, into)]
    deletes: Option<String>,
    children: Children,
) -> impl IntoView {
    let from = state.0.from.clone();
    // The fields tell what differs when they are made, so they are made first.
    let fields = children().into_any();
    let ways = state.refusal().and_then(ways);
    let conflict = state.conflict().map(|conflict| {
        let page = page_of(&from);
        let typed = match state.kept(LOST_SECRET) {
            Some(_) => TypedSecret::Lost,
            None => TypedSecret::Stands,
        };
        conflict.view(&page, state.kept("pressed"), typed)
    });
    view! {
        <FormGuard>
            <form
                id=state.name()
                class=class
                method="post"
                action=action
                data-deletes=deletes
                novalidate
            >
                <input type="hidden" name="from" value=from/>
                <div class="notice bad" data-summary role="alert" tabindex="-1" hidden></div>
                <div data-conflict>{conflict}</div>
                <div data-ways>{ways}</div>
                {fields}
            </form>
        </FormGuard>
    }
}

/// What stands in the way of a form, with the buttons that go on all the same.
fn ways(problem: &ServiceError) -> Option<AnyView> {
    let ServiceError::Choose { message, ways } = problem else { return None };
    let buttons = ways
        .iter()
        .map(|way| {
            view! {
                <button class="button" type="submit" name=way.name.clone() value=way.value.clone()>
                    {way.label.clone()}
                </button>
            }
        })
        .collect_view();
    Some(
        view! {
            <div class="notice warn" role="alert" tabindex="-1">
                <Icon name="triangle-alert"/>
                <div>
                    <p>{message.clone()}</p>
                    <div class="actions">{buttons}</div>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// A button that does one thing at once, as a form of its own.
#[component]
pub(crate) fn ActionButton(
    action: &'static str,
    from: String,
    /// Hidden fields.
    #[prop(default = Vec::new())]
    values: Vec<(&'static str, String)>,
    /// A whole form, hidden.
    #[prop(optional)]
    form: BTreeMap<String, String>,
    #[prop(default = "button")] class: &'static str,
    children: Children,
) -> impl IntoView {
    let hidden = values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(form)
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <form class="inline" method="post" action=action>
            <input type="hidden" name="from" value=from/>
            {hidden}
            <button class=class type="submit">
                {children()}
            </button>
        </form>
    }
}

/// The button that sends a form; shows progress when the answer takes a while.
#[component]
pub(crate) fn Submit(
    #[prop(default = "button primary")] class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=class type="submit">
            <span class="spinner" aria-hidden="true"></span>
            {children()}
        </button>
    }
}
