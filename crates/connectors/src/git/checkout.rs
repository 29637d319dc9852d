use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{
    Cause,
    gitops::{Branch, GitUrl},
};
use git2::{ErrorCode, ObjectType, Oid, TreeEntry};

use super::{
    Git,
    objects::{Objects, unreadable},
    path,
};
use crate::{Failure, http::Login};

/// The largest file that is read: Hawser writes none that comes near it.
const LARGEST: usize = 8 * 1024 * 1024;
/// The bits of a mode that say what an entry is.
const KIND: i32 = 0o170_000;

/// One commit of a repository with its files, and where the next one goes.
pub struct Checkout {
    pub(super) git: Git,
    pub(super) url: GitUrl,
    pub(super) login: Login,
    /// The branch that was opened.
    pub(super) branch: Branch,
    /// Its commit then; `None` when there was no such branch.
    pub(super) stands: Option<Oid>,
    /// The commit that is built on.
    pub(super) head: Option<(Oid, String)>,
    pub(super) objects: Mutex<Objects>,
}

impl std::fmt::Debug for Checkout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (head, branch) = (self.head(), self.branch.as_str());
        f.debug_struct("Checkout")
            .field("branch", &branch)
            .field("head", &head)
            .finish_non_exhaustive()
    }
}

/// An entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// The id of its object, in 40 hexadecimal digits.
    pub blob: String,
    /// Its content; the target of a symbolic link; empty for folders and submodules.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: FileKind,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A file.
    Regular,
    /// A file that may be run.
    Executable,
    /// A symbolic link. It is never followed.
    Symlink,
    /// A commit of another repository.
    Submodule,
    /// A folder.
    Folder,
}

impl FileKind {
    pub(super) fn of(entry: &TreeEntry<'_>) -> Self {
        match entry.filemode() & KIND {
            0o040_000 => Self::Folder,
            0o120_000 => Self::Symlink,
            0o160_000 => Self::Submodule,
            _ if entry.filemode() & 0o111 != 0 => Self::Executable,
            _ => Self::Regular,
        }
    }
}

impl Checkout {
    /// The commit it starts from, in 40 hexadecimal digits; `None` in an empty repository.
    #[must_use]
    pub fn head(&self) -> Option<&str> {
        self.head.as_ref().map(|(_, text)| text.as_str())
    }

    /// Whether the branch does not exist yet.
    #[must_use]
    pub const fn is_new_branch(&self) -> bool {
        self.stands.is_none()
    }

    /// What lies at `path`; `None` for nothing. Symbolic links on the way are not followed, so
    /// behind one there is nothing.
    ///
    /// # Errors
    /// For a path that R-GIT-01 forbids, a file of more than 8 MiB (`FileNotOurs`: Hawser did not
    /// write it), and objects that the server did not send.
    pub fn file(&self, path: &str) -> Result<Option<TreeFile>, Failure> {
        path::check(path)?;
        let Some((head, _)) = &self.head else { return Ok(None) };
        let objects = self.objects();
        let entry = match objects.tree(*head)?.get_path(Path::new(path)) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let kind = FileKind::of(&entry);
        let bytes = match kind {
            FileKind::Submodule | FileKind::Folder => Vec::new(),
            FileKind::Regular | FileKind::Executable | FileKind::Symlink => {
                content(&objects, entry.id())?
            }
        };
        Ok(Some(TreeFile { blob: entry.id().to_string(), bytes, kind }))
    }

    pub(super) fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn content(objects: &Objects, id: Oid) -> Result<Vec<u8>, Failure> {
    let odb = objects.repository().odb().map_err(unreadable)?;
    let (size, kind) = odb.read_header(id).map_err(unreadable)?;
    if size > LARGEST || kind != ObjectType::Blob {
        return Err(Failure::new(Cause::FileNotOurs, "read a file of the Git repository"));
    }
    Ok(odb.read(id).map_err(unreadable)?.data().to_vec())
}
