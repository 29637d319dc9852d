//! Environments of repositories, and the warning when one does not go with its credential's.

use domain::{credentials::Environment, repositories::RepositorySummary};
use leptos::prelude::*;

use crate::ui::icon::Icon;

/// The environment as a word; nothing while it is not said.
pub(super) fn tag(environment: Environment) -> Option<AnyView> {
    (environment != Environment::Unset)
        .then(|| view! { <span class="tag">{environment.label()}</span> }.into_any())
}

/// The environment of the credential, when a production repository should not use it.
pub(super) fn clashing(row: &RepositorySummary) -> Option<Environment> {
    let credential = row.link.as_ref()?.environment;
    row.environment.clashes_with(credential).then_some(credential)
}

/// The clash in two words.
pub(super) fn clash(credential: Environment) -> String {
    format!("{} credential", credential.label())
}

/// The clash with what to do about it.
pub(super) fn clash_warning(credential: Environment) -> AnyView {
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <p>
                {format!(
                    "This repository is production, but its credential is made for {}. Select one made for production, so that a change there cannot break it.",
                    credential.label().to_lowercase(),
                )}
            </p>
        </div>
    }
    .into_any()
}
