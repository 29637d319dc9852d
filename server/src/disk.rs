//! How full the disk of the data folder is: said before it is full, when there is still time.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use domain::notices::DiskRoom;
use nix::{sys::statvfs::statvfs, unistd::gethostname};

/// What was seen last. Cheap to clone; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Disk(Arc<Mutex<(u8, DiskRoom)>>);

impl Disk {
    /// Looks at the disk of a folder, and logs when it becomes nearly full; answers how full it is, in
    /// percent, where the system says that.
    pub fn look(&self, folder: &Path) -> Option<u8> {
        let used = used(folder)?;
        metrics::gauge!("hawser_data_disk_used_ratio").set(f64::from(used) / 100.0);
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = seen.1;
        *seen = (used, before.at(used));
        if (before, seen.1) == (DiskRoom::Enough, DiskRoom::Little) {
            tracing::warn!(used, folder = %folder.display(), "disk of the data folder is nearly full");
        }
        Some(used)
    }

    /// What those who manage the organization are told on every page.
    pub(crate) fn notice(&self) -> Option<String> {
        let (used, room) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (room == DiskRoom::Little).then(|| {
            format!(
                "The disk with Hawser's data is {used} % full. When it is full, nothing can be saved until whoever runs Hawser makes room."
            )
        })
    }
}

/// The name that this machine has for people; replicas are told apart by it.
pub fn machine() -> String {
    gethostname()
        .map_or_else(|_| "this machine".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// In percent, of what may be used without being root.
fn used(folder: &Path) -> Option<u8> {
    let disk = statvfs(folder).ok()?;
    let taken = disk.blocks().checked_sub(disk.blocks_free())?;
    let percent =
        taken.checked_mul(100)?.checked_div(taken.checked_add(disk.blocks_available())?)?;
    u8::try_from(percent).ok()
}
