//! One try to bring a Git target in step: open, compare, commit, push.

use domain::{
    Cause, Field,
    audit::ReadPurpose,
    gitops::{Branch, Folder, GitUrl, PushMode, Workflows, base_missing},
};
use egress::{EgressProfile, Failure, Login};
use git_http::{Author, Checkout, NewCommit, PushError, Pushed};
use storage::{
    Scope,
    gitops::{
        destinations,
        targets::{self, File, Target},
    },
    jobs::{self, ClaimedJob},
};

use super::end::{Done, End, Failed, Request};
use crate::{
    Engine, Error,
    credentials::Use,
    gitops::{
        compare::{NoPlan, Plan, WrittenFiles, compare},
        git_accounts::login,
        render::{Wanted, wanted},
    },
};

/// How a try ended.
pub(super) enum Tried {
    /// For good.
    Ended(End),
    /// The branch moved, or the answer got lost: open again and look.
    Again(Failed),
}

/// Where a target writes, read.
pub(super) struct TargetLocation {
    pub(super) url: GitUrl,
    pub(super) branch: Branch,
    pub(super) base: Option<Branch>,
    pub(super) folder: Folder,
    pub(super) egress: EgressProfile,
}

impl TargetLocation {
    pub(super) fn of(target: &Target) -> Result<Self, Error> {
        let base = match target.base.as_str() {
            "" => None,
            base => Some(Branch::parse(Field::Base, base)?),
        };
        Ok(Self {
            url: GitUrl::parse(&target.url)?,
            branch: Branch::parse(Field::Branch, &target.branch)?,
            base,
            // An owner allowed it when the target was saved.
            folder: Folder::parse(&target.folder, Workflows::Allowed)?,
            egress: EgressProfile { ca: target.ca.clone(), proxy: target.proxy.clone() },
        })
    }
}

/// What Hawser wrote to the repository of a target.
///
/// # Errors
/// When the database fails.
pub(super) async fn known(
    engine: &Engine,
    scope: Scope,
    target: &Target,
    place: &TargetLocation,
) -> Result<WrittenFiles, Error> {
    let repository = place.url.key();
    let is_here = |url: &str| GitUrl::parse(url).is_ok_and(|url| url.key() == repository);
    let others = targets::others(&engine.db, scope, target.id).await?;
    let others: Vec<_> =
        others.into_iter().filter(|(_, url)| is_here(url)).map(|(id, _)| id).collect();
    Ok(WrittenFiles {
        files: targets::files(&engine.db, scope, target.id).await?,
        elsewhere: targets::elsewhere(&engine.db, scope, &repository, &others).await?,
    })
}

/// Everything one try works with.
pub(super) struct Try<'a> {
    pub(super) engine: &'a Engine,
    pub(super) scope: Scope,
    pub(super) work: &'a ClaimedJob,
    pub(super) target: &'a Target,
    pub(super) place: TargetLocation,
    pub(super) login: Login,
    pub(super) wanted: Wanted,
    pub(super) known: WrittenFiles,
}

/// Tries once.
///
/// # Errors
/// When the database fails.
pub(super) async fn attempt(
    engine: &Engine,
    scope: Scope,
    work: &ClaimedJob,
    target: &Target,
) -> Result<Tried, Error> {
    let place = TargetLocation::of(target)?;
    let failed = |failed: Failed| Ok(Tried::Ended(End::Failed(failed)));
    let (credential, origin) = (target.credential, place.url.origin());
    if storage::circuit_breaker::is_paused(&engine.db, scope, credential, &origin).await? {
        return failed(Failed::of(Cause::CredentialPaused));
    }
    let used = Use::of_hawser(ReadPurpose::Push);
    let wanted = match wanted(engine, scope, &target.exports, &place.folder, &used).await? {
        Ok(wanted) => wanted,
        Err(refusal) => return failed(refusal.into()),
    };
    let login = match login::login(engine, scope, credential, &place.url, &used).await {
        Ok(login) => login,
        Err(Error::Storage(error)) => return Err(error.into()),
        Err(Error::Registry(failure)) => return failed(failure.into()),
        Err(error) => return failed(Failed::of(login::cause(&error))),
    };
    let known = known(engine, scope, target, &place).await?;
    let tried = Try { engine, scope, work, target, place, login, wanted, known };
    let ended = match target.mode {
        PushMode::Direct => tried.direct().await,
        PushMode::PullRequest => tried.by_request().await,
    };
    match ended {
        Ok(tried) => Ok(tried),
        Err(Stop::Failed(failed)) => Ok(Tried::Ended(End::Failed(failed))),
        Err(Stop::Broken(error)) => Err(error),
    }
}

/// Why a try goes no further.
pub(super) enum Stop {
    Failed(Failed),
    /// The database failed.
    Broken(Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<NoPlan> for Stop {
    fn from(none: NoPlan) -> Self {
        match none {
            NoPlan::Refused(refusal) => Self::Failed(refusal.into()),
            NoPlan::Failed(failure) => failure.into(),
        }
    }
}

impl Try<'_> {
    /// A commit on the branch itself.
    async fn direct(&self) -> Result<Tried, Stop> {
        let TargetLocation { branch, base, .. } = &self.place;
        let checkout = self.open(branch, base.as_ref()).await?;
        let plan = self.plan(&checkout)?;
        // The branch that a new one begins at may hold all of it already.
        let is_there = !checkout.is_new_branch() || checkout.head().is_none();
        if plan.is_done() && is_there {
            return Ok(self.in_step(&checkout, plan, Request::None));
        }
        self.commit(checkout, plan, branch, Request::None).await
    }

    pub(super) async fn open(
        &self,
        branch: &Branch,
        base: Option<&Branch>,
    ) -> Result<Checkout, Stop> {
        let git = self.engine.git.by(self.place.egress.clone());
        let opened = git.open(&self.place.url, &self.login, branch, base).await;
        opened.map_err(|failure| match failure.cause {
            Cause::BaseMissing => {
                let detail = base_missing(base.map_or("", Branch::as_str));
                Stop::Failed(Failed { detail, ..Failed::of(Cause::BaseMissing) })
            }
            _ => failure.into(),
        })
    }

    pub(super) fn plan(&self, checkout: &Checkout) -> Result<Plan, Stop> {
        let now = self.engine.clock.now();
        Ok(compare(checkout, &self.wanted, &self.known, &self.place.folder, now)?)
    }

    pub(super) fn in_step(&self, checkout: &Checkout, plan: Plan, request: Request) -> Tried {
        let head = checkout.head().unwrap_or_default().to_owned();
        Tried::Ended(End::Done(self.done(head, plan.after, request, 0)))
    }

    fn done(&self, head: String, files: Vec<File>, request: Request, written: usize) -> Done {
        let versions = self.wanted.credentials.iter().map(|(id, (version, _))| (*id, *version));
        Done { head, files, versions: versions.collect(), request, written }
    }

    /// Pushes what differs. What it writes is written down before, so that its commit is recognized
    /// when the answer, or this process, is lost.
    pub(super) async fn commit(
        &self,
        checkout: Checkout,
        plan: Plan,
        to: &Branch,
        request: Request,
    ) -> Result<Tried, Stop> {
        if !self.intend(&plan.intents(&self.known.files)).await? {
            return Ok(Tried::Ended(End::Lost));
        }
        let changes = plan.changes();
        let written = changes.len();
        let commit = NewCommit {
            message: self.message(written).await?,
            changes,
            author: Author {
                name: "Hawser".to_owned(),
                email: format!("hawser@{}", self.engine.host),
            },
            at: self.engine.clock.now(),
        };
        match checkout.push(commit, to).await {
            Ok(Pushed { commit, .. }) => {
                let (request, missing) = self.requested(request).await;
                let done = self.done(commit, plan.after, request, written);
                Ok(Tried::Ended(match missing {
                    None => End::Done(done),
                    Some(failed) => End::DoneBut(done, failed),
                }))
            }
            Err(PushError::Moved) => Ok(Tried::Again(Failed::of(Cause::BranchMoved))),
            Err(PushError::Unknown(failure)) => Ok(Tried::Again(failure.into())),
            Err(PushError::Rejected { cause, reason }) => {
                let detail = if reason.is_empty() {
                    String::new()
                } else {
                    format!("The server said: {reason}")
                };
                Err(Stop::Failed(Failed { detail, ..Failed::of(cause) }))
            }
            Err(PushError::Failed(failure)) => Err(failure.into()),
        }
    }

    async fn intend(&self, files: &[File]) -> Result<bool, Stop> {
        let (scope, target) = (self.scope, self.target);
        let intended = async {
            let mut tx = self.engine.db.begin_work(scope).await?;
            let ours = destinations::lock_epoch(&mut tx, scope, target.id, target.epoch).await?
                && jobs::lock(&mut tx, jobs::Kind::Push, self.work).await?;
            if ours {
                targets::intend(&mut tx, scope, target.id, files).await?;
                tx.commit().await?;
            }
            Ok::<bool, storage::Error>(ours)
        };
        intended.await.map_err(|error| Stop::Broken(error.into()))
    }

    /// The message of a commit: how much it changes, and which credentials have other versions.
    async fn message(&self, files: usize) -> Result<String, Stop> {
        let id = self.target.id;
        let before = destinations::written(&self.engine.db, self.scope, id).await;
        let before = before.map_err(|error| Stop::Broken(error.into()))?;
        let plural = if files == 1 { "file" } else { "files" };
        let mut text = format!("hawser: update {files} {plural} of {}\n", self.target.name);
        let changed = self.wanted.credentials.iter().filter(|(id, (version, _))| {
            !before.iter().any(|(known, was)| known == *id && was == version)
        });
        let lines: Vec<_> =
            changed.map(|(_, (version, name))| format!("{name}: version {version}\n")).collect();
        if !lines.is_empty() {
            text.push('\n');
            text.extend(lines);
        }
        Ok(text)
    }
}
