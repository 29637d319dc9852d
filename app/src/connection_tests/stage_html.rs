//! The stages of a test while it runs.

use domain::connection_tests::{StageResult, StageState};

/// A stage that has ended, as the result shows it, without what the other machine said: HTML for the
/// event stream.
#[must_use]
pub fn stage_html(stage: &StageResult) -> String {
    let (icon, word, class) = match stage.state {
        StageState::Passed => ("circle-check", "Passed", "stage good"),
        StageState::Failed => ("circle-alert", "Failed", "stage bad"),
        StageState::Skipped => ("circle-minus", "Skipped", "stage"),
    };
    let took = stage.millis.map_or_else(String::new, |millis| {
        format!(" <span class=\"stage-measured\">{millis} ms</span>")
    });
    format!(
        "<li class=\"{class}\"><svg class=\"icon\" aria-hidden=\"true\" width=\"18\" height=\"18\"><use href=\"/icons.svg#{icon}\"></use></svg><div><p class=\"stage-line\"><strong>{}</strong> <span class=\"stage-word\">{word}</span>{took}</p></div></li>",
        stage.stage.label()
    )
}
