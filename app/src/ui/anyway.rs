//! The question of a form about what can hardly be meant: it is asked once, and a button says yes.

use domain::{FormChoice, ServiceError};

/// Stops a form that has something doubtful in it, unless the person said yes with the button that goes
/// on, such as "Create anyway".
pub(crate) fn asked<const N: usize>(
    said: &str,
    go_on: &str,
    doubts: [Option<String>; N],
) -> Result<(), ServiceError> {
    let doubts: Vec<_> = doubts.into_iter().flatten().collect();
    if doubts.is_empty() || said == "yes" {
        return Ok(());
    }
    let message = format!("{} {go_on}?", doubts.join(" "));
    let way =
        FormChoice { name: "anyway".to_owned(), value: "yes".to_owned(), label: go_on.to_owned() };
    Err(ServiceError::Choose { message, ways: vec![way] })
}
