//! What a push would change now.

use domain::{
    Access, Action, Cause, CredentialId, GitTargetId, Principal, ServiceError,
    audit::ReadPurpose,
    cause::RemoteKind,
    exports::{ExportNote, NoteTone},
    gitops::{DiffKind, DiffLine, FileChange, FileChangeKind, TargetPreview},
};
use egress::Login;
use git_http::{Contents, PullRequestState, TreeFile, diff};
use storage::{Scope, gitops::targets::Target};

use super::{
    bind,
    by_request::no_branch_for_requests,
    push::{TargetLocation, known},
    request::{self, number_of, work_branch},
};
use crate::{
    Engine, Error,
    audit::allowed,
    credentials::Use,
    gitops::{
        compare::{NoPlan, Plan, Write, compare},
        git_accounts::login,
        render::{RenderRefusal, wanted},
    },
};

/// Asks the Git server, and shows each change line by line; values of secrets are in no line.
pub(super) async fn preview(
    engine: &Engine,
    principal: &Principal,
    id: GitTargetId,
) -> Result<TargetPreview, Error> {
    let grant = allowed(engine, principal, Action::ManageExports, "preview a Git target").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let target = storage::gitops::targets::target(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    bind::check_use(engine, principal, scope, target.credential).await?;
    let place = TargetLocation::of(&target)?;
    let used = Use::of(principal, grant, ReadPurpose::Push);
    let wanted = match wanted(engine, scope, &target.exports, &place.folder, &used).await? {
        Ok(wanted) => wanted,
        Err(refusal) => return refused(&refusal),
    };
    let login = login::login(engine, scope, target.credential, &place.url, &used).await?;
    let (branch, base) = (&place.branch, place.base.as_ref());
    let git = engine.git.by(place.egress.clone());
    let mut checkout = match git.open(&place.url, &login, branch, base).await {
        Ok(checkout) => checkout,
        Err(failure) => {
            let credential = target.credential;
            return Err(login::explained(engine, scope, credential, failure, &used).await.into());
        }
    };
    if let Some(detail) = no_branch_for_requests(target.mode, &checkout, branch) {
        return Ok(TargetPreview::refused(&detail));
    }
    let known = known(engine, scope, &target, &place).await?;
    let now = engine.clock.now();
    let folder = &place.folder;
    let mut plan = match compare(&checkout, &wanted, &known, folder, now) {
        Ok(plan) => plan,
        Err(none) => return no_plan(none),
    };
    let mut starts = branch.clone();
    // What waits to be merged was pushed, and is not pushed again.
    if !plan.is_done() && waits(engine, &target, (&place, &login)).await {
        let work = work_branch(&target, number_of(&target.work_branch))?;
        checkout = git.open(&place.url, &login, &work, Some(branch)).await?;
        plan = match compare(&checkout, &wanted, &known, folder, now) {
            Ok(plan) => plan,
            Err(none) => return no_plan(none),
        };
        starts = work;
    }
    let only_reads = only_reads(engine, scope, target.credential).await?;
    let before = checkout.contents(&plan.before()).await?;
    Ok(TargetPreview {
        head: checkout.head().unwrap_or_default().to_owned(),
        branch: starts.as_str().to_owned(),
        is_new_branch: checkout.is_new_branch(),
        changes: changes(&plan, &before),
        notes: wanted.notes.into_iter().chain(theirs(&plan)).chain(only_reads).collect(),
    })
}

/// That the credential is said to be for reading, so that a push can hardly work (F56).
async fn only_reads(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
) -> Result<Option<ExportNote>, Error> {
    let existing = storage::credentials::existing(&engine.db, scope, credential).await?;
    let reads = existing.filter(|existing| existing.placed.access == Some(Access::Read));
    Ok(reads.map(|existing| {
        let text = format!(
            "{} is said to be for reading only, so the Git server may refuse the push. Choose a credential that may push, or correct its access on its page.",
            existing.draft.name
        );
        ExportNote::new(NoteTone::Warning, text)
    }))
}

/// Whether the changes of a target still wait to be merged. The host is asked, since nobody may have looked
/// since somebody merged or closed the request; where it does not say, what is known stands.
async fn waits(engine: &Engine, target: &Target, at: (&TargetLocation, &Login)) -> bool {
    if target.waits_since.is_none() || target.pull_request_url.is_empty() {
        return target.waits_since.is_some();
    }
    match request::standing(engine, target, at).await {
        Ok(Some(standing)) => standing == PullRequestState::Open,
        Ok(None) | Err(_) => true,
    }
}

fn no_plan(none: NoPlan) -> Result<TargetPreview, Error> {
    match none {
        NoPlan::Refused(refusal) => refused(&refusal),
        NoPlan::Failed(failure) => Err(failure.into()),
    }
}

/// What people can mend is said with the export and the path that it is about.
fn refused(refusal: &RenderRefusal) -> Result<TargetPreview, Error> {
    match refusal.cause {
        Cause::ExportIncomplete | Cause::FileNotOurs => Ok(TargetPreview::refused(&refusal.detail)),
        cause => Err(ServiceError::Unreachable { asked: RemoteKind::GitServer, cause }.into()),
    }
}

/// What a later change will be refused for.
fn theirs(plan: &Plan) -> Option<ExportNote> {
    let them = match plan.theirs.as_slice() {
        [] => return None,
        [_] => "it",
        [..] => "them",
    };
    let text = format!(
        "Somebody else wrote {} with the same content. Hawser changes no file of somebody else, so the next change will be refused. Delete {them} in the repository, and Hawser writes {them} itself.",
        plan.theirs.join(", ")
    );
    Some(ExportNote::new(NoteTone::Warning, text))
}

fn changes(plan: &Plan, before: &Contents) -> Vec<FileChange> {
    let written = plan.writes.iter().map(|write| written(write, before));
    let deleted = plan.deletes.iter().map(|(path, there)| FileChange {
        path: path.clone(),
        kind: FileChangeKind::Deleted,
        lines: covered(there, before).map_or_else(|| gap(""), |there| diff(Some(&there), None)),
    });
    let mut changes: Vec<_> = written.chain(deleted).collect();
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

fn written(write: &Write, before: &Contents) -> FileChange {
    let after = write.preview.as_deref().unwrap_or(&write.text);
    let lines = match &write.before {
        None => diff(None, Some(after)),
        Some(there) => covered(there, before).map_or_else(
            || gap(""),
            |there| {
                let lines = diff(Some(&there), Some(after));
                if lines.is_empty() { gap("The encrypted values change.") } else { lines }
            },
        ),
    };
    let kind = match write.before {
        Some(_) => FileChangeKind::Changed,
        None => FileChangeKind::Added,
    };
    FileChange { path: write.path.clone(), kind, lines }
}

fn gap(text: &str) -> Vec<DiffLine> {
    vec![DiffLine { kind: DiffKind::Gap, text: text.to_owned() }]
}

/// What is there as people may see it: encrypted values as a preview shows them, without what SOPS
/// keeps of its own. `None` for a file that is too large to be shown.
fn covered(there: &TreeFile, contents: &Contents) -> Option<String> {
    contents.get(&there.blob).map(|bytes| uncoded(&String::from_utf8_lossy(bytes)))
}

fn uncoded(text: &str) -> String {
    if !text.contains("ENC[") {
        return text.to_owned();
    }
    let mut lines = Vec::new();
    let mut is_own = false;
    for line in text.lines() {
        let begins_at_the_edge = !line.starts_with([' ', '-']);
        if begins_at_the_edge {
            is_own = line.starts_with("sops:");
        }
        if line.starts_with("---") {
            is_own = false;
        }
        if !is_own {
            lines.push(uncoded_line(line));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn uncoded_line(line: &str) -> String {
    match line.find("ENC[").and_then(|at| line.get(..at)) {
        Some(key) => format!("{}'*** ENCRYPTED ***'", key.trim_end_matches(['"', '\''])),
        None => line.to_owned(),
    }
}
