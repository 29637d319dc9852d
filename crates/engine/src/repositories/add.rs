//! Adding a repository.

use domain::{
    Action, Cause, CredentialId, Field, Grant, Principal, ProjectId, Purpose, RepositoryId,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    cause::RemoteKind,
    credentials::Route,
    repositories::{
        AddRepository, Chosen, RepositoryFields, RepositoryKind, RepositoryUrl, SyncTrigger,
    },
};
use egress::{EgressProfile, Login};
use storage::{
    Scope,
    gitops::Touched,
    jobs,
    repositories::{Change, NewRepository},
};

use super::{
    address::{self, Address, Done, Permission, allowed_for, permission, settle},
    egress, held, is_no_repository, link, project, refused_row, usable,
};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    credentials::Use,
    destinations::{When, touch},
    error::taken,
};

pub(super) async fn add(
    engine: &Engine,
    principal: &Principal,
    form: AddRepository,
) -> Result<RepositoryId, Error> {
    let grant = allowed(engine, principal, Action::ManageRepositories, "add a repository").await?;
    let scope = Scope::of(&grant);
    let fields = form.parse()?;
    if fields.credential != Chosen::Nothing {
        allowed(engine, principal, Action::LinkCredentials, "link a credential").await?;
    }
    if storage::repositories::name_is_taken(&engine.db, scope, &fields.name.key()).await? {
        return Err(taken().into());
    }
    egress(engine, &fields.ca, &fields.proxy)?;
    let project = project(engine, scope, fields.project).await?;
    // More repositories of a host that is in use tell nobody which hosts there are.
    let origin = fields.url.origin();
    let known = storage::repositories::origin_is_known(&engine.db, scope, &origin).await?;
    if fields.kind.is_none() || !known {
        engine.limits.connection_attempt(principal.user)?;
    }
    let permission = permitted(engine, principal, grant, &fields, project).await?;
    let kind = match fields.kind {
        Some(kind) => kind,
        None => found_out(engine, principal, grant, &fields, project, &permission).await?,
    };
    store(engine, principal, grant, &fields, (kind, permission), project).await
}

/// Whether the credential that a person chose may go to the address, asked before anything is sent. The
/// one that a URL chooses is chosen among those that may.
async fn permitted(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    fields: &RepositoryFields,
    project: ProjectId,
) -> Result<Permission, Error> {
    let Chosen::Credential(credential) = fields.credential else { return Ok(Permission::Given) };
    let linkable =
        storage::repositories::linkable(&engine.db, Scope::of(&grant), credential).await?;
    let name = usable(linkable, project)?.name;
    let address = Address::of(&fields.url, fields);
    let allowed = allowed_for(engine, Scope::of(&grant), credential).await?;
    match permission(principal, &allowed, &address, &fields.allow) {
        Permission::Missing => {
            let chosen = (credential, name.as_str());
            Err(address::refusal(engine, principal, grant, chosen, &address, Done::Add).await?)
        }
        given => Ok(given),
    }
}

/// The credential that a person chose, or that the URL chooses.
async fn chosen(
    engine: &Engine,
    scope: Scope,
    chosen: Chosen,
    project: ProjectId,
    (url, route): (&str, &Route),
) -> Result<Option<CredentialId>, Error> {
    match chosen {
        Chosen::Nothing => Ok(None),
        Chosen::Credential(credential) => Ok(Some(credential)),
        Chosen::Automatic => {
            crate::matching::find(engine, scope, project, Purpose::Helm, (url, route)).await
        }
    }
}

/// Asks the host how it speaks. A host that does not answer now may do so later, so it is added
/// all the same, as Helm HTTP; the page shows the failure and how to correct the kind.
async fn found_out(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    fields: &RepositoryFields,
    project: ProjectId,
    permission: &Permission,
) -> Result<RepositoryKind, Error> {
    let scope = Scope::of(&grant);
    let url = &fields.url;
    let egress = egress(engine, &fields.ca, &fields.proxy)?;
    let address = Address::of(url, fields);
    let place = (url.as_str(), &address.route);
    let login = match chosen(engine, scope, fields.credential, project, place).await? {
        Some(credential) => {
            let used = Use::of(principal, grant, ReadPurpose::NewRepository).at(&url.origin());
            let agreed = (*permission == Permission::Agreed).then_some(&address);
            login(engine, scope, credential, (url, &egress, agreed), &used).await?
        }
        None => None,
    };
    match engine.registries.detect(url, login.as_ref(), &egress).await {
        Ok(kind) => Ok(kind),
        Err(failure) if is_no_repository(failure.cause) => {
            let nothing_there = failure.cause == Cause::NotARegistry && failure.status == Some(404);
            let message = failure.cause.words(RemoteKind::Registry).message;
            Err(Field::Url.problem(if nothing_there { NO_INDEX } else { message }).into())
        }
        Err(failure) => {
            tracing::info!(
                cause = failure.cause.as_str(),
                "failed to detect the kind of a new repository; the next sync tries again"
            );
            Ok(RepositoryKind::Helm)
        }
    }
}

const NO_INDEX: &str = "404 on index.yaml: there is no repository at this address, and its host is no OCI registry. Check the path of the URL.";

/// The login of a credential that is not linked yet; without one the host may still tell its kind.
async fn login(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    (url, egress, agreed): (&RepositoryUrl, &EgressProfile, Option<&Address>),
    used: &Use,
) -> Result<Option<Login>, Error> {
    if storage::circuit_breaker::is_paused(&engine.db, scope, credential, &url.origin()).await? {
        return Ok(None);
    }
    let mut secret = engine.secret_for_use(scope, credential, used).await?;
    if let Some(address) = agreed {
        secret = secret.also_at(address.origin.clone(), address.route.clone());
    }
    let now = engine.clock.now();
    match engine.exchanges.login(&secret.material, &secret.owner, url, egress, now).await {
        Ok(login) => Ok(Some(login)),
        Err(failure) => {
            tracing::info!(
                cause = failure.cause.as_str(),
                "failed to read the login of a new repository"
            );
            Ok(None)
        }
    }
}

async fn store(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    fields: &RepositoryFields,
    (kind, permission): (RepositoryKind, Permission),
    project: ProjectId,
) -> Result<RepositoryId, Error> {
    let scope = Scope::of(&grant);
    let id = RepositoryId::new();
    let now = engine.clock.now();
    let url = fields.url.spelled_for(kind);
    let origin = url.origin();
    let name = fields.name.as_str();
    let new = NewRepository {
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
            by: &principal.name,
            project,
            is_automatic: fields.credential == Chosen::Automatic,
            environment: fields.environment,
            ca: &fields.ca,
            proxy: &fields.proxy,
        },
    };
    let address = Address::of(&url, fields);
    let place = (url.as_str(), &address.route);
    let chosen = chosen(engine, scope, fields.credential, project, place).await?;
    let mut tx = engine.db.begin_as(&grant).await?;
    let credential = match chosen {
        Some(credential) => {
            let name = held(&mut tx, scope, credential, project).await?;
            settle(&mut tx, principal, scope, credential, &address, &permission, now).await?;
            Some((credential, name))
        }
        None => None,
    };
    storage::repositories::insert(&mut tx, scope, &new).await.map_err(refused_row)?;
    if let Some((credential, _)) = &credential {
        link(&mut tx, scope, id, *credential, &origin, now).await?;
        touch(&mut tx, scope, Touched::Repository(id), When::Settled, now).await?;
    }
    let reason = SyncTrigger::Changed.as_str();
    jobs::queue(&mut tx, scope, jobs::Kind::Sync, id.uuid(), reason, now, now).await?;
    let told = (AuditTarget::Repository(id), name, kind.label());
    audit::record(&mut tx, person(principal), scope, now, AuditAction::RepositoryAdded, told)
        .await?;
    if let Some((_, credential_name)) = &credential {
        let told = (AuditTarget::Repository(id), name, credential_name);
        audit::record(&mut tx, person(principal), scope, now, AuditAction::LinkSet, told).await?;
    }
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(id)
}
