//! Where a credential applies: project or shared, purposes, pattern, environment, expiry.

use domain::{
    Action, CredentialId, Field, Grant, Principal, ProjectId, ServiceError,
    access::parse_id,
    audit::{AuditAction, AuditTarget},
    credentials::{
        CredentialScope, CredentialState, Environment, ExpirySource, PlaceCredential, Placed, Saved,
    },
    projects::Sharing,
};
use storage::{
    Scope, Tx,
    credentials::{Existing, PlacedRow},
    gitops::Touched,
};

use super::{expiry, overtaken, refused_row, stale};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
    error::chain,
};

pub(super) async fn place(
    engine: &Engine,
    principal: &Principal,
    form: &PlaceCredential,
) -> Result<Saved, Error> {
    let grant = allowed(engine, principal, Action::ManageCredentials, "place a credential").await?;
    let scope = Scope::of(&grant);
    let id: CredentialId = parse_id(Field::Credential, &form.credential)?;
    let version: i64 = form.row_version.parse().map_err(|_| ServiceError::NotFound)?;
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if existing.row_version != version || existing.state == CredentialState::Creating {
        return Err(stale(existing.changed_by));
    }
    let placed =
        form.placement.parse(existing.provider.facts().kind).map_err(ServiceError::Invalid)?;
    let stood = existing.placed.expires.filter(|(_, source)| *source == ExpirySource::Typed);
    form.confirmed(stood.map(|(at, _)| at), engine.clock.now())?;
    let mut placed = resolve(engine, principal, scope, placed, Some(&existing)).await?;
    let told = storage::credentials::version(&engine.db, scope, id, existing.vault_version).await?;
    let typed = placed.expires.map(|(at, _)| at);
    placed.expires = expiry::counts(typed, told.and_then(|version| version.expires_at));
    let detail = difference(&existing.placed, &placed);
    if !detail.is_empty() {
        store(engine, principal, grant, id, &existing, &placed, detail).await?;
        match_again(engine, scope).await;
    }
    let warning = conflict(engine, scope, id).await;
    Ok(Saved { id, propagation: None, warning })
}

async fn store(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: CredentialId,
    existing: &Existing,
    placed: &PlacedRow,
    detail: String,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    let (version, now) = (existing.row_version, engine.clock.now());
    let mut tx = engine.db.begin_as(&grant).await?;
    let changed =
        storage::credentials::place(&mut tx, scope, id, version, placed, &principal.name, now)
            .await;
    if changed.map_err(refused_row)? == 0 {
        drop(tx);
        return Err(overtaken(engine, scope, id).await?);
    }
    if existing.placed.reach != placed.reach
        && let CredentialScope::Project(project) = placed.reach
    {
        leaves_nobody(&mut tx, scope, id, project).await?;
    }
    storage::credentials::stamp(&mut tx, scope, id).await?;
    touch(&mut tx, scope, Touched::Credential(id), When::Settled, now).await?;
    let action = AuditAction::CredentialPlaced;
    let told = (AuditTarget::Credential(id), existing.draft.name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

/// Refuses a place out of the reach of repositories that a person linked; those whose URL chooses
/// the credential look for another one.
async fn leaves_nobody(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    project: ProjectId,
) -> Result<(), Error> {
    let outside = storage::repositories::links_outside(tx, scope, id, project).await?;
    let names: Vec<_> = outside
        .into_iter()
        .filter(|repository| !repository.is_automatic)
        .map(|repository| repository.name)
        .collect();
    if names.is_empty() { Ok(()) } else { Err(ServiceError::InUse(names).into()) }
}

/// Fills in the default project, and checks what needs more than the form: the right to share, the
/// pattern. That the project is there is seen when the row is written.
pub(super) async fn resolve(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    placed: Placed,
    existing: Option<&Existing>,
) -> Result<PlacedRow, Error> {
    let reach = match placed.reach {
        Some(reach) => reach,
        None => CredentialScope::Project(storage::projects::default_id(&engine.db, scope).await?),
    };
    let was_shared = match existing {
        Some(existing) => is_shared(engine, scope, existing.placed.reach).await?,
        None => false,
    };
    if was_shared != is_shared(engine, scope, reach).await? {
        allowed(engine, principal, Action::ShareCredentials, "share a credential").await?;
    }
    domain::matching::check_pattern(placed.pattern_kind, &placed.pattern, &placed.purposes)?;
    Ok(PlacedRow {
        reach,
        purposes: placed.purposes,
        pattern: placed.pattern,
        pattern_kind: placed.pattern_kind,
        environment: placed.environment,
        expires: placed.expires_at.map(|at| (at, ExpirySource::Typed)),
        access: placed.access,
    })
}

/// Whether credentials of this reach are available to every project: by themselves, or because their
/// project is shared.
pub(super) async fn is_shared(
    engine: &Engine,
    scope: Scope,
    reach: CredentialScope,
) -> Result<bool, Error> {
    let CredentialScope::Project(project) = reach else { return Ok(true) };
    Ok(storage::projects::sharing(&engine.db, scope, project).await? == Some(Sharing::Shared))
}

/// What people should know of a pattern that overlaps with another credential's. It was saved all
/// the same, so a failure here is only logged.
pub(super) async fn conflict(engine: &Engine, scope: Scope, id: CredentialId) -> Option<String> {
    crate::matching::conflict(engine, scope, id).await.unwrap_or_else(|error| {
        tracing::warn!(error = %chain(&error), "failed to look for overlapping patterns");
        None
    })
}

/// Lets repositories whose URL chooses the credential look again. What is not queued now follows at
/// the next sync, so a failure is only logged.
pub(crate) async fn match_again(engine: &Engine, scope: Scope) {
    if let Err(error) = crate::repositories::match_again(engine, scope).await {
        tracing::warn!(error = %chain(&error), "failed to match automatic repositories; their next sync does");
    }
}

/// What changed, for the audit log.
fn difference(was: &PlacedRow, is: &PlacedRow) -> String {
    let mut changes = Vec::new();
    if was.reach != is.reach {
        changes.push(match (was.reach, is.reach) {
            (_, CredentialScope::Shared) => "shared with all projects".to_owned(),
            (CredentialScope::Shared, _) => "no longer shared".to_owned(),
            _ => "new project".to_owned(),
        });
    }
    if was.purposes != is.purposes {
        let codes: Vec<_> = is.purposes.iter().map(|purpose| purpose.as_str()).collect();
        changes.push(format!("for {}", codes.join(" and ")));
    }
    if (&was.pattern, was.pattern_kind) != (&is.pattern, is.pattern_kind) {
        changes.push(if is.pattern.is_empty() { "no pattern" } else { "new pattern" }.to_owned());
    }
    if was.environment != is.environment {
        changes.push(match is.environment {
            Environment::Unset => "no environment".to_owned(),
            environment => format!("environment {}", environment.as_str()),
        });
    }
    if was.expires != is.expires {
        changes.push(
            is.expires
                .map_or_else(|| "no expiry".to_owned(), |(at, _)| format!("expires {}", at.day())),
        );
    }
    if was.access != is.access {
        changes.push(match is.access {
            None => "no access said".to_owned(),
            Some(access) => format!("may {}", access.as_str()),
        });
    }
    changes.join(", ")
}
