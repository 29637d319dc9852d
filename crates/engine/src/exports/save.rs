//! Adding or changing an export.

use domain::{
    Action, ExportId, Field, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
    counted,
    exports::{ExportFields, ExportForm, NoteTone, Selects},
};
use storage::{
    Scope, Tx,
    exports::{NewExport, StoredExport},
    gitops::Touched,
};

use super::{
    agree::{agree, refusal},
    choices::can_use,
    get::one,
    rendered::{seen, writes},
};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
    error::name_taken,
};

pub(super) async fn save(
    engine: &Engine,
    principal: &Principal,
    form: &ExportForm,
) -> Result<ExportId, Error> {
    let grant = allowed(engine, principal, Action::ManageExports, "save an export").await?;
    let scope = Scope::of(&grant);
    let mut fields = form.parse()?;
    let before = match form.export.as_str() {
        "" => None,
        id => Some(named(engine, scope, id, &form.row_version).await?),
    };
    // Whoever holds a matching key reads the secrets, so an owner says who they are.
    let recipients = before.as_ref().map_or("", |before| before.settings.recipients.as_str());
    if !fields.settings.recipients.is_empty() && fields.settings.recipients != recipients {
        allowed(engine, principal, Action::ManageRecipients, "choose age recipients").await?;
    }
    are_there(engine, scope, &fields).await?;
    let others = agree(engine, principal, scope, &mut fields, before.as_ref()).await?;
    if !others.is_empty() {
        return Err(refusal(engine, scope, &others).await?);
    }
    is_not_empty(engine, principal, scope, &fields).await?;
    let id = before.as_ref().map_or_else(ExportId::new, |before| before.id);
    let now = engine.clock.now();
    let row = NewExport {
        name: fields.name.as_str(),
        name_key: &fields.name.key(),
        consumer: fields.consumer,
        carrier: fields.carrier,
        settings: &fields.settings,
        by: &principal.name,
    };
    let mut tx = engine.db.begin_as(&grant).await?;
    lock_credentials(&mut tx, scope, &fields).await?;
    if let Some(before) = &before {
        let version = before.row_version;
        let changed = storage::exports::update(&mut tx, scope, id, version, &row, now).await;
        if changed.map_err(name_taken)? == 0 {
            drop(tx);
            return Err(stale(&one(engine, scope, id).await?));
        }
        storage::exports::clear(&mut tx, scope, id).await?;
    } else {
        storage::exports::insert(&mut tx, scope, id, &row, now).await.map_err(name_taken)?;
    }
    storage::exports::set_credentials(&mut tx, scope, id, &fields.credentials).await?;
    for (credential, pattern) in &fields.agreed {
        storage::exports::agree(&mut tx, scope, id, *credential, pattern).await?;
    }
    storage::exports::set_repositories(&mut tx, scope, id, &fields.repositories).await?;
    touch(&mut tx, scope, Touched::Export(id), When::Settled, now).await?;
    let told =
        (AuditTarget::Export(id), fields.name.as_str(), difference(before.as_ref(), &fields));
    audit::record(&mut tx, person(principal), scope, now, AuditAction::ExportSaved, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(id)
}

/// The export that the form names, if the person saw it as it is now.
async fn named(
    engine: &Engine,
    scope: Scope,
    id: &str,
    row_version: &str,
) -> Result<StoredExport, Error> {
    let id: ExportId = id.parse().map_err(|_| ServiceError::NotFound)?;
    let stored = one(engine, scope, id).await?;
    if row_version == stored.row_version.to_string() { Ok(stored) } else { Err(stale(&stored)) }
}

fn stale(stored: &StoredExport) -> Error {
    ServiceError::Stale { changed_by: stored.updated_by.clone() }.into()
}

/// Refuses what is not there any more, or cannot be exported.
async fn are_there(engine: &Engine, scope: Scope, fields: &ExportFields) -> Result<(), Error> {
    let credentials = storage::exports::credentials(&engine.db, scope, &fields.credentials).await?;
    if credentials.len() != fields.credentials.len() {
        return Err(Field::Credentials.problem(GONE).into());
    }
    let consumer = fields.consumer;
    if let Some(row) = credentials.iter().find(|row| !can_use(consumer, row.provider, row.shape)) {
        let message = format!(
            "{} opens nothing that {} reads. Choose others.",
            row.name,
            consumer.facts().label
        );
        return Err(Field::Credentials.problem(message).into());
    }
    let repositories =
        storage::exports::repositories(&engine.db, scope, &fields.repositories).await?;
    if repositories.len() != fields.repositories.len() {
        return Err(Field::Repositories.problem(GONE).into());
    }
    Ok(())
}

/// Refuses an export of which no file would be written, with the first reason why; places that took
/// it would hold nothing.
async fn is_not_empty(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    fields: &ExportFields,
) -> Result<(), Error> {
    if writes(engine, scope, fields).await? {
        return Ok(());
    }
    let field = match fields.consumer.facts().selects {
        Selects::Credentials => Field::Credentials,
        Selects::Repositories => Field::Repositories,
    };
    let notes = seen(engine, principal, scope, fields).await?.notes;
    let reason = notes.into_iter().find(|note| note.tone == NoteTone::LeftOut);
    let message = reason.map_or_else(|| EMPTY.to_owned(), |note| note.text);
    Err(field.problem(message).into())
}

const EMPTY: &str = "Nothing would be written of these. Choose others.";

const GONE: &str = "One of them does not exist any more. Choose again.";

/// Holds the chosen credentials until the transaction ends, so that none is deleted meanwhile; in an
/// order of their own, so that two who do it never wait for each other.
async fn lock_credentials(tx: &mut Tx, scope: Scope, fields: &ExportFields) -> Result<(), Error> {
    let mut ids = fields.credentials.clone();
    ids.sort_unstable();
    for id in ids {
        if storage::repositories::lock(tx, scope, id).await?.is_none() {
            return Err(Field::Credentials.problem(GONE).into());
        }
    }
    Ok(())
}

/// What changed, for the audit log: never a value.
fn difference(before: Option<&StoredExport>, fields: &ExportFields) -> String {
    let what = format!(
        "{}, {}, {}, {}",
        fields.consumer.facts().label,
        fields.carrier.facts().label,
        counted(fields.credentials.len(), "credential", "credentials"),
        counted(fields.repositories.len(), "repository", "repositories")
    );
    let Some(before) = before else { return format!("added: {what}") };
    let renamed = if before.name == fields.name.as_str() {
        String::new()
    } else {
        format!(", name was {}", before.name)
    };
    let is_same = before.settings.recipients == fields.settings.recipients;
    let recipients = if is_same { "" } else { ", other recipients" };
    format!("{what}{renamed}{recipients}")
}
