//! What a commit would change: the files that are wanted, beside those that are there.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Cause, Timestamp, gitops::Folder};
use egress::Failure;
use git_http::{Change, Checkout, FileKind, TreeFile, blob_id};
use storage::gitops::targets::File;

use super::render::{RenderRefusal, Text, Wanted, WantedFile};

/// What becomes of the files of a target.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Files to write.
    pub(crate) writes: Vec<Write>,
    /// Files to delete, with what is there.
    pub(crate) deletes: Vec<(String, TreeFile)>,
    /// All files as they are afterwards.
    pub(crate) after: Vec<File>,
    /// Files that are right already, and that somebody else wrote.
    pub(crate) theirs: Vec<String>,
}

/// A file to write.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) path: String,
    pub(crate) text: String,
    /// What is there now.
    pub(crate) before: Option<TreeFile>,
    /// What people may see of the text, where it is encrypted.
    pub(crate) preview: Option<String>,
}

/// Why there is no plan.
#[derive(Debug)]
pub(crate) enum NoPlan {
    /// Something of it may not be written.
    Refused(RenderRefusal),
    /// The repository could not be read, or a file not be encrypted.
    Failed(Failure),
}

impl From<Failure> for NoPlan {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Plan {
    /// Whether the repository holds what is wanted.
    pub(crate) const fn is_done(&self) -> bool {
        self.writes.is_empty() && self.deletes.is_empty()
    }

    /// What is there of all files that change.
    pub(crate) fn before(&self) -> Vec<&TreeFile> {
        let written = self.writes.iter().filter_map(|write| write.before.as_ref());
        written.chain(self.deletes.iter().map(|(_, there)| there)).collect()
    }

    /// The changes for a commit.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let writes = self.writes.iter().map(|write| Change::Write {
            path: write.path.clone(),
            bytes: write.text.clone().into_bytes(),
        });
        let deletes = self.deletes.iter().map(|(path, _)| Change::Delete { path: path.clone() });
        writes.chain(deletes).collect()
    }

    /// What is written down before the push, so that its commit is recognized: beside what earlier
    /// pushes meant to write, for a slow server may take one of those yet.
    pub(crate) fn intents(&self, known: &[File]) -> Vec<File> {
        let written: BTreeSet<_> = self.writes.iter().map(|write| write.path.as_str()).collect();
        let known = by_path(known);
        let intending = |file: &File| {
            let new = File { path: file.path.clone(), ..File::default() };
            let before = known.get(file.path.as_str()).copied().unwrap_or(&new);
            before.intending(&file.identity, &file.blob)
        };
        let written = self.after.iter().filter(|file| written.contains(file.path.as_str()));
        written.map(intending).collect()
    }
}

/// What Hawser wrote to a repository; no other file there is ever changed.
#[derive(Debug, Default)]
pub(crate) struct WrittenFiles {
    /// The files of the target.
    pub(crate) files: Vec<File>,
    /// What other targets wrote or left there. Where one wants such a file, and finds it on its branch as
    /// Hawser wrote it, it takes it over.
    pub(crate) elsewhere: Vec<File>,
}

/// Compares what is wanted with what a commit holds.
pub(crate) fn compare(
    checkout: &Checkout,
    wanted: &Wanted,
    known: &WrittenFiles,
    folder: &Folder,
    now: Timestamp,
) -> Result<Plan, NoPlan> {
    let mut plan = Plan::default();
    let mut foreign = Vec::new();
    let (known, elsewhere) = (by_path(&known.files), by_path(&known.elsewhere));
    for (path, file) in &wanted.files {
        let there = checkout.file(path)?;
        let mut known =
            [known.get(path.as_str()), elsewhere.get(path.as_str())].into_iter().flatten();
        let ours = known.find_map(|known| ours(known, there.as_ref()));
        match fate(file, ours.as_ref(), there.as_ref()) {
            Fate::Kept { blob } => plan.after.push(at(path, file, blob)),
            Fate::Right => plan.theirs.push(path.clone()),
            Fate::Foreign => foreign.push(path.as_str()),
            Fate::Written => {
                let (text, preview) = written(&file.text, now)?;
                plan.after.push(at(path, file, blob_id(text.as_bytes())));
                plan.writes.push(Write { path: path.clone(), text, before: there, preview });
            }
        }
    }
    if !foreign.is_empty() {
        let detail = format!("Hawser did not write what lies at {}.", foreign.join(", "));
        return Err(NoPlan::Refused(RenderRefusal::new(Cause::FileNotOurs, detail)));
    }
    for known in known.values().filter(|known| !wanted.files.contains_key(&known.path)) {
        let there = checkout.file(&known.path)?;
        if let Some(there) = there.filter(|there| is_to_go(known, there, folder)) {
            plan.deletes.push((known.path.clone(), there));
        }
    }
    Ok(plan)
}

fn by_path(files: &[File]) -> BTreeMap<&str, &File> {
    files.iter().map(|file| (file.path.as_str(), file)).collect()
}

fn at(path: &str, file: &WantedFile, blob: String) -> File {
    File { path: path.to_owned(), identity: file.identity.clone(), blob, ..File::default() }
}

enum Fate {
    Kept {
        blob: String,
    },
    Written,
    /// Somebody else wrote the same bytes: it is right as it is, and stays theirs.
    Right,
    /// Something lies there that Hawser did not write.
    Foreign,
}

fn fate(wanted: &WantedFile, ours: Option<&Ours>, there: Option<&TreeFile>) -> Fate {
    let Some(there) = there else { return Fate::Written };
    if !is_file(there) {
        return Fate::Foreign;
    }
    let same = match &wanted.text {
        // Equal bytes are equal files, whoever wrote them.
        Text::Open(_) => there.blob == wanted.identity,
        Text::Sealed { .. } => {
            ours.is_some_and(|ours| ours.identity == wanted.identity && ours.blob == there.blob)
        }
    };
    match (same, ours) {
        (true, Some(_)) => Fate::Kept { blob: there.blob.clone() },
        (true, None) => Fate::Right,
        (false, Some(_)) => Fate::Written,
        (false, None) => Fate::Foreign,
    }
}

const fn is_file(there: &TreeFile) -> bool {
    matches!(there.kind, FileKind::Regular | FileKind::Executable)
}

/// A file that Hawser wrote, as it wrote it last.
struct Ours {
    identity: String,
    blob: String,
}

/// What is known of a file, if Hawser wrote it. What a push meant to write counts once it is there.
fn ours(known: &File, there: Option<&TreeFile>) -> Option<Ours> {
    let arrived = there.and_then(|there| known.intents().find(|(_, blob)| *blob == there.blob));
    if let Some((identity, blob)) = arrived {
        return Some(Ours { identity: identity.to_owned(), blob: blob.to_owned() });
    }
    (!known.blob.is_empty())
        .then(|| Ours { identity: known.identity.clone(), blob: known.blob.clone() })
}

/// Whether a file that is not wanted any more is deleted. In the folder of the target it is ours,
/// whoever edited it; where the folder was before, only what is as Hawser left it.
fn is_to_go(known: &File, there: &TreeFile, folder: &Folder) -> bool {
    let Some(ours) = ours(known, Some(there)).filter(|_| is_file(there)) else { return false };
    ours.blob == there.blob || is_in(folder, &known.path)
}

fn is_in(folder: &Folder, path: &str) -> bool {
    let folder = folder.as_str();
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The bytes of a file, and what people may see of them where they are encrypted.
pub(super) fn written(text: &Text, now: Timestamp) -> Result<(String, Option<String>), NoPlan> {
    match text {
        Text::Open(text) => Ok((text.clone(), None)),
        Text::Sealed { secret, recipients, preview } => {
            let sealed = sops::encrypt(secret, recipients, now).map_err(|error| {
                tracing::error!(%error, "failed to encrypt a secret");
                let detail = "A secret could not be encrypted for its recipients.";
                NoPlan::Refused(RenderRefusal::new(Cause::ExportIncomplete, detail))
            })?;
            Ok((sealed, Some(preview.clone())))
        }
    }
}
