//! Bringing a cluster in step: every object applied, what is not wanted any more deleted.

use connectors::kubernetes::{ApiServer, Deleted, Manifest, ObjectRef, Refusal, Run};
use domain::{
    Cause, ClusterId, CredentialId, Secret,
    gitops::{ClusterObject, ObjectState},
};

use super::{Stopped, known, named, words::words};

/// The most problems that are told at once.
const TOLD: usize = 3;

/// How it went.
#[derive(Default)]
pub(super) struct Brought {
    /// How objects stand now.
    pub(super) states: Vec<ClusterObject>,
    /// Objects that are not there any more, or are not ours.
    pub(super) gone: Vec<ClusterObject>,
    /// How many objects were made or changed.
    pub(super) written: usize,
    /// How many were deleted.
    pub(super) deleted: usize,
    /// The versions that the cluster holds now, when all of it is in step.
    pub(super) versions: Vec<(CredentialId, i64)>,
    /// Why it is not in step, the first reason first.
    pub(super) problems: Vec<(Option<ObjectRef>, Stopped)>,
}

impl Brought {
    pub(super) fn stopped(stopped: Stopped) -> Self {
        Self { problems: vec![(None, stopped)], ..Self::default() }
    }

    /// The first reason with what else there is to tell; nothing of it holds a secret.
    pub(super) fn problem(&self, secrets: &[Secret]) -> Option<Stopped> {
        let (_, first) = self.problems.first()?;
        let told = self.problems.iter().take(TOLD);
        let mut lines: Vec<_> = told.map(|problem| line(problem, secrets)).collect();
        if self.problems.len() > TOLD {
            lines.push(format!("And {} more.", self.problems.len() - TOLD));
        }
        let detail = lines.join(" ");
        Some(Stopped { detail, ..first.clone() })
    }

    /// Notes why an object was not deleted. The server's words are not kept: they could hold values
    /// of earlier versions, which nobody can tell any more.
    fn stays(&mut self, object: &ObjectRef, refusal: &Refusal) -> bool {
        self.noted(object, Stopped { detail: String::new(), ..Stopped::refused(refusal) })
    }

    /// Notes a refusal; `false` when the rest would end the same way.
    fn refused(&mut self, object: &ObjectRef, refusal: &Refusal) -> bool {
        self.noted(object, Stopped::refused(refusal))
    }

    fn noted(&mut self, object: &ObjectRef, stopped: Stopped) -> bool {
        let goes_on = matches!(
            stopped.cause,
            Cause::ClusterConflict
                | Cause::ClusterRefused
                | Cause::ClusterApiMissing
                | Cause::InsufficientScope
        );
        self.problems.push((Some(object.clone()), stopped));
        goes_on
    }
}

fn line((object, stopped): &(Option<ObjectRef>, Stopped), secrets: &[Secret]) -> String {
    let words = words(&stopped.detail, secrets);
    let said = if words.is_empty() { stopped.cause.title() } else { &words };
    let end = if said.ends_with(['.', '…', '!', '?']) { "" } else { "." };
    match object {
        Some(object) => format!("{object}: {said}{end}"),
        None => format!("{said}{end}"),
    }
}

/// What is said of an object that somebody else made.
pub(super) const FOREIGN: &str =
    "It exists already and was not made by Hawser, so it stays as it is.";

/// Applies every manifest, then deletes the objects in `before` that are not among them.
pub(super) async fn bring(
    api: &ApiServer,
    cluster: ClusterId,
    manifests: &[Manifest],
    before: &[ClusterObject],
) -> Brought {
    let mut brought = Brought::default();
    for manifest in manifests {
        match apply(api, cluster, manifest).await {
            Ok(Applied::InStep) => {
                brought.states.push(known(manifest.object(), ObjectState::InStep));
            }
            Ok(Applied::Written) => {
                brought.written += 1;
                brought.states.push(known(manifest.object(), ObjectState::InStep));
            }
            Ok(Applied::Foreign) => {
                let stopped = Stopped::because(Cause::ClusterConflict, FOREIGN);
                brought.problems.push((Some(manifest.object().clone()), stopped));
                brought.states.push(known(manifest.object(), ObjectState::Conflict));
            }
            Err(refusal) => {
                if refusal.failure.cause == Cause::ClusterConflict {
                    brought.states.push(known(manifest.object(), ObjectState::Conflict));
                }
                if !brought.refused(manifest.object(), &refusal) {
                    return brought;
                }
            }
        }
    }
    let wanted = |object: &ObjectRef| manifests.iter().any(|other| other.object() == object);
    for object in before {
        let name = named(object);
        if wanted(&name) {
            continue;
        }
        match api.delete(&name, cluster).await {
            Ok(deleted) => {
                brought.deleted += usize::from(deleted == Deleted::Done);
                brought.gone.push(object.clone());
            }
            // Without its kind there is no object of it either.
            Err(refusal) if refusal.failure.cause == Cause::ClusterApiMissing => {
                brought.gone.push(object.clone());
            }
            Err(refusal) => {
                if !brought.stays(&name, &refusal) {
                    return brought;
                }
            }
        }
    }
    brought
}

enum Applied {
    /// Nothing differed.
    InStep,
    /// It was made or changed.
    Written,
    /// Somebody else made it.
    Foreign,
}

async fn apply(
    api: &ApiServer,
    cluster: ClusterId,
    manifest: &Manifest,
) -> Result<Applied, Refusal> {
    let before = api.get(manifest.object()).await?;
    if before.as_ref().is_some_and(|live| !live.is_ours(cluster)) {
        return Ok(Applied::Foreign);
    }
    let after = api.apply(manifest, Run::Real).await?;
    let is_same = before.is_some_and(|before| before.is_same(&after));
    Ok(if is_same { Applied::InStep } else { Applied::Written })
}
