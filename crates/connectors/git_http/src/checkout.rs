use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::gitops::{Branch, GitUrl};
use git2::{ErrorCode, Oid, TreeEntry};

use super::{
    Git,
    advertisement::Capabilities,
    objects::{Objects, unreadable},
    path,
};
use egress::{Failure, Login};

/// The bits of a mode that say what an entry is.
const KIND: i32 = 0o170_000;

/// One commit of a repository with its trees, and where the next one goes.
pub struct Checkout {
    pub(super) git: Git,
    pub(super) url: GitUrl,
    pub(super) login: Login,
    /// What the server can do when it is asked for files.
    pub(super) capabilities: Capabilities,
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
    /// behind one there is nothing. What is in it, [`Checkout::contents`] tells.
    ///
    /// # Errors
    /// For a path that R-GIT-01 forbids, and trees that the server did not send.
    pub fn file(&self, path: &str) -> Result<Option<TreeFile>, Failure> {
        path::check(path)?;
        let Some((head, _)) = &self.head else { return Ok(None) };
        let objects = self.objects();
        let entry = match objects.tree(*head)?.get_path(Path::new(path)) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        Ok(Some(TreeFile { blob: entry.id().to_string(), kind: FileKind::of(&entry) }))
    }

    pub(super) fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
