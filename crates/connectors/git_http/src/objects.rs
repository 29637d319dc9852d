//! The objects of one operation: those that were fetched lie in a temporary folder that only this
//! process reads, those that are written stay in memory.

use std::{fs::Permissions, os::unix::fs::PermissionsExt as _, path::Path};

use domain::Cause;
use git2::{Commit, Config, Odb, Oid, Repository, Tree};
use tempfile::{Builder, TempDir};

use egress::Failure;

/// Written objects go to memory before anything else is asked.
const MEMORY_FIRST: i32 = 1_000;

/// A store of objects without references, configuration and working tree.
pub(super) struct Objects {
    repository: Repository,
    /// Dropped after the repository, which maps its files.
    _folder: TempDir,
}

impl Objects {
    /// A folder for a pack and its index; it is gone when it is dropped.
    pub(super) fn folder(below: &Path) -> Result<TempDir, Failure> {
        let mut builder = Builder::new();
        builder.prefix("hawser-git-").permissions(Permissions::from_mode(0o700));
        builder.tempdir_in(below).map_err(|error| {
            Failure::new(Cause::Internal, "make a temporary folder for Git objects").because(error)
        })
    }

    /// The objects of the packs in a folder; none of an empty one.
    pub(super) fn open(folder: TempDir) -> Result<Self, Failure> {
        let opened = || {
            let odb = Odb::new()?;
            odb.add_disk_alternate(&folder.path().to_string_lossy())?;
            odb.add_new_mempack_backend(MEMORY_FIRST)?;
            let repository = Repository::from_odb(odb)?;
            // Else libgit2 reads that of this machine when it first wonders about a name.
            repository.set_config(&Config::new()?)?;
            Ok(repository)
        };
        let repository = opened().map_err(unreadable)?;
        Ok(Self { repository, _folder: folder })
    }

    pub(super) const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The commit with this id.
    pub(super) fn commit(&self, id: Oid) -> Result<Commit<'_>, Failure> {
        self.repository.find_commit(id).map_err(unreadable)
    }

    /// The files of a commit.
    pub(super) fn tree(&self, commit: Oid) -> Result<Tree<'_>, Failure> {
        self.commit(commit)?.tree().map_err(unreadable)
    }
}

/// The server sent objects that are none, or not all.
pub(super) fn unreadable(error: git2::Error) -> Failure {
    Failure::new(Cause::ServerError, "read the objects of the Git repository").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_configuration_of_this_machine_counts() {
        let objects = Objects::open(Objects::folder(&std::env::temp_dir()).unwrap()).unwrap();
        let config = objects.repository().config().unwrap();
        for level in [git2::ConfigLevel::System, git2::ConfigLevel::XDG, git2::ConfigLevel::Global]
        {
            assert!(config.open_level(level).is_err(), "{level:?}");
        }
        assert!(config.entries(None).unwrap().next().is_none());
    }
}
