//! Adding a repository.

use connectors::http::Login;
use domain::{
    Action, Actor, CredentialId, Field, RepositoryId, Scope,
    audit::AuditAction,
    repositories::{AddRepository, RepositoryFields, RepositoryKind, RepositoryUrl, SyncTrigger},
};
use storage::{
    jobs,
    repositories::{Change, New},
};

use super::{audit, bound_origin, chosen, is_no_repository, name_taken, taken};
use crate::{Engine, Error};

pub(super) async fn add(
    engine: &Engine,
    actor: &Actor,
    form: AddRepository,
) -> Result<RepositoryId, Error> {
    let scope = actor.may(Action::ManageRepositories)?;
    let fields = form.parse()?;
    if fields.credential.is_some() {
        actor.may(Action::LinkCredentials)?;
    }
    if storage::repositories::name_is_taken(&engine.db, scope, &fields.name.key()).await? {
        return Err(taken().into());
    }
    let credential = match fields.credential {
        Some(id) => Some((id, chosen(engine, scope, id).await?)),
        None => None,
    };
    let kind = match fields.kind {
        Some(kind) => kind,
        None => found_out(engine, actor, scope, &fields.url, fields.credential).await?,
    };
    store(engine, actor, scope, &fields, kind, credential).await
}

/// Asks the host how it speaks. A host that does not answer now may do so later, so it is added
/// all the same, as Helm HTTP; the page shows the failure and how to correct the kind.
async fn found_out(
    engine: &Engine,
    actor: &Actor,
    scope: Scope,
    url: &RepositoryUrl,
    credential: Option<CredentialId>,
) -> Result<RepositoryKind, Error> {
    engine.limits.connection_attempt(actor.user)?;
    let login = match credential {
        Some(credential) => {
            let secret = engine.secret_for_use(scope, credential).await?;
            Some(Login { username: secret.username.clone(), password: secret.password.clone() })
        }
        None => None,
    };
    match engine.registries.detect(url, login.as_ref()).await {
        Ok(kind) => Ok(kind),
        Err(failure) if is_no_repository(failure.cause) => {
            Err(Field::Url.problem(failure.cause.message()).into())
        }
        Err(failure) => {
            tracing::info!(
                cause = failure.cause.code(),
                "the kind of a new repository is not known yet"
            );
            Ok(RepositoryKind::Helm)
        }
    }
}

async fn store(
    engine: &Engine,
    actor: &Actor,
    scope: Scope,
    fields: &RepositoryFields,
    kind: RepositoryKind,
    credential: Option<(CredentialId, String)>,
) -> Result<RepositoryId, Error> {
    let id = RepositoryId::new();
    let now = engine.clock.now();
    let url = fields.url.spelled_for(kind);
    let origin = bound_origin(&url);
    let name = fields.name.as_str();
    let new = New {
        id,
        now,
        fields: Change {
            name,
            name_key: &fields.name.key(),
            kind,
            url: url.as_str(),
            origin: &origin,
            chart_names: &fields.chart_names,
            interval: fields.interval,
            by: &actor.name,
        },
    };
    let mut tx = engine.db.begin().await?;
    storage::repositories::insert(&mut tx, scope, &new).await.map_err(name_taken)?;
    audit(&mut tx, actor, scope, now, AuditAction::RepositoryAdded, name, kind.label()).await?;
    if let Some((credential, credential_name)) = credential {
        storage::repositories::link(&mut tx, scope, id, credential, &origin, now).await?;
        audit(&mut tx, actor, scope, now, AuditAction::LinkSet, name, &credential_name).await?;
    }
    let reason = SyncTrigger::Changed.as_str();
    jobs::queue(&mut tx, scope, jobs::Kind::Sync, id.uuid(), reason, now, now).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(id)
}
