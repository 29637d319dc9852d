//! Import: what a file of another program would add, and adding it.
//!
//! Nothing of a file is kept: its preview tells names and hosts, whoever goes on sends the file again, and the rows
//! wait for their turn in the memory of the process that took them.

mod add;
mod plan;
mod run;

pub(crate) use run::GIVEN_UP;

use async_trait::async_trait;
use domain::{
    Action, BulkRunId, Principal,
    import::{ImportFile, ImportPreview},
    service::{Answer, Imported, Imports},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use storage::Scope;

use crate::{Engine, Error, audit::allowed, error::answer};

#[async_trait]
impl Imports for Engine {
    async fn import(
        &self,
        principal: &Principal,
        content: &[u8],
        previewed: &str,
    ) -> Answer<Imported> {
        import(self, principal, content, previewed).await.map_err(answer)
    }
}

async fn import(
    engine: &Engine,
    principal: &Principal,
    content: &[u8],
    previewed: &str,
) -> Result<Imported, Error> {
    let grant = allowed(engine, principal, Action::ManageRepositories, "import a file").await?;
    let scope = Scope::of(&grant);
    let file = ImportFile::parse(content)?;
    let fingerprint = fingerprint(engine, scope, content)?;
    let lines = plan::lines(engine, principal, scope, &file).await?;
    let preview = ImportPreview { format: file.format, lines, fingerprint };
    if previewed != preview.fingerprint || preview.adds() == 0 {
        return Ok(Imported::Preview(preview));
    }
    let id: BulkRunId = run::begin(engine, principal, grant, file, &preview).await?;
    Ok(Imported::Begun(id))
}

/// Tells one file from another. It is keyed, so that nobody guesses a password by it.
fn fingerprint(engine: &Engine, scope: Scope, content: &[u8]) -> Result<String, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(engine.fingerprint_key.as_slice())
        .map_err(|_| Error::Setting("fingerprint_key"))?;
    mac.update(b"import");
    mac.update(scope.organization().uuid().as_bytes());
    mac.update(content);
    Ok(hex::encode(mac.finalize().into_bytes()))
}
