//! A file of an export as a push would write it, for a person who takes it along.

use domain::{ExportId, Name, ServiceError, cause::RemoteKind, gitops::Folder};
use storage::Scope;

use super::{
    compare::{NoPlan, written},
    render::{RenderRefusal, Text, named, wanted},
};
use crate::{Engine, Error, credentials::Use};

/// An encrypted file.
#[derive(Debug)]
pub(crate) struct Encrypted {
    /// What a push would write.
    pub(crate) text: String,
    /// The credentials of its export, by name, with the version of each.
    pub(crate) credentials: Vec<(String, i64)>,
}

/// Renders an export as a push does, with the same last look, and encrypts the file that its page
/// shows at `path`.
///
/// # Errors
/// [`ServiceError::NotFound`] when no file lies there whose values are encrypted;
/// [`ServiceError::Unreachable`] when a push would be refused too; when the database fails.
pub(crate) async fn encrypted(
    engine: &Engine,
    scope: Scope,
    export: ExportId,
    (name, path): (&Name, &str),
    used: &Use,
) -> Result<Encrypted, Error> {
    let root = Folder::default();
    let mut wanted = wanted(engine, scope, &[export], &root, used)
        .await?
        .map_err(|refusal| refused(&refusal))?;
    let file = root.join(&named(name, path)).and_then(|path| wanted.files.remove(&path));
    let Some(text @ Text::Sealed { .. }) = file.map(|file| file.text) else {
        return Err(ServiceError::NotFound.into());
    };
    let (text, _) = written(&text, engine.clock.now()).map_err(|none| match none {
        NoPlan::Refused(refusal) => refused(&refusal),
        NoPlan::Failed(failure) => failure.into(),
    })?;
    let credentials = wanted.credentials.into_values().map(|(version, name)| (name, version));
    Ok(Encrypted { text, credentials: credentials.collect() })
}

fn refused(refusal: &RenderRefusal) -> Error {
    ServiceError::Unreachable { asked: RemoteKind::GitServer, cause: refusal.cause }.into()
}
