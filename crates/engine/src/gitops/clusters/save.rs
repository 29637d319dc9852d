//! Adding or changing a cluster.

use domain::{
    ClusterId, CredentialId, CredentialKind, Field, Grant, Principal, ServiceError, Timestamp,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    credentials::SecretMaterial,
    gitops::{ClusterFields, ClusterForm, DestinationState},
};
use storage::{
    Scope, Tx,
    gitops::{
        clusters::{self, Cluster},
        destinations,
    },
};

use super::{may_write, open::address};
use crate::{
    Engine, Error,
    audit::{self, person},
    credentials::Use,
    destinations::enqueue,
    error::name_taken,
};

pub(super) async fn save(
    engine: &Engine,
    principal: &Principal,
    form: &ClusterForm,
) -> Result<ClusterId, Error> {
    let grant = may_write(engine, principal, "save a cluster").await?;
    let scope = Scope::of(&grant);
    let fields = form.parse()?;
    let before = before(engine, scope, form).await?;
    let server = server(engine, principal, grant, fields.credential).await?;
    if let Some(before) = &before
        && before.server != server
    {
        stays(engine, scope, before).await?;
    }
    let now = engine.clock.now();
    let id = before.as_ref().map_or_else(ClusterId::new, |before| before.id);
    let mut tx = engine.db.begin_as(&grant).await?;
    hold_credential(&mut tx, scope, fields.credential).await?;
    let detail = match &before {
        None => {
            clusters::insert(&mut tx, scope, id, &fields, &server, &principal.name, now)
                .await
                .map_err(name_taken)?;
            format!("added at {server}")
        }
        Some(before) => {
            let by = &principal.name;
            if change(&mut tx, scope, before, (&fields, &server), by, now).await?.is_none() {
                drop(tx);
                let now = clusters::cluster(&engine.db, scope, id).await?;
                return Err(now.map_or(ServiceError::NotFound, overtaken).into());
            }
            format!("at {server}")
        }
    };
    destinations::clear_exports(&mut tx, scope, id).await?;
    destinations::set_exports(&mut tx, scope, id, &fields.exports).await.map_err(no_export)?;
    let told = (AuditTarget::Cluster(id), fields.name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, AuditAction::ClusterSaved, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(id)
}

/// The cluster that the form names, as the person saw it.
async fn before(
    engine: &Engine,
    scope: Scope,
    form: &ClusterForm,
) -> Result<Option<Cluster>, Error> {
    if form.cluster.is_empty() {
        return Ok(None);
    }
    let id: ClusterId = form.cluster.parse().map_err(|_| ServiceError::NotFound)?;
    let cluster = clusters::cluster(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let is_current = form.row_version.parse() == Ok(cluster.row_version) && !cluster.deleting;
    if is_current { Ok(Some(cluster)) } else { Err(overtaken(cluster).into()) }
}

/// The address of the API server in the kubeconfig of a credential.
async fn server(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    credential: CredentialId,
) -> Result<String, Error> {
    let chosen = storage::repositories::linkable(&engine.db, Scope::of(&grant), credential).await?;
    let is_cluster =
        chosen.is_some_and(|chosen| chosen.provider.facts().kind == CredentialKind::Cluster);
    if !is_cluster {
        return Err(no_kubeconfig().into());
    }
    let used = Use::of(principal, grant, ReadPurpose::Cluster);
    match engine.secret_for_use(Scope::of(&grant), credential, &used).await?.material {
        SecretMaterial::Kubeconfig { kubeconfig } => Ok(address(&kubeconfig)),
        _ => Err(no_kubeconfig().into()),
    }
}

/// A cluster that holds objects of ours cannot become another one: they would be left there.
async fn stays(engine: &Engine, scope: Scope, before: &Cluster) -> Result<(), Error> {
    if clusters::objects(&engine.db, scope, before.id).await?.is_empty() {
        return Ok(());
    }
    Err(Field::Credential
        .problem(format!(
            "Its kubeconfig names another API server than {}, where Hawser keeps objects. Delete this cluster and add the other one.",
            before.server
        ))
        .into())
}

/// Keeps the credential from being deleted or changed to another kind until the cluster names it.
async fn hold_credential(tx: &mut Tx, scope: Scope, id: CredentialId) -> Result<(), Error> {
    let held = storage::repositories::lock(tx, scope, id).await?;
    held.filter(|held| held.provider.facts().kind == CredentialKind::Cluster)
        .map(drop)
        .ok_or_else(|| no_kubeconfig().into())
}

/// Writes the change and queues an apply; nothing when somebody else was faster.
async fn change(
    tx: &mut Tx,
    scope: Scope,
    before: &Cluster,
    (fields, server): (&ClusterFields, &str),
    by: &str,
    now: Timestamp,
) -> Result<Option<()>, Error> {
    let (id, version) = (before.id, before.row_version);
    let state =
        clusters::update(tx, scope, id, version, fields, server, by).await.map_err(name_taken)?;
    match state {
        None => Ok(None),
        // Nothing is applied before somebody asked for it the first time.
        Some(DestinationState::New) => Ok(Some(())),
        Some(_) => queue(tx, scope, id, now).await.map(Some),
    }
}

/// Queues an apply of a cluster.
pub(super) async fn queue(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    now: Timestamp,
) -> Result<(), Error> {
    if enqueue(tx, scope, id, "person", now).await? {
        Ok(())
    } else {
        Err(ServiceError::NotFound.into())
    }
}

/// What whoever comes second is told of the cluster as it is now.
fn overtaken(cluster: Cluster) -> ServiceError {
    let changed_by = match cluster.updated_by {
        unknown if unknown.is_empty() => "Somebody".to_owned(),
        by => by,
    };
    ServiceError::Stale { changed_by }
}

fn no_kubeconfig() -> domain::FieldProblem {
    Field::Credential.problem("Choose a credential that holds a kubeconfig.")
}

fn no_export(error: storage::Error) -> Error {
    if error.is_dangling() {
        Field::Exports.problem("Choose exports from the list.").into()
    } else {
        error.into()
    }
}
