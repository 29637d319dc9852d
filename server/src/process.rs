//! What the process takes care of outside itself: its folder, its lock, its memory, its signals.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use nix::sys::{
    resource::{Resource, setrlimit},
    stat::Mode,
};
use tokio::signal::unix::{SignalKind, signal};

use crate::error::Error;

/// Nothing of the memory, and with it no secret, is written to disk when the process dies; and what
/// the process writes itself is for its owner alone.
pub fn keep_private() {
    nix::sys::stat::umask(Mode::from_bits_truncate(0o077));
    if let Err(error) = setrlimit(Resource::RLIMIT_CORE, 0, 0) {
        tracing::warn!(%error, "failed to turn off core dumps");
    }
}

/// Makes the data folder, for the owner alone.
pub fn prepare(folder: &Path) -> Result<(), Error> {
    let failed = |source| Error::DataFolder { path: folder.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)
}

/// The folder of what lasts no longer than a piece of work, until this is dropped.
pub struct Scratch {
    /// Where it is.
    pub folder: PathBuf,
    _held: File,
}

/// Makes a folder of this process's own inside `work`, and clears what processes that are gone left
/// there: replicas may share a data folder.
pub fn scratch(data: &Path) -> Result<Scratch, Error> {
    let work = data.join("work");
    let failed = |source| Error::DataFolder { path: work.clone(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(&work).map_err(failed)?;
    // One process at a time, so that none clears what another one makes and does not hold yet.
    let turn = held(&work.join("turn")).map_err(failed)?;
    turn.lock().map_err(failed)?;
    for entry in fs::read_dir(&work).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_dir() {
            clear(&entry.path()).map_err(failed)?;
        }
    }
    let mut number = 1_u32;
    let folder = loop {
        let folder = work.join(number.to_string());
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => break folder,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(failed(error)),
        }
    };
    let own = held(&folder.join("lock")).map_err(failed)?;
    own.lock().map_err(failed)?;
    Ok(Scratch { folder, _held: own })
}

/// Removes a folder that no living process holds.
fn clear(folder: &Path) -> io::Result<()> {
    match held(&folder.join("lock"))?.try_lock() {
        Ok(()) => fs::remove_dir_all(folder),
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A file to hold a lock on.
fn held(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)
}

/// Takes the folder for this process until the file is dropped. SQLite and the embedded Vault
/// belong to one process.
pub fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let failed = |source| Error::DataFolder { path: path.clone(), source };
    let file = held(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Returns when somebody asks the process to stop.
pub async fn told_to_stop() -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_user() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a/data");
        prepare(&data).unwrap();
        assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
        let held = lock(&data).unwrap();
        let refused = lock(&data).unwrap_err();
        assert!(refused.to_string().contains("another hawser-server uses"), "{refused}");
        drop(held);
        lock(&data).unwrap();
    }

    #[test]
    fn what_a_living_process_works_with_stays() {
        let data = tempfile::tempdir().unwrap();
        let first = scratch(data.path()).unwrap();
        let left = first.folder.join("left");
        fs::write(&left, "x").unwrap();
        let second = scratch(data.path()).unwrap();
        assert!(left.exists() && second.folder.is_dir() && second.folder != first.folder);
        drop(first);
        let third = scratch(data.path()).unwrap();
        assert!(!left.exists() && second.folder.is_dir() && third.folder.is_dir());
    }
}
