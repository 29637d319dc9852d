//! The question of a form about what can hardly be meant: it is asked once, and a button says yes.

use domain::{Field, FieldProblem, ServiceError};
use leptos::prelude::*;

use super::form::FormState;

/// What the form was stopped for, with the button that sends it all the same; unseen until then.
pub(crate) fn anyway(state: &FormState, label: &'static str) -> AnyView {
    let problem = state.problem(Field::Anyway);
    let fine = problem.is_none();
    view! {
        <div class="field doubt" id="field-anyway" data-field="anyway">
            <p class="problem" data-problem hidden=fine>
                {problem}
            </p>
            <div class="actions">
                <button class="button" type="submit" name="anyway" value="yes">
                    {label}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Stops a form that has something doubtful in it, unless the person said yes to it.
pub(crate) fn asked<const N: usize>(
    said: &str,
    doubts: [Option<String>; N],
) -> Result<(), ServiceError> {
    let doubts: Vec<_> = doubts.into_iter().flatten().collect();
    if doubts.is_empty() || said == "yes" {
        return Ok(());
    }
    let problem: FieldProblem = Field::Anyway.problem(doubts.join(" "));
    Err(problem.into())
}
