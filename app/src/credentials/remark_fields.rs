//! The fields for what people note about a credential, in the form that adds one and in the one that
//! changes it.

use domain::{Field, credentials::Remarks};
use leptos::prelude::*;

use crate::ui::{form::FormState, input::Input};

/// The fields, with what is stored.
pub(super) fn remark_fields(state: &FormState, stored: &Remarks) -> AnyView {
    Input::new(state, Field::Description, "Description")
        .hint("Optional: what it is for, who owns it.")
        .value(&stored.description)
        .lines("2")
        .into_any()
}
