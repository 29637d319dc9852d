//! An export with its values, for a person who typed their password again.

#![expect(clippy::disallowed_methods, reason = "gives manifests to a person who may see them")]

use domain::{
    Action, ExportId, Field, Grant, Principal, Secret,
    access::parse_id,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    exports::{
        ExportFields, Rendered, RenderedObject, RevealForm, Revealed, Values, render, yaml,
        yaml_stream,
    },
};
use storage::Scope;
use zeroize::Zeroizing;

use super::{
    facts::{Materials, Sources},
    fields,
    get::one,
};
use crate::{
    Engine, Error,
    audit::{self, Line, allowed, person},
    sessions::confirm,
};

pub(super) async fn reveal(
    engine: &Engine,
    principal: &Principal,
    form: RevealForm,
) -> Result<Revealed, Error> {
    let grant =
        allowed(engine, principal, Action::RevealSecrets, "reveal the secrets of an export")
            .await?;
    let scope = Scope::of(&grant);
    let id: ExportId = parse_id(Field::Exports, &form.export)?;
    let stored = one(engine, scope, id).await?;
    confirm(engine, principal, form.password, "reveal the secrets of an export").await?;
    let fields = fields(&stored)?;
    let sources = Sources::of(engine, scope, &[&fields]).await?;
    let mut materials = Materials::new();
    for row in sources.written(&fields) {
        let secret = engine.committed_secret(scope, row.id).await?;
        materials.insert(row.id, (secret.material, secret.vault_version));
    }
    // Nothing leaves before the log says so.
    audit_reveal(engine, principal, grant, (id, &fields), &sources, &materials).await?;
    let rendered = render(&fields, &sources.facts(&fields, &materials), Values::Plain);
    let file_name = format!("{}.yaml", file_stem(fields.name.as_str()));
    Ok(Revealed { file_name, text: text(&rendered) })
}

/// One line for the export that was revealed, and one for each secret that was read.
async fn audit_reveal(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    (id, fields): (ExportId, &ExportFields),
    sources: &Sources,
    materials: &Materials,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let mut read = Vec::new();
    let mut tx = engine.db.begin_as(&grant).await?;
    for row in sources.written(fields) {
        let version = materials.get(&row.id).map_or(row.vault_version, |(_, version)| *version);
        read.push(format!("{} version {version}", row.name));
        let detail = format!("version {version}, for {}", fields.name);
        let told = Line::from((AuditTarget::Credential(row.id), row.name.as_str(), detail));
        let told = told.read(ReadPurpose::Export, "");
        audit::record(&mut tx, person(principal), scope, now, AuditAction::SecretRead, told)
            .await?;
    }
    let told = (AuditTarget::Export(id), fields.name.as_str(), read.join(", "));
    audit::record(&mut tx, person(principal), scope, now, AuditAction::SecretsRevealed, told)
        .await?;
    Ok(tx.commit().await?)
}

/// All manifests in one text.
fn text(rendered: &Rendered) -> Secret {
    let documents: Vec<Zeroizing<String>> = rendered
        .files
        .iter()
        .flat_map(|file| &file.objects)
        .map(|object| match object {
            RenderedObject::Open(value) => Zeroizing::new(yaml(value)),
            RenderedObject::Secret(secret) => Zeroizing::new(secret.reveal().expose().to_owned()),
        })
        .collect();
    let documents: Vec<&str> = documents.iter().map(|text| text.as_str()).collect();
    Secret::new(yaml_stream(&documents))
}

/// What of a name can stand in a file name everywhere.
fn file_stem(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let stem: String = name.chars().map(kept).take(60).collect();
    let stem = stem.trim_matches('-');
    if stem.is_empty() { "export".to_owned() } else { stem.to_owned() }
}
