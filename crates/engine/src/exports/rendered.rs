//! Stored exports, rendered for a place that takes them.

use std::collections::{BTreeMap, hash_map::Entry};

use domain::{
    Access, Action, CredentialId, ExportId, Principal, Purpose, Secret,
    exports::{
        DeliveryMethod, ExportFields, ExportNote, ExportPreview, NoteTone, Rendered, Values, render,
    },
};
use storage::{
    Scope,
    exports::{CredentialRow, StoredExport},
};

use super::{
    facts::{Materials, Sources},
    fields,
};
use crate::{Engine, Error, credentials::Use};

/// An export as it is to be written now.
#[derive(Debug)]
pub(crate) struct RenderedExport {
    /// What it is.
    pub(crate) fields: ExportFields,
    /// What it writes.
    pub(crate) rendered: Rendered,
    /// The credentials in it, each at the version it is rendered with.
    pub(crate) versions: Vec<(CredentialId, i64)>,
    /// The names of the same credentials.
    pub(crate) names: Vec<String>,
    /// The secrets that were read for it; none of them may stand in the clear in what is written.
    pub(crate) secrets: Vec<Secret>,
}

/// The exports with these ids, by name, as they are to be written now; one that was deleted is left
/// out. Only committed versions are read: a candidate is in no export.
///
/// `values` says what becomes of an export with the delivery method SOPS. [`Values::Carried`] gives secrets
/// that are still to be encrypted; [`Values::Plain`] is for a cluster that takes them as they are.
/// An export that refers to Vault stays as it is either way, and nothing secret is read for it.
///
/// An export that is saved meanwhile is rendered again: a secret must never be encrypted to a recipient who
/// was taken away before it was read.
///
/// # Errors
/// When the database does not answer, or a secret that has to be written cannot be read; then
/// nothing may be written at all, since what is missing would be taken away.
pub(crate) async fn rendered(
    engine: &Engine,
    scope: Scope,
    exports: &[ExportId],
    values: Values,
    used: &Use,
) -> Result<Vec<RenderedExport>, Error> {
    loop {
        let stored = storage::exports::stored(&engine.db, scope, exports).await?;
        let rendered = rendered_once(engine, scope, &stored, values, used).await?;
        let seen: BTreeMap<_, _> = stored.iter().map(|one| (one.id, one.row_version)).collect();
        if storage::exports::row_versions(&engine.db, scope, exports).await? == seen {
            return Ok(rendered);
        }
    }
}

async fn rendered_once(
    engine: &Engine,
    scope: Scope,
    stored: &[StoredExport],
    values: Values,
    used: &Use,
) -> Result<Vec<RenderedExport>, Error> {
    let all = stored.iter().map(fields).collect::<Result<Vec<_>, Error>>()?;
    let borrowed: Vec<_> = all.iter().collect();
    let sources = Sources::of(engine, scope, &borrowed).await?;
    let mut materials = Materials::new();
    for fields in borrowed.iter().filter(|fields| fields.carrier == DeliveryMethod::Sops) {
        for row in sources.written(fields) {
            if let Entry::Vacant(open) = materials.entry(row.id) {
                let secret = engine.secret_for_use(scope, row.id, used).await?;
                open.insert((secret.material, secret.vault_version));
            }
        }
    }
    Ok(all.into_iter().map(|fields| one(&sources, &materials, fields, values)).collect())
}

fn one(
    sources: &Sources,
    materials: &Materials,
    fields: ExportFields,
    values: Values,
) -> RenderedExport {
    let none = Materials::new();
    let (materials, values) = match fields.carrier {
        DeliveryMethod::Sops => (materials, values),
        DeliveryMethod::ExternalSecret
        | DeliveryMethod::VaultStaticSecret
        | DeliveryMethod::None => (&none, Values::Carried),
    };
    let facts = sources.facts(&fields, materials);
    let versions = facts.credentials.iter().map(|facts| (facts.id, facts.vault_version)).collect();
    let names = facts.credentials.iter().map(|facts| facts.name.clone()).collect();
    let secrets = facts
        .credentials
        .iter()
        .filter_map(|facts| facts.material.as_ref()?.secret().cloned())
        .collect();
    let rendered = render(&fields, &facts, values);
    RenderedExport { fields, rendered, versions, names, secrets }
}

/// What people see of an export: nothing secret is read for it. What is written of a credential that
/// is shared with all projects is seen only by those who manage credentials (F23).
pub(super) async fn seen(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    fields: &ExportFields,
) -> Result<ExportPreview, Error> {
    let sources = Sources::of(engine, scope, &[fields]).await?;
    if !is_seen_by(principal, &sources, fields) {
        let text = "A credential in it is shared by all projects. Only people who manage credentials see what is written of it.";
        let notes = vec![ExportNote::new(NoteTone::Info, text)];
        return Ok(ExportPreview { notes, ..ExportPreview::default() });
    }
    Ok(drawn(&sources, fields))
}

/// Whether a person may see what is written of an export.
pub(super) async fn may_see(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    fields: &ExportFields,
) -> Result<bool, Error> {
    let sources = Sources::of(engine, scope, &[fields]).await?;
    Ok(is_seen_by(principal, &sources, fields))
}

fn is_seen_by(principal: &Principal, sources: &Sources, fields: &ExportFields) -> bool {
    let holds_shared = sources.credentials(fields).iter().any(|row| row.is_shared);
    !holds_shared || principal.may(Action::ManageCredentials).is_ok()
}

/// Whether an export writes any file at all.
pub(super) async fn writes(
    engine: &Engine,
    scope: Scope,
    fields: &ExportFields,
) -> Result<bool, Error> {
    let sources = Sources::of(engine, scope, &[fields]).await?;
    Ok(!drawn(&sources, fields).files.is_empty())
}

fn drawn(sources: &Sources, fields: &ExportFields) -> ExportPreview {
    let mut preview =
        render(fields, &sources.facts(fields, &Materials::new()), Values::Carried).preview();
    preview.notes.extend(sources.credentials(fields).into_iter().filter_map(may_too_much));
    preview
}

/// That whoever reads what is written could push (F27): only Git is written to from where it is read.
fn may_too_much(row: &CredentialRow) -> Option<ExportNote> {
    let pulls = row.access == Some(Access::Push) && !row.purposes.contains(&Purpose::Git);
    pulls.then(|| {
        let text = format!(
            "{}: it may push, and so could whoever reads it where it is written. A credential that may only read is enough there.",
            row.name
        );
        ExportNote::new(NoteTone::Warning, text)
    })
}
