//! Bringing a cluster in step: every object applied, what is not wanted any more deleted.

use std::time::Duration;

use domain::{
    Cause, ClusterId, CredentialId, Redactor,
    gitops::{ClusterObject, ObjectState},
};
use kubernetes::{ApiRefusal, ApiServer, Deleted, Manifest, ObjectRef, Run};

use super::{
    Stopped,
    desired_state::Wanted,
    fence::Fence,
    known, named,
    remedy::{explain, said},
};
use crate::{Error, repositories::pause};

/// The most problems that are told at once.
const TOLD: usize = 3;

/// Whether the other objects are worth a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    On,
    /// They would end the same way.
    Nowhere,
}

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
    pub(super) fn problem(&self, redactor: &Redactor) -> Option<Stopped> {
        let (_, first) = self.problems.first()?;
        let told = self.problems.iter().take(TOLD);
        let mut lines: Vec<_> = told.map(|problem| line(problem, redactor)).collect();
        if self.problems.len() > TOLD {
            lines.push(format!("And {} more.", self.problems.len() - TOLD));
        }
        let detail = lines.join("\n");
        Some(Stopped { detail, ..first.clone() })
    }

    /// How long to wait before all of it is tried again: as long as the problem that passes last;
    /// `None` when none passes by itself.
    pub(super) fn pause(&self, tries: u32) -> Option<Duration> {
        let passing = self.problems.iter().filter(|(_, stopped)| stopped.cause.may_pass());
        passing.map(|(_, stopped)| pause(stopped.cause, tries, stopped.retry_after)).max()
    }

    /// Keeps how an object was applied that `stood` so before.
    fn applied(
        &mut self,
        object: &ObjectRef,
        stood: ObjectState,
        applied: Result<Applied, ApiRefusal>,
        redactor: &Redactor,
    ) -> Goes {
        match applied {
            Ok(Applied::InStep) => {
                self.states.push(known(object, ObjectState::InStep));
                Goes::On
            }
            Ok(Applied::Written) => {
                self.written += 1;
                self.states.push(known(object, ObjectState::InStep));
                Goes::On
            }
            Ok(Applied::Foreign) => {
                let stopped = Stopped::because(Cause::ClusterConflict, FOREIGN);
                self.noted(known(object, stood), stopped, redactor)
            }
            Err(refusal) => self.noted(known(object, stood), Stopped::refused(&refusal), redactor),
        }
    }

    fn deleted(&mut self, object: &ClusterObject, deleted: Result<Deleted, ApiRefusal>) -> Goes {
        match deleted {
            Ok(deleted) => {
                self.deleted += usize::from(deleted == Deleted::Done);
                self.gone.push(object.clone());
                Goes::On
            }
            // Without its kind there is no object of it either.
            Err(refusal) if refusal.failure.cause == Cause::ClusterApiMissing => {
                self.gone.push(object.clone());
                Goes::On
            }
            // The server's words are not kept: they could hold values of earlier versions, which
            // nobody can tell any more.
            Err(refusal) => {
                let stopped = Stopped { detail: String::new(), ..Stopped::refused(&refusal) };
                self.noted(object.clone(), stopped, &Redactor::default())
            }
        }
    }

    /// What is the object's own fault is kept with it; anything else is the fault of the cluster.
    fn noted(&mut self, object: ClusterObject, stopped: Stopped, redactor: &Redactor) -> Goes {
        let named = named(&object);
        let goes = match stopped.cause {
            Cause::ClusterConflict
            | Cause::ClusterRefused
            | Cause::ClusterApiMissing
            | Cause::NamespaceMissing
            | Cause::InsufficientScope => {
                let state = match stopped.cause {
                    Cause::ClusterConflict => ObjectState::Conflict,
                    _ => object.state,
                };
                let detail = explain(&named, &stopped, redactor);
                let cause = Some(stopped.cause);
                self.states.push(ClusterObject { state, cause, detail, ..object });
                Goes::On
            }
            _ => Goes::Nowhere,
        };
        self.problems.push((Some(named), stopped));
        goes
    }
}

fn line((object, stopped): &(Option<ObjectRef>, Stopped), redactor: &Redactor) -> String {
    match object {
        Some(object) => format!("{object}: {}", explain(object, stopped, redactor)),
        None => said(stopped, redactor),
    }
}

/// What is said of an object that somebody else made.
pub(super) const FOREIGN: &str =
    "It exists already and was not made by Hawser, so it stays as it is.";

/// Why objects stay that no export holds any more.
const LEFT_OUT: &str =
    "Something of its exports was left out, so nothing that it held before is deleted.";

/// Applies every manifest, then deletes the objects in `before` that are not among them; `None` when
/// somebody else has the work now. While anything is amiss nothing is deleted: what is not among the
/// manifests may be what takes the place of something that was refused.
pub(super) async fn bring(
    api: &ApiServer,
    fence: &Fence<'_>,
    wanted: &Wanted,
    before: &[ClusterObject],
) -> Result<Option<Brought>, Error> {
    let mut brought = Brought::default();
    for manifest in &wanted.manifests {
        if !fence.holds().await? {
            return Ok(None);
        }
        let applied = apply(api, fence.cluster(), manifest).await;
        let object = manifest.object();
        let stood = before.iter().find(|known| named(known) == *object);
        let stood = stood.map_or(ObjectState::New, |known| known.state);
        if brought.applied(object, stood, applied, &wanted.redactor) == Goes::Nowhere {
            return Ok(Some(brought));
        }
    }
    let old = before.iter().filter(|object| !wanted.holds(&named(object)));
    let old: Vec<_> = old.collect();
    if !brought.problems.is_empty() || old.is_empty() {
        return Ok(Some(brought));
    }
    if !wanted.is_whole() {
        brought.problems.push((None, Stopped::because(Cause::ExportIncomplete, LEFT_OUT)));
        return Ok(Some(brought));
    }
    for object in old {
        if !fence.holds().await? {
            return Ok(None);
        }
        let deleted = api.delete(&named(object), fence.cluster()).await;
        if brought.deleted(object, deleted) == Goes::Nowhere {
            break;
        }
    }
    Ok(Some(brought))
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
) -> Result<Applied, ApiRefusal> {
    let before = api.get(manifest.object()).await?;
    if before.as_ref().is_some_and(|live| !live.is_ours(cluster)) {
        return Ok(Applied::Foreign);
    }
    match (api.apply(manifest, before.as_ref(), Run::Real).await, before) {
        (Ok(after), Some(before)) if before.is_same(&after) => Ok(Applied::InStep),
        (Ok(_), _) => Ok(Applied::Written),
        // Somebody made it since it was looked for, or a worker that had this work before.
        (Err(refusal), None) if refusal.failure.cause == Cause::ClusterConflict => {
            match api.get(manifest.object()).await? {
                Some(live) if live.is_ours(cluster) => {
                    let after = api.apply(manifest, Some(&live), Run::Real).await;
                    after.map(|_| Applied::Written)
                }
                _ => Ok(Applied::Foreign),
            }
        }
        (Err(refusal), _) => Err(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_problem_that_may_pass_is_tried_again_after_the_longest_wait() {
        let stopped = |cause, wait| Stopped {
            retry_after: Some(Duration::from_secs(wait)),
            ..Stopped::because(cause, "")
        };
        let brought = |problems: &[Stopped]| Brought {
            problems: problems.iter().map(|stopped| (None, stopped.clone())).collect(),
            ..Brought::default()
        };
        let conflict = stopped(Cause::ClusterConflict, 9_000);
        let (busy, away) = (stopped(Cause::RateLimited, 4_000), stopped(Cause::ServerError, 8_000));
        assert_eq!(brought(&[]).pause(0), None);
        assert_eq!(brought(std::slice::from_ref(&conflict)).pause(0), None);
        let waits = brought(&[conflict, busy, away]).pause(0);
        assert_eq!(waits, Some(Duration::from_secs(8_000)));
    }
}
