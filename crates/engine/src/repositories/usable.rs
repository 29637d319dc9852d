//! What a form may name: credentials, projects, egress profiles.

use domain::{
    Cause, CredentialId, CredentialKind, Field, FieldProblem, ProjectId, RepositoryId, Timestamp,
};
use egress::EgressProfile;
use storage::{Scope, Tx, repositories::Linkable};

use crate::{Engine, Error};

/// A chosen credential, if a chart repository of `project` can use it: a Git host's opens no
/// registry, and another project's is its own unless it is shared.
pub(super) fn usable(chosen: Option<Linkable>, project: ProjectId) -> Result<Linkable, Error> {
    let problem = |message: &str| Err(Field::Credential.problem(message).into());
    let Some(chosen) = chosen else { return Err(gone().into()) };
    if chosen.provider.facts().kind != CredentialKind::Registry {
        return problem("Choose a credential of a registry; this one is for Git or a cluster.");
    }
    if chosen.project.is_some_and(|own| own != project) {
        return problem(
            "This credential belongs to another project. Choose one of this project, or a shared one.",
        );
    }
    Ok(chosen)
}

pub(super) fn gone() -> FieldProblem {
    Field::Credential.problem("This credential does not exist any more. Choose another one.")
}

/// Holds a chosen credential until the transaction ends; answers its name.
pub(super) async fn held(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    project: ProjectId,
) -> Result<String, Error> {
    Ok(usable(storage::repositories::lock(tx, scope, credential).await?, project)?.name)
}

/// The project that a form names, or the default one.
pub(super) async fn project(
    engine: &Engine,
    scope: Scope,
    wanted: Option<ProjectId>,
) -> Result<ProjectId, Error> {
    storage::repositories::project(&engine.db, scope, wanted)
        .await?
        .ok_or_else(|| no_project().into())
}

pub(super) fn no_project() -> FieldProblem {
    Field::Project.problem("This project does not exist any more. Choose another one.")
}

/// The egress profile to a repository's host, if it can be taken: the operator named the proxy, and the
/// authorities can be read.
pub(crate) fn egress(engine: &Engine, ca: &str, proxy: &str) -> Result<EgressProfile, Error> {
    let egress = EgressProfile { ca: ca.to_owned(), proxy: proxy.to_owned() };
    match engine.registries.outbound().on(&egress, None) {
        Ok(_) => Ok(egress),
        Err(failure) if failure.cause == Cause::ProxyError => Err(Field::Proxy
            .problem(format!(
                "The operator of this Hawser allows no proxy named {proxy}; HAWSER_PROXIES lists those that may be used."
            ))
            .into()),
        Err(failure) if failure.cause == Cause::TlsUntrusted => {
            Err(Field::Ca.problem("These certificates cannot be read. Paste them in PEM.").into())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Links a credential that is held.
pub(super) async fn link(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    credential: CredentialId,
    origin: &str,
    now: Timestamp,
) -> Result<(), Error> {
    match storage::repositories::link(tx, scope, repository, credential, origin, now).await? {
        0 => Err(gone().into()),
        _ => Ok(()),
    }
}
