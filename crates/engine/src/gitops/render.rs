//! The files of a place: its exports, rendered into one folder.

#![expect(clippy::disallowed_methods, reason = "hashes a manifest")]

use std::collections::{BTreeMap, HashSet};

use domain::{
    Cause, CredentialId, ExportId, Name, Secret,
    exports::{
        ExportNote, Recipient, RenderedFile, RenderedObject, SecretObject, Values, yaml,
        yaml_stream,
    },
    gitops::Folder,
};
use git_http::blob_id;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use storage::Scope;

use super::guard;
use crate::{
    Engine, Error,
    credentials::Use,
    exports::{RenderedExport, rendered},
    gitops::git_accounts::login::cause,
};

/// Says how sealed files are made; another way of making them is another identity.
const SEAL: &str = "hawser sops 1";

/// The most characters of an export's name in the name of a file.
const SLUG: usize = 48;

/// What a Git target is to hold.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The files by path in the repository.
    pub(crate) files: BTreeMap<String, WantedFile>,
    /// The credentials in them, by id: the version and the name.
    pub(crate) credentials: BTreeMap<CredentialId, (i64, String)>,
    /// What to look at.
    pub(crate) notes: Vec<ExportNote>,
    /// The secrets in play; none may stand in the clear in a file.
    pub(crate) secrets: Vec<Secret>,
}

/// A file of it.
#[derive(Debug)]
pub(crate) struct WantedFile {
    /// What it is made from. Equal identities are equal files, but for how they are encrypted.
    pub(crate) identity: String,
    pub(crate) text: Text,
    /// The name of the export it comes from.
    export: String,
}

/// What a file says.
#[derive(Debug)]
pub(crate) enum Text {
    /// Everybody may read it.
    Open(String),
    /// It holds one secret, and is encrypted when it is written.
    Sealed { secret: SecretObject, recipients: Vec<Recipient>, preview: String },
}

/// Why a place cannot be written, for its page. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RenderRefusal {
    pub(crate) cause: Cause,
    /// What was tried, in a sentence; never a value of a secret.
    pub(crate) detail: String,
}

impl RenderRefusal {
    pub(crate) fn new(cause: Cause, detail: impl Into<String>) -> Self {
        Self { cause, detail: detail.into() }
    }
}

/// The files of these exports in `folder`. Only committed versions of credentials are in them.
///
/// # Errors
/// When the database fails; a refusal when something of it cannot be rendered.
pub(crate) async fn wanted(
    engine: &Engine,
    scope: Scope,
    exports: &[ExportId],
    folder: &Folder,
    used: &Use,
) -> Result<Result<Wanted, RenderRefusal>, Error> {
    let rendered = match rendered(engine, scope, exports, Values::Carried, used).await {
        Ok(rendered) => rendered,
        Err(Error::Storage(error)) => return Err(error.into()),
        Err(error) => {
            let detail = "A secret that has to be encrypted could not be read.";
            return Ok(Err(RenderRefusal::new(cause(&error), detail)));
        }
    };
    let mut wanted = Wanted::default();
    for export in rendered {
        if let Err(refusal) = add(engine, &mut wanted, export, folder)? {
            return Ok(Err(refusal));
        }
    }
    Ok(guard::check(&wanted).map(|()| wanted))
}

fn add(
    engine: &Engine,
    wanted: &mut Wanted,
    export: RenderedExport,
    folder: &Folder,
) -> Result<Result<(), RenderRefusal>, Error> {
    let name = export.fields.name.as_str();
    let incomplete = |detail: String| Ok(Err(RenderRefusal::new(Cause::ExportIncomplete, detail)));
    let Ok(recipients) = recipients(&export) else {
        return incomplete(format!("The age recipients of {name} cannot be read."));
    };
    for file in export.rendered.files {
        let Some(path) = folder.join(&named(&export.fields.name, &file.path)) else {
            return incomplete(format!("{name} has a file whose name cannot be written."));
        };
        if let Err(refusal) = guard::look(&path, &file.objects) {
            return Ok(Err(refusal));
        }
        let Some(text) = text(file, &recipients) else {
            return incomplete(format!("{path} would hold a secret beside something else."));
        };
        let file = WantedFile { identity: identity(engine, &text)?, text, export: name.to_owned() };
        if let Some(other) = wanted.files.insert(path.clone(), file) {
            let other = other.export;
            return incomplete(format!(
                "{other} and {name} both write {path}. Give one of them another name, or another target."
            ));
        }
    }
    let versions = export.versions.into_iter().zip(export.names);
    wanted.credentials.extend(versions.map(|((id, version), name)| (id, (version, name))));
    let known: HashSet<_> = wanted.notes.iter().map(|note| note.text.clone()).collect();
    let new = export.rendered.notes.into_iter().filter(|note| !known.contains(&note.text));
    wanted.notes.extend(new);
    wanted.secrets.extend(export.secrets);
    Ok(Ok(()))
}

/// The path of a file with the name of its export before the file's own, since several exports may
/// have a `charts.yaml`. It stays in the folder: Argo CD does not look into folders below
/// (argo-cd.readthedocs.io/en/stable/user-guide/directory).
pub(super) fn named(export: &Name, path: &str) -> String {
    let slug = slug(export);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.strip_suffix(".sops.yaml").or_else(|| file.strip_suffix(".yaml"));
    let file = if stem == Some(slug.as_str()) { file.to_owned() } else { format!("{slug}.{file}") };
    if folder.is_empty() { file } else { format!("{folder}/{file}") }
}

/// The name of an export as a part of a file's name: lower-case letters, digits and dashes. What is
/// lost of the name stands as a digest behind it, so that no two exports have the same.
fn slug(export: &Name) -> String {
    let key = export.key();
    let plain: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<_> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let short: String = parts.join("-").chars().take(SLUG).collect();
    if short == key && Folder::default().join(&format!("{short}.yaml")).is_some() {
        return short;
    }
    let digest: String = blob_id(key.as_bytes()).chars().take(8).collect();
    if short.is_empty() { digest } else { format!("{}-{digest}", short.trim_end_matches('-')) }
}

fn recipients(export: &RenderedExport) -> Result<Vec<Recipient>, domain::FieldProblem> {
    let lines = export.fields.settings.recipients.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(Recipient::parse).collect()
}

/// What a file says; `None` for a secret beside other documents, which SOPS could not decrypt.
fn text(file: RenderedFile, recipients: &[Recipient]) -> Option<Text> {
    let mut open = Vec::with_capacity(file.objects.len());
    let mut objects = file.objects.into_iter().peekable();
    while let Some(object) = objects.next() {
        match object {
            RenderedObject::Open(value) => open.push(yaml(&value)),
            RenderedObject::Secret(secret) if open.is_empty() && objects.peek().is_none() => {
                let preview = yaml(&secret.preview());
                return Some(Text::Sealed { secret, recipients: recipients.to_vec(), preview });
            }
            RenderedObject::Secret(_) => return None,
        }
    }
    Some(Text::Open(yaml_stream(&open)))
}

/// Tells whether two files hold the same. Of a sealed one it tells nothing else, and it cannot be the
/// hash of the file: the encryption differs each time.
fn identity(engine: &Engine, text: &Text) -> Result<String, Error> {
    let (secret, recipients) = match text {
        Text::Open(text) => return Ok(blob_id(text.as_bytes())),
        Text::Sealed { secret, recipients, .. } => (secret, recipients),
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(engine.fingerprint_key.as_slice())
        .map_err(|_| Error::Setting("fingerprint_key"))?;
    // Lengths keep the parts apart.
    let mut part = |bytes: &[u8]| {
        mac.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(bytes);
    };
    part(SEAL.as_bytes());
    for recipient in recipients {
        part(recipient.key());
    }
    part(secret.reveal().expose().as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_export_has_file_names_of_its_own() {
        let named = |export: &str, path: &str| named(&Name::parse(export).unwrap(), path);
        assert_eq!(named("argocd-prod", "charts.yaml"), "argocd-prod.charts.yaml");
        assert_eq!(named("flux-prod", "charts.yaml"), "flux-prod.charts.yaml");
        assert_eq!(named("regcred", "regcred.yaml"), "regcred.yaml");
        assert_eq!(named("regcred", "regcred.sops.yaml"), "regcred.sops.yaml");
        assert_eq!(named("other", "regcred.yaml"), "other.regcred.yaml");
        assert_eq!(named("other", "a/b.yaml"), "a/other.b.yaml");
        let spaced = named("Team A / prod", "charts.yaml");
        assert!(spaced.starts_with("team-a-prod-") && spaced.ends_with(".charts.yaml"), "{spaced}");
        assert_ne!(spaced, named("Team A, prod", "charts.yaml"));
        for odd in ["../..", "ümläut", "con", ".github"] {
            assert!(Folder::default().join(&named(odd, "charts.yaml")).is_some(), "{odd}");
        }
    }
}
