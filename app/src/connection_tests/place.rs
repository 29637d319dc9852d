//! The button of a form that tests it, and the place in the form where the result is shown.

use std::collections::BTreeMap;

use domain::{
    credentials::{CreateCredential, UpdateCredential},
    repositories::{AddRepository, EditRepository},
};
use leptos::prelude::*;

use super::panel::{Tested, test_panel};
use crate::{
    sent::TypedFields,
    ui::{cause::Unsaved, icon::Icon, page::Request},
};

/// A form that can be tested before anything of it is stored.
pub(super) struct Testable {
    /// Its name.
    pub form: &'static str,
    /// What it is a form of.
    pub of: Unsaved,
    /// What it keeps of what was typed.
    pub kept: fn(&TypedFields) -> BTreeMap<String, String>,
    /// The words of its button.
    label: &'static str,
}

static TESTABLE: [Testable; 4] = [
    Testable {
        form: "credential-create",
        of: Unsaved::Credential,
        kept: TypedFields::kept_by::<CreateCredential>,
        label: "Test connection",
    },
    Testable {
        form: "credential-update",
        of: Unsaved::Credential,
        kept: TypedFields::kept_by::<UpdateCredential>,
        label: "Test before saving",
    },
    Testable {
        form: "repository-add",
        of: Unsaved::Repository,
        kept: TypedFields::kept_by::<AddRepository>,
        label: "Test connection",
    },
    Testable {
        form: "repository-edit",
        of: Unsaved::Repository,
        kept: TypedFields::kept_by::<EditRepository>,
        label: "Test before saving",
    },
];

/// The form of this name; the first one where none has it.
pub(super) fn testable(form: &str) -> &'static Testable {
    let [first, ..] = &TESTABLE;
    TESTABLE.iter().find(|known| known.form == form).unwrap_or(first)
}

/// The button that tests what stands in `form`. It belongs among the actions of the form.
pub(crate) fn test_button(form: &'static str) -> AnyView {
    view! {
        <button
            class="button"
            type="submit"
            name="form"
            value=form
            formaction="/actions/connections/test-form"
            formnovalidate
            data-test
        >
            <span class="spinner" aria-hidden="true"></span>
            <Icon name="activity"/>
            {testable(form).label}
        </button>
    }
    .into_any()
}

/// The place of the result inside `form`; without JavaScript the result is there after the redirect.
pub(crate) fn results(request: &Request, form: &'static str) -> AnyView {
    let flash = &request.flash;
    let ours = flash.form.as_deref() == Some(form);
    let kept = |name: &str| flash.values.get(name).filter(|_| ours);
    let tests = flash.tests.as_ref().filter(|_| ours);
    let again = tests.and(kept(SECRET_TYPED)).map(|_| {
        view! {
            <p class="muted">
                "What is secret was used for the test and not kept: type it again."
            </p>
        }
    });
    let of = match TESTABLE.iter().find(|known| known.form == form) {
        Some(known) => Tested::Form(known.of),
        None => Tested::Stored(kept("credential").and_then(|id| id.parse().ok())),
    };
    let panel = tests.map(|tests| test_panel(tests, of, request.now));
    view! {
        <div class="tests" id=format!("{form}-tests")>
            <p class="test-said" aria-live="polite" data-test-said></p>
            <div class="test-progress" data-test-progress hidden>
                <ol class="stages"></ol>
                <button class="button quiet" type="button" data-test-cancel>"Cancel"</button>
            </div>
            <div class="test-results" data-test-results>
                {panel}
                {again}
            </div>
        </div>
    }
    .into_any()
}

/// The mark that a secret was typed, without the secret.
pub(super) const SECRET_TYPED: &str = "secret-typed";
