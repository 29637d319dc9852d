//! The server's advice for those who have no JavaScript: kept with a refused or tested form.

use domain::{Advice, AuthMethod, Provider, Secret, Severity, advise, credentials::advice};
use leptos::prelude::*;

use super::advising::lines;
use crate::ui::form::FormState;

/// The name under which a form keeps its advice.
pub(crate) const KEPT: &str = "advice";

/// The advice about what was typed, as a form keeps it. It never holds a secret.
pub(crate) fn given(provider: &str, shape: &str, username: &str, password: &Secret) -> String {
    advice(provider, shape, username, password)
        .into_iter()
        .map(|advice| format!("{}{}", mark(advice.severity), advice.text.replace('\n', " ")))
        .collect::<Vec<_>>()
        .join("\n")
}

const fn mark(severity: Severity) -> char {
    match severity {
        Severity::CannotWork => '!',
        Severity::Caution => '?',
        Severity::Recognized => '=',
    }
}

fn read(line: &str) -> Option<Advice> {
    let severity = [Severity::CannotWork, Severity::Caution, Severity::Recognized]
        .into_iter()
        .find(|severity| line.starts_with(mark(*severity)))?;
    line.get(1..).map(|text| Advice { severity, text: text.to_owned() })
}

/// The advice that the last try left, without what always holds; nothing without one.
pub(super) fn left(state: &FormState, provider: Provider, shape: AuthMethod) -> AnyView {
    let kept = state.kept(KEPT).unwrap_or_default();
    let always = advise(provider, shape, "", "");
    let said: Vec<_> =
        kept.lines().filter_map(read).filter(|advice| !always.contains(advice)).collect();
    if said.is_empty() {
        return ().into_any();
    }
    view! { <ul class="advice" data-advice-sent>{lines(&said)}</ul> }.into_any()
}
