//! To whom the credentials of a project are available.

use domain::{Action, Field, Principal, projects::Sharing};
use leptos::prelude::*;

use crate::ui::{form::FormState, icon::Icon, input::Input};

/// The choice with the warning of the product manual (F23), for those who may share.
pub(super) fn sharing_field(state: &FormState, principal: &Principal, stored: Sharing) -> AnyView {
    if !principal.role.includes(Action::ShareCredentials) {
        let told = (stored == Sharing::Shared)
            .then(|| warning("It is shared. Only an owner of the organization can end that."));
        return told.into_any();
    }
    let option = |sharing: Sharing, label: &str| (sharing.as_str().to_owned(), label.to_owned());
    let field = Input::new(state, Field::Sharing, "Its credentials are for")
        .value(stored.as_str())
        .hint("A repository looks in its own project first, then among what is shared with all, then in the shared projects in the order of their names.")
        .select(vec![(
            "",
            vec![
                option(Sharing::Own, "This project"),
                option(Sharing::Shared, "Every project (shared)"),
            ],
        )]);
    view! {
        {field}
        {warning(
            "Shared means: every project of the organization may use the credentials of this one, also those that are added later. Nobody can read them there, but everybody can pull with them. Share only what may be read everywhere.",
        )}
    }
    .into_any()
}

fn warning(text: &'static str) -> AnyView {
    view! {
        <p class="hint share-warning">
            <Icon name="triangle-alert"/>
            {text}
        </p>
    }
    .into_any()
}
