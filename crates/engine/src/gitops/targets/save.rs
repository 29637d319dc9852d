//! Adding or changing a Git target.

use domain::{
    Action, Cause, Field, GitTargetId, Grant, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
    cause::RemoteKind,
    counted,
    gitops::{
        DestinationState, GitTargetFields, GitTargetForm, GitTargetSaved, GitUrl, LeftFiles,
        PushMode, Workflows,
    },
};
use storage::{
    Scope, Tx,
    gitops::{
        destinations,
        targets::{self, NewTarget, OnBranch, Target},
    },
};

use super::bind;
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::enqueue,
    error::name_taken,
    repositories::egress,
};

pub(super) async fn save(
    engine: &Engine,
    principal: &Principal,
    form: &GitTargetForm,
) -> Result<GitTargetSaved, Error> {
    let grant = allowed(engine, principal, Action::ManageExports, "save a Git target").await?;
    let scope = Scope::of(&grant);
    let is_owner = principal.role.includes(Action::ManageRecipients);
    let fields = form.parse(if is_owner { Workflows::Allowed } else { Workflows::Refused })?;
    let before = match form.target.as_str() {
        "" => None,
        id => Some(named(engine, principal, scope, id, &form.row_version).await?),
    };
    egress(engine, &fields.ca, &fields.proxy)?;
    if !engine.registries.outbound().may_ask(fields.url.url()) {
        return Err(Field::Url
            .problem(Cause::BlockedAddress.words(RemoteKind::GitServer).message)
            .into());
    }
    bind::check(engine, principal, scope, fields.credential).await?;
    let named = storage::exports::named(&engine.db, scope, &fields.exports).await?;
    if named.len() != fields.exports.len() {
        return Err(Field::Exports.problem(GONE).into());
    }
    let id = before.as_ref().map_or_else(GitTargetId::new, |before| before.id);
    let left = store(engine, principal, grant, id, before.as_ref(), &fields).await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(GitTargetSaved { id, left })
}

const GONE: &str = "One of these exports does not exist any more. Choose again.";

/// The target that the form names, if the person saw it as it is now and may change it.
async fn named(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    id: &str,
    row_version: &str,
) -> Result<Target, Error> {
    let id: GitTargetId = id.parse().map_err(|_| ServiceError::NotFound)?;
    let target = targets::target(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    if !bind::may_bind(engine, principal, scope, target.credential).await? {
        bind::check(engine, principal, scope, target.credential).await?;
    }
    if row_version == target.row_version.to_string() {
        Ok(target)
    } else {
        Err(stale(engine, scope, id).await?)
    }
}

/// What whoever comes second is told.
pub(super) async fn stale(engine: &Engine, scope: Scope, id: GitTargetId) -> Result<Error, Error> {
    let seen = targets::seen(&engine.db, scope, id).await?;
    Ok(seen
        .map_or(ServiceError::NotFound, |seen| ServiceError::Stale { changed_by: seen.bound_by })
        .into())
}

async fn store(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: GitTargetId,
    before: Option<&Target>,
    fields: &GitTargetFields,
) -> Result<Option<LeftFiles>, Error> {
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let row = NewTarget { fields, user: principal.user, by: &principal.name };
    let moved = before.map_or(Moved::Stays, |before| moved(before, fields));
    let mut tx = engine.db.begin_as(&grant).await?;
    if storage::repositories::lock(&mut tx, scope, fields.credential).await?.is_none() {
        return Err(Field::Credential.problem("Choose another one.").into());
    }
    let state = match before {
        None => {
            let inserted = targets::insert(&mut tx, scope, id, &row, now).await;
            inserted.map_err(name_taken)?;
            DestinationState::New
        }
        Some(before) => {
            let Some(state) = change(&mut tx, scope, before, &row, moved).await? else {
                drop(tx);
                return Err(stale(engine, scope, id).await?);
            };
            state
        }
    };
    let taken = destinations::set_exports(&mut tx, scope, id, &fields.exports).await;
    taken.map_err(|error| {
        if error.is_dangling() { Field::Exports.problem(GONE).into() } else { Error::from(error) }
    })?;
    let mut left = None;
    if let Some(before) = before.filter(|_| moved == Moved::Elsewhere) {
        left = leave(&mut tx, scope, before).await?;
        destinations::forget(&mut tx, scope, id, now).await?;
    }
    // The first push to a place is a person's.
    if state != DestinationState::New {
        enqueue(&mut tx, scope, id, "saved", now).await?;
    }
    let told = (AuditTarget::GitTarget(id), fields.name.as_str(), difference(before, fields));
    audit::record(&mut tx, person(principal), scope, now, AuditAction::GitTargetSaved, told)
        .await?;
    // The audit log of the organization is held now, so nobody else saves a target.
    apart(&mut tx, scope, id, fields).await?;
    tx.commit().await?;
    Ok(left)
}

/// Changes the row of a target; answers its state, `None` when somebody else changed it first.
async fn change(
    tx: &mut Tx,
    scope: Scope,
    before: &Target,
    row: &NewTarget<'_>,
    moved: Moved,
) -> Result<Option<DestinationState>, Error> {
    let id = before.id;
    let changed = targets::update(tx, scope, id, before.row_version, row).await;
    let Some(state) = changed.map_err(name_taken)? else { return Ok(None) };
    destinations::clear_exports(tx, scope, id).await?;
    match moved {
        Moved::Elsewhere => {
            targets::forget_state(tx, scope, id).await?;
            return Ok(Some(DestinationState::New));
        }
        Moved::Stays if before.mode != row.fields.mode => {
            targets::forget_request(tx, scope, id).await?;
        }
        Moved::Stays => {}
    }
    Ok(Some(state))
}

/// Whether a changed target writes to another branch than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// It does: a person looks at the preview before the first push there.
    Elsewhere,
    /// It does not.
    Stays,
}

/// Whether a changed target writes to another branch than before. In another folder of the same branch
/// its files are taken along by the next push.
fn moved(before: &Target, fields: &GitTargetFields) -> Moved {
    // Some servers tell repositories apart by case alone.
    let is_same_url = GitUrl::parse(&before.url)
        .is_ok_and(|url| url.origin() == fields.url.origin() && url.path() == fields.url.path());
    let stays = is_same_url && before.branch == fields.branch.as_str();
    if stays { Moved::Stays } else { Moved::Elsewhere }
}

/// Leaves the files of a target where they are; answers what stays there.
///
/// # Errors
/// When the database refuses.
pub(super) async fn leave(
    tx: &mut Tx,
    scope: Scope,
    target: &Target,
) -> Result<Option<LeftFiles>, Error> {
    let repository = GitUrl::parse(&target.url)?.key();
    let at = OnBranch { repository: &repository, branch: &target.branch };
    let count = targets::remember_files(tx, scope, target.id, at).await?;
    targets::forget_files(tx, scope, target.id).await?;
    let work_branch = if target.is_merged() { "" } else { &target.work_branch };
    Ok((count > 0).then(|| LeftFiles {
        count,
        url: target.url.clone(),
        branch: target.branch.clone(),
        work_branch: work_branch.to_owned(),
    }))
}

/// Refuses a folder that another target writes to or into: each would take the other's files for
/// foreign ones, or for its own.
async fn apart(
    tx: &mut Tx,
    scope: Scope,
    id: GitTargetId,
    fields: &GitTargetFields,
) -> Result<(), Error> {
    for (name, url, branch, folder) in targets::places_taken(tx, scope, id).await? {
        if branch == fields.branch.as_str()
            && is_same(&url, &fields.url)
            && overlap(&folder, fields.folder.as_str())
        {
            let message = format!(
                "{name} writes to this folder, or to one in or above it, on the same branch. Choose another folder, or give {name} the exports."
            );
            return Err(Field::Folder.problem(message).into());
        }
    }
    Ok(())
}

/// Whether two addresses lead to the same repository.
fn is_same(one: &str, other: &GitUrl) -> bool {
    GitUrl::parse(one).is_ok_and(|one| one.key() == other.key())
}

fn overlap(one: &str, other: &str) -> bool {
    let is_in = |inner: &str, outer: &str| {
        outer.is_empty()
            || inner == outer
            || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
    };
    // File systems of macOS and Windows see no difference of case.
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    is_in(&one, &other) || is_in(&other, &one)
}

/// What changed, for the audit log: all of it.
fn difference(before: Option<&Target>, fields: &GitTargetFields) -> String {
    let place = format!("{}, branch {}", fields.url.as_str(), fields.branch.as_str());
    let exports = counted(fields.exports.len(), "export", "exports");
    let Some(before) = before else { return format!("added: {place}, {exports}") };
    let mut changes = Vec::new();
    if moved(before, fields) == Moved::Elsewhere {
        changes.push(format!("writes to {place} now"));
    }
    if before.folder != fields.folder.as_str() {
        changes.push(match fields.folder.as_str() {
            "" => "writes to the top of the repository now".to_owned(),
            folder => format!("writes below {folder} now"),
        });
    }
    if before.mode != fields.mode {
        changes.push(match fields.mode {
            PushMode::Direct => "commits without pull requests now".to_owned(),
            PushMode::PullRequest => "opens pull requests now".to_owned(),
        });
    }
    if before.credential != fields.credential {
        changes.push("other credential".to_owned());
    }
    if (before.ca.as_str(), before.proxy.as_str()) != (&fields.ca, &fields.proxy) {
        changes.push("other certificate authorities or proxy".to_owned());
    }
    if before.exports != fields.exports {
        changes.push(exports);
    }
    if changes.is_empty() {
        changes.push("settings".to_owned());
    }
    changes.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_overlap_when_one_holds_the_other() {
        for (one, other) in [("", "a"), ("a", "a"), ("a/b", "a"), ("A", "a/b"), ("", "")] {
            assert!(overlap(one, other) && overlap(other, one), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("a", "ab"), ("a/b", "a/c")] {
            assert!(!overlap(one, other) && !overlap(other, one), "{one} {other}");
        }
    }
}
