//! The last look before anything is written: no secret stands in the clear (R-GIT-03).

use domain::{
    Cause, Secret,
    exports::{RenderedObject, looks_secret, secret_in},
};

use super::render::{RenderRefusal, Text, Wanted};

/// Looks for the secrets in play in everything that people or Git see.
pub(super) fn check(wanted: &Wanted) -> Result<(), RenderRefusal> {
    let secrets: Vec<&Secret> = wanted.secrets.iter().collect();
    for (path, file) in &wanted.files {
        let open = match &file.text {
            Text::Open(text) => text,
            Text::Sealed { preview, .. } => preview,
        };
        if secret_in(open, &secrets) {
            let detail = format!("{path} would have held a secret in the clear.");
            return Err(RenderRefusal::new(Cause::SecretInOutput, detail));
        }
    }
    Ok(())
}

/// Looks for anything that looks like a secret in what is written without being encrypted; nothing of
/// it is repeated.
pub(super) fn look(path: &str, objects: &[RenderedObject]) -> Result<(), RenderRefusal> {
    let found = objects.iter().find_map(|object| match object {
        RenderedObject::Open(manifest) => looks_secret(manifest),
        RenderedObject::Secret(secret) => looks_secret(&secret.open()),
    });
    found.map_or(Ok(()), |place| {
        let detail = format!("What stands at {place} in {path} looks like a secret.");
        Err(RenderRefusal::new(Cause::SecretInOutput, detail))
    })
}
