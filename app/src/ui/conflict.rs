//! Two people, one form: how what was typed differs from what somebody else stored meanwhile, and the
//! ways on. Every form that changes a row with a version has it through its [`FormState`].

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use domain::Field;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{enter::enter_sends, icon::Icon};
use crate::sent::values;

/// How many characters of a value are told; more says nothing more.
const TOLD: usize = 160;

/// What became of a secret that was typed into the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypedSecret {
    /// None was typed, or it stands in its field still.
    Stands,
    /// The page was loaded anew, and its field is empty.
    Lost,
}

/// What is stored now, with what the fields of the form found to differ from it.
#[derive(Debug)]
pub(super) struct Conflict {
    row_version: String,
    stored: BTreeMap<String, String>,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    differences: Vec<Difference>,
    /// Whether the form has a secret, of which nothing can be told.
    secret: bool,
}

#[derive(Debug)]
struct Difference {
    field: Field,
    label: String,
    now: String,
    yours: String,
}

impl Conflict {
    /// Against the row as a form would hold it, and its version.
    pub fn with(stored: &impl Serialize, row_version: i64) -> Self {
        let stored = values(stored);
        Self { row_version: row_version.to_string(), stored, found: Mutex::default() }
    }

    /// Notes `field` if `yours` is not what is stored; both are told `in_words`.
    pub fn compare(
        &self,
        field: Field,
        label: &str,
        yours: &str,
        in_words: impl Fn(&str) -> String,
    ) {
        let Some(now) = self.stored.get(field.as_str()) else { return };
        if plain(now) == plain(yours) {
            return;
        }
        let (now, yours) = (in_words(now), in_words(yours));
        let difference = Difference { field, label: label.to_owned(), now, yours };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).differences.push(difference);
    }

    /// Notes that the form has a secret.
    pub fn has_secret(&self) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).secret = true;
    }

    /// What differs and what can be done; `pressed` is the button that sent the form, if it has
    /// several, and `page` shows what is stored. Only after every field was made.
    pub fn view(&self, page: &str, pressed: Option<String>, typed: TypedSecret) -> AnyView {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = found.differences.iter().map(row).collect_view();
        let title = if found.differences.is_empty() {
            "None of the fields below differs from what is stored now."
        } else {
            "What is stored now, and what you typed:"
        };
        let secret = found.secret.then(|| {
            let again = (typed == TypedSecret::Lost).then_some(
                "The secret you typed was not kept: type it again, or the stored one stays. ",
            );
            view! {
                <p>
                    {again}
                    "Secrets are not shown. The versions on this page say whether it changed."
                </p>
            }
        });
        let pressed =
            pressed.map(|value| view! { <input type="hidden" name="pressed" value=value/> });
        view! {
            // Enter in a field must not press the button that saves over the other person.
            {enter_sends("Save")}
            {pressed}
            <div class="notice warn">
                <Icon name="triangle-alert"/>
                <div>
                    <p>{title}</p>
                    <ul class="plain">{rows}</ul>
                    {secret}
                    <div class="actions">
                        <button
                            class="button"
                            type="submit"
                            name="over"
                            value=self.row_version.clone()
                        >
                            "Save mine anyway"
                        </button>
                        <a class="button quiet" href=page.to_owned()>
                            "Load the current values"
                        </a>
                    </div>
                </div>
            </div>
        }
        .into_any()
    }
}

/// What the button that saves over another person sends: the version that it saves over, and the button
/// that was pressed before.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SaveOver {
    over: String,
    pressed: String,
}

impl SaveOver {
    /// Takes the version a save is meant for: the one that the person chose to save over, or the one
    /// they saw.
    pub fn agree(&self, row_version: &mut String) {
        if !self.over.is_empty() {
            row_version.clone_from(&self.over);
        }
    }

    /// Goes the way of the button that was pressed before.
    pub fn press(&self, button: &mut String) {
        if !self.over.is_empty() {
            button.clone_from(&self.pressed);
        }
    }
}

/// Browsers send line breaks as CR LF.
fn plain(value: &str) -> String {
    value.replace("\r\n", "\n").trim().to_owned()
}

fn row(difference: &Difference) -> AnyView {
    let Difference { field, label, now, yours } = difference;
    let href = format!("#field-{}", field.as_str());
    // Nobody reads certificates: that it is another one is all there is to tell.
    let other = if is_pem(yours) { "another certificate" } else { "a certificate" };
    view! {
        <li>
            <a href=href>{label.clone()}</a>
            ": now "
            {value(now, other)}
            ", yours "
            {value(yours, "the one below")}
        </li>
    }
    .into_any()
}

fn is_pem(value: &str) -> bool {
    value.trim_start().starts_with("-----BEGIN ")
}

/// A value, or the words `instead` of certificates.
fn value(value: &str, instead: &'static str) -> AnyView {
    if is_pem(value) {
        return view! { <em>{instead}</em> }.into_any();
    }
    let told = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if told.is_empty() {
        return view! { <em>"empty"</em> }.into_any();
    }
    let end = told.char_indices().nth(TOLD).map(|(end, _)| end);
    let told = match end.and_then(|end| told.get(..end)) {
        Some(start) => format!("{start}…"),
        None => told,
    };
    view! { <strong class="url">{told}</strong> }.into_any()
}
