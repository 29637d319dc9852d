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
        tracing::warn!(%error, "could not turn off core dumps");
    }
}

/// Makes the data folder, for the owner alone.
pub fn prepare(folder: &Path) -> Result<(), Error> {
    let failed = |source| Error::DataFolder { path: folder.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)
}

/// Makes the folder of what lasts no longer than a piece of work, and clears what a process that was
/// killed left in it.
pub fn scratch(data: &Path) -> Result<PathBuf, Error> {
    let folder = data.join("work");
    let failed = |source| Error::DataFolder { path: folder.clone(), source };
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    DirBuilder::new().mode(0o700).create(&folder).map_err(failed)?;
    Ok(folder)
}

/// Takes the folder for this process until the file is dropped. SQLite and the embedded Vault
/// belong to one process.
pub fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let failed = |source| Error::DataFolder { path: path.clone(), source };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
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
        let left = scratch(&data).unwrap().join("left");
        fs::write(&left, "x").unwrap();
        assert!(scratch(&data).unwrap().is_dir() && !left.exists());
    }
}
