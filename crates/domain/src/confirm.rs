//! The question about what can hardly be meant: it is asked once, and a button of the form says yes.

use crate::{FormChoice, ServiceError};

/// Stops a form that has something doubtful in it, unless `anyway` says yes: the button that goes on, such
/// as "Create anyway", sends it.
///
/// # Errors
/// [`ServiceError::Choose`] with that button.
pub fn confirm(
    anyway: &str,
    go_on: &str,
    doubts: impl IntoIterator<Item = String>,
) -> Result<(), ServiceError> {
    let doubts: Vec<_> = doubts.into_iter().collect();
    if doubts.is_empty() || anyway == "yes" {
        return Ok(());
    }
    let message = format!("{} {go_on}?", doubts.join(" "));
    let way =
        FormChoice { name: "anyway".to_owned(), value: "yes".to_owned(), label: go_on.to_owned() };
    Err(ServiceError::Choose { message, ways: vec![way] })
}
