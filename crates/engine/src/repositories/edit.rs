//! Changing a repository, and what that means for its link.

use domain::{
    Action, CredentialId, Grant, Principal, ProjectId, Purpose, RepositoryId, ServiceError,
    audit::{AuditAction, AuditTarget},
    repositories::{
        Chosen, EditRepository, RepositoryFields, RepositoryKind, RepositoryUrl, SyncTrigger,
    },
};
use storage::{
    Scope,
    gitops::Touched,
    jobs,
    repositories::{Change, Current},
};

use super::{
    address::{self, Address, Done, Permission, settle},
    egress, held,
    new_link::{Moves, NewLink, automatic_link, new_link, relink},
    not_found, project, refused_row, relink_policy, usable,
};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
};

/// What a form makes of a repository.
struct Plan {
    kind: RepositoryKind,
    url: RepositoryUrl,
    origin: String,
    project: ProjectId,
    link: NewLink,
    address: Address,
    permission: Permission,
}

pub(super) async fn edit(
    engine: &Engine,
    principal: &Principal,
    form: EditRepository,
) -> Result<RepositoryId, Error> {
    let grant =
        allowed(engine, principal, Action::ManageRepositories, "change a repository").await?;
    let scope = Scope::of(&grant);
    let (id, row_version, fields) = form.parse()?;
    let current =
        storage::repositories::current(&engine.db, scope, id).await?.ok_or_else(not_found)?;
    if current.row_version != row_version {
        return Err(stale(current));
    }
    let plan = plan(engine, principal, scope, &current, &fields).await?;
    if let NewLink::Refused(credential) = plan.link {
        return Err(refused(engine, principal, grant, credential, &plan).await?);
    }
    let chooses_anew = current.is_automatic != (fields.credential == Chosen::Automatic);
    if chooses_anew || matches!(plan.link, NewLink::Set(_) | NewLink::Removed) {
        allowed(engine, principal, Action::LinkCredentials, "link a credential").await?;
    }
    if reaches_elsewhere(&current, &fields, &plan) {
        engine.limits.connection_attempt(principal.user)?;
    }
    store(engine, principal, grant, (id, &current), &fields, &plan).await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(id)
}

async fn plan(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    current: &Current,
    fields: &RepositoryFields,
) -> Result<Plan, Error> {
    egress(engine, &fields.ca, &fields.proxy)?;
    let project = project(engine, scope, fields.project).await?;
    let kind = fields.kind.unwrap_or(current.kind);
    let url = fields.url.spelled_for(kind);
    let origin = url.origin();
    let address = Address::of(&url, fields);
    let same_way = fields.ca == current.ca && fields.proxy == current.proxy;
    let moves = if origin == current.origin && same_way { Moves::Stays } else { Moves::Elsewhere };
    let mut permission = Permission::Given;
    let link = match fields.credential {
        Chosen::Nothing => new_link(current, None, &origin, &permission, moves),
        Chosen::Credential(wanted) => {
            let chosen = storage::repositories::linkable(&engine.db, scope, wanted).await?;
            usable(chosen, project)?;
            let allowed = address::allowed_for(engine, scope, wanted).await?;
            permission = address::permission(principal, &allowed, &address, &fields.allow);
            new_link(current, Some(wanted), &origin, &permission, moves)
        }
        Chosen::Automatic => {
            let (purpose, text) = (Purpose::Helm, url.as_str());
            let place = (text, &address.route);
            let winner = crate::matching::find(engine, scope, project, purpose, place).await?;
            automatic_link(current, winner, &origin)
        }
    };
    Ok(Plan { kind, url, origin, project, link, address, permission })
}

/// What a person reads who links a credential at an address where it may not go.
async fn refused(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    credential: CredentialId,
    plan: &Plan,
) -> Result<Error, Error> {
    let linkable =
        storage::repositories::linkable(&engine.db, Scope::of(&grant), credential).await?;
    let name = usable(linkable, plan.project)?.name;
    let chosen = (credential, name.as_str());
    address::refusal(engine, principal, grant, chosen, &plan.address, Done::Save).await
}

/// Whether saving makes Hawser ask somewhere else, or ask in another way.
fn reaches_elsewhere(current: &Current, fields: &RepositoryFields, plan: &Plan) -> bool {
    plan.url.as_str() != current.url
        || plan.kind != current.kind
        || plan.link != NewLink::Kept
        || fields.ca != current.ca
        || fields.proxy != current.proxy
}

/// Whether saving says which credential the repository has from now on: by name, by confirming it for
/// an address, or by leaving it to the URL.
fn chooses(current: &Current, fields: &RepositoryFields, plan: &Plan) -> bool {
    let becomes_automatic = fields.credential == Chosen::Automatic && !current.is_automatic;
    becomes_automatic || matches!(plan.link, NewLink::Set(_))
}

async fn store(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    (id, current): (RepositoryId, &Current),
    fields: &RepositoryFields,
    plan: &Plan,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let name = fields.name.as_str();
    let change = Change {
        name,
        name_key: &fields.name.key(),
        kind: plan.kind,
        url: plan.url.as_str(),
        origin: &plan.origin,
        chart_names: &fields.chart_names,
        interval: fields.interval,
        by: &principal.name,
        project: plan.project,
        is_automatic: fields.credential == Chosen::Automatic,
        environment: fields.environment,
        ca: &fields.ca,
        proxy: &fields.proxy,
    };
    let mut tx = engine.db.begin_as(&grant).await?;
    let credential_name = match &plan.link {
        NewLink::Set(credential) => {
            let name = held(&mut tx, scope, *credential, plan.project).await?;
            settle(&mut tx, principal, scope, *credential, &plan.address, &plan.permission, now)
                .await?;
            name
        }
        _ => current.link.as_ref().map(|link| link.name.clone()).unwrap_or_default(),
    };
    let row_version = current.row_version;
    let changed = storage::repositories::update(&mut tx, scope, id, row_version, &change)
        .await
        .map_err(refused_row)?;
    if changed == 0 {
        drop(tx);
        return Err(overtaken(engine, scope, id).await?);
    }
    // Before the link changes and after, since the exports of the old and of the new credential name its address.
    touch(&mut tx, scope, Touched::Repository(id), When::Settled, now).await?;
    if chooses(current, fields, plan) {
        let exports = relink_policy::kept_by(&mut tx, principal, scope, id).await?;
        if !exports.is_empty() {
            drop(tx);
            return Err(relink_policy::refusal(engine, principal, &current.name, &exports).await);
        }
    }
    let linked = relink(&mut tx, scope, id, &plan.link, &plan.origin, now).await?;
    if linked.is_some() {
        touch(&mut tx, scope, Touched::Repository(id), When::Settled, now).await?;
    }
    let reason = SyncTrigger::Changed.as_str();
    jobs::queue(&mut tx, scope, jobs::Kind::Sync, id.uuid(), reason, now, now).await?;
    let detail = changes(current, fields, plan.url.as_str());
    let told = (AuditTarget::Repository(id), name, &detail);
    audit::record(&mut tx, person(principal), scope, now, AuditAction::RepositoryChanged, told)
        .await?;
    if let Some(action) = linked {
        let told = (AuditTarget::Repository(id), name, &credential_name);
        audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    }
    tx.commit().await?;
    ask_for_the_address(engine, principal, grant, current, plan).await
}

/// Those who may allow an address are asked where a link was suspended by somebody who may not.
async fn ask_for_the_address(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    current: &Current,
    plan: &Plan,
) -> Result<(), Error> {
    match (&plan.link, &current.link) {
        (NewLink::Suspended, Some(link)) if !principal.role.includes(Action::AllowOrigins) => {
            let chosen = (link.credential, link.name.as_str());
            address::request(engine, principal, grant, chosen, &plan.address).await
        }
        _ => Ok(()),
    }
}

/// What changed, for the audit log: the names of the fields, and the new URL.
fn changes(current: &Current, fields: &RepositoryFields, url: &str) -> String {
    let mut changes = Vec::new();
    if current.name != fields.name.as_str() {
        changes.push(format!("name was {}", current.name));
    }
    if current.url != url {
        changes.push(format!("URL is {url}"));
    }
    let is_automatic = fields.credential == Chosen::Automatic;
    if is_automatic != current.is_automatic {
        let by = if is_automatic { "its URL" } else { "a person" };
        changes.push(format!("the credential is chosen by {by}"));
    }
    if fields.ca != current.ca {
        changes.push("certificate authorities".to_owned());
    }
    if fields.proxy != current.proxy {
        changes.push("proxy".to_owned());
    }
    if changes.is_empty() { "settings".to_owned() } else { changes.join(", ") }
}

/// Who was quicker, or that the repository is gone.
async fn overtaken(engine: &Engine, scope: Scope, id: RepositoryId) -> Result<Error, Error> {
    let current = storage::repositories::current(&engine.db, scope, id).await?;
    Ok(current.map_or_else(not_found, stale))
}

fn stale(current: Current) -> Error {
    ServiceError::Stale { changed_by: current.updated_by }.into()
}
