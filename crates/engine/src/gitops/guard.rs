//! The last look before anything is written: no secret stands in the clear (R-GIT-03).

use domain::{Cause, Secret};

use super::render::{Refusal, Text, Wanted};

/// Looks for the secrets in play, and for anything else that looks like one, in everything that is
/// written without being encrypted.
pub(super) fn check(wanted: &Wanted) -> Result<(), Refusal> {
    let secrets: Vec<&Secret> = wanted.secrets.iter().collect();
    for (path, file) in &wanted.files {
        let open = match &file.text {
            Text::Open(text) => text,
            Text::Sealed { preview, .. } => preview,
        };
        if secrets
            .iter()
            .any(|secret| !secret.expose().is_empty() && open.contains(secret.expose()))
        {
            let detail = format!("{path} would have held a secret in the clear.");
            return Err(Refusal::new(Cause::SecretInOutput, detail));
        }
    }
    Ok(())
}
