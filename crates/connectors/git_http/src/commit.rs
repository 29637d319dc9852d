//! From changes to a commit, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use domain::{Cause, Timestamp};
use git2::{
    Commit, ErrorCode, FileMode, ObjectType, Oid, Repository, Signature, Time, Tree,
    build::TreeUpdateBuilder,
};

use super::{
    checkout::FileKind,
    objects::{Objects, unreadable},
    pack, path, server_messages,
};
use egress::Failure;

/// A commit that is to be made.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// What becomes of which file; each path at most once.
    pub changes: Vec<Change>,
    /// The message: its first line is the subject. At most 16 KiB are kept.
    pub message: String,
    /// Who makes it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
}

/// Author and committer of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// What becomes of a file.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// It has this content. A file that may be run stays one.
    Write {
        /// Where it lies, from the root of the repository.
        path: String,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// It is deleted, if it is there.
    Delete {
        /// Where it lies, from the root of the repository.
        path: String,
    },
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Write { path, bytes } => write!(f, "Write({path:?}, {} bytes)", bytes.len()),
            Self::Delete { path } => write!(f, "Delete({path:?})"),
        }
    }
}

impl Change {
    fn path(&self) -> &str {
        match self {
            Self::Write { path, .. } | Self::Delete { path } => path,
        }
    }
}

/// A commit that is ready to be pushed.
pub(super) struct Built {
    pub(super) commit: Oid,
    /// Everything that the server does not have.
    pub(super) pack: Vec<u8>,
}

/// The commit, and the ids of what was written by path.
pub(super) struct CommitObjects {
    /// `None` when the files are already as they should be.
    pub(super) built: Option<Built>,
    pub(super) blobs: Vec<(String, String)>,
}

/// Makes the commit on top of `head`.
pub(super) fn build(
    objects: &Objects,
    head: Option<Oid>,
    commit: &NewCommit,
) -> Result<CommitObjects, Failure> {
    let repository = objects.repository();
    let parent = head.map(|id| objects.commit(id)).transpose()?;
    let before = match &parent {
        Some(parent) => parent.tree().map_err(unreadable)?,
        None => empty_tree(repository).map_err(unwritable)?,
    };
    let (after, blobs) = changed(repository, &before, &commit.changes)?;
    let written = blobs.iter().map(|(path, id)| (path.clone(), id.to_string())).collect();
    if after.id() == before.id() {
        return Ok(CommitObjects { built: None, blobs: written });
    }
    let id = write_commit(repository, commit, &after, parent.as_ref()).map_err(unwritable)?;
    let mut new: BTreeSet<Oid> = blobs.into_values().chain([id]).collect();
    new_trees(repository, Some(&before).filter(|_| parent.is_some()), &after, &mut new)?;
    let pack = pack::write(repository, &new)?;
    Ok(CommitObjects { built: Some(Built { commit: id, pack }), blobs: written })
}

/// A commit that the server has already, for a branch that is to begin there. A push brings a pack even
/// if there is nothing in it (git-scm.com/docs/pack-protocol, "Reference Update Request and Packfile
/// Transfer").
pub(super) fn at(objects: &Objects, commit: Oid) -> Result<Built, Failure> {
    Ok(Built { commit, pack: pack::write(objects.repository(), &BTreeSet::new())? })
}

/// The files after all changes, and what was written where.
fn changed<'r>(
    repository: &'r Repository,
    before: &Tree<'_>,
    changes: &[Change],
) -> Result<(Tree<'r>, BTreeMap<String, Oid>), Failure> {
    let mut update = TreeUpdateBuilder::new();
    let mut seen = BTreeSet::new();
    let mut blobs = BTreeMap::new();
    for change in changes {
        path::check(change.path())?;
        if !seen.insert(change.path()) {
            return Err(Failure::new(Cause::Internal, "change a file twice in one commit"));
        }
        let there = there(before, change.path())?;
        match change {
            Change::Write { path, bytes } => {
                let blob = repository.blob(bytes).map_err(unwritable)?;
                update.upsert(path.as_str(), blob, there.unwrap_or(FileMode::Blob));
                blobs.insert(path.clone(), blob);
            }
            Change::Delete { path } if there.is_some() => {
                update.remove(path.as_str());
            }
            Change::Delete { .. } => {}
        }
    }
    let after = update.create_updated(repository, before).map_err(unwritable)?;
    Ok((repository.find_tree(after).map_err(unwritable)?, blobs))
}

/// The mode of the file at `path`; `None` when nothing is there. What is no file, or lies behind
/// something that is no folder, is somebody else's.
fn there(tree: &Tree<'_>, path: &str) -> Result<Option<FileMode>, Failure> {
    let parents = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    for step in parents.chain([path]) {
        let entry = match tree.get_path(Path::new(step)) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        match FileKind::of(&entry) {
            FileKind::Folder if step != path => {}
            FileKind::Regular if step == path => return Ok(Some(FileMode::Blob)),
            FileKind::Executable if step == path => return Ok(Some(FileMode::BlobExecutable)),
            _ => {
                let attempt = "write a file where the repository holds something else";
                return Err(Failure::new(Cause::FileNotOurs, attempt));
            }
        }
    }
    Ok(None)
}

fn empty_tree(repository: &Repository) -> Result<Tree<'_>, git2::Error> {
    repository.find_tree(repository.treebuilder(None)?.write()?)
}

fn write_commit(
    repository: &Repository,
    commit: &NewCommit,
    tree: &Tree<'_>,
    parent: Option<&Commit<'_>>,
) -> Result<Oid, git2::Error> {
    let at = Time::new(commit.at.millis().div_euclid(1_000), 0);
    let Author { name, email } = &commit.author;
    let who = Signature::new(&server_messages::name(name), &server_messages::name(email), &at)?;
    let parents: Vec<_> = parent.into_iter().collect();
    let message = server_messages::message(&commit.message);
    let text = repository.commit_create_buffer(&who, &who, &message, tree, &parents)?;
    repository.odb()?.write(ObjectType::Commit, &text)
}

/// Adds the trees below `after` that `before` does not have at the same place.
fn new_trees(
    repository: &Repository,
    before: Option<&Tree<'_>>,
    after: &Tree<'_>,
    new: &mut BTreeSet<Oid>,
) -> Result<(), Failure> {
    new.insert(after.id());
    for entry in after.iter().filter(|entry| entry.kind() == Some(ObjectType::Tree)) {
        let old = before.and_then(|before| before.get_name_bytes(entry.name_bytes()));
        let old = old.filter(|old| old.kind() == Some(ObjectType::Tree));
        if old.as_ref().is_some_and(|old| old.id() == entry.id()) {
            continue;
        }
        let old = old.map(|old| repository.find_tree(old.id())).transpose().map_err(unreadable)?;
        let below = repository.find_tree(entry.id()).map_err(unwritable)?;
        new_trees(repository, old.as_ref(), &below, new)?;
    }
    Ok(())
}

fn unwritable(error: git2::Error) -> Failure {
    Failure::new(Cause::Internal, "make a commit").because(error)
}
