//! An encrypted file of an export, as Git targets write it, for a person who takes it along.

use domain::{
    Action, ExportId, Field, Principal, ServiceError,
    access::parse_id,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    exports::{DeliveryMethod, EncryptedForm, ExportFile},
};
use storage::Scope;

use super::{fields, get::one, rendered::may_see};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    credentials::Use,
    gitops,
};

/// Only the recipients, whom an owner chose, can read it: so whoever has such files pushed to a Git
/// target may take one along, and no password is asked for.
pub(super) async fn encrypted(
    engine: &Engine,
    principal: &Principal,
    form: &EncryptedForm,
) -> Result<ExportFile, Error> {
    const WHAT: &str = "take along an encrypted file of an export";
    let grant = allowed(engine, principal, Action::ManageExports, WHAT).await?;
    let scope = Scope::of(&grant);
    let id: ExportId = parse_id(Field::Exports, &form.export)?;
    let fields = fields(&one(engine, scope, id).await?)?;
    if fields.carrier != DeliveryMethod::Sops {
        return Err(ServiceError::NotFound.into());
    }
    if !may_see(engine, principal, scope, &fields).await? {
        allowed(engine, principal, Action::ManageCredentials, WHAT).await?;
    }
    engine.limits.connection_attempt(principal.user)?;
    let used = Use::of(principal, grant, ReadPurpose::EncryptedFile);
    let file = (&fields.name, form.path.as_str());
    let made = gitops::encrypted(engine, scope, id, file, &used).await?;
    // Nothing leaves before the log says so.
    let versions: Vec<_> = made
        .credentials
        .iter()
        .map(|(name, version)| format!("{name} version {version}"))
        .collect();
    let told = (
        AuditTarget::Export(id),
        fields.name.as_str(),
        format!("{}: {}", form.path, versions.join(", ")),
    );
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    audit::record(&mut tx, person(principal), scope, now, AuditAction::ExportEncrypted, told)
        .await?;
    tx.commit().await?;
    Ok(ExportFile { path: form.path.clone(), text: made.text })
}
