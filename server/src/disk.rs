//! How full the disk of the data folder is: said before it is full, when there is still time.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use nix::sys::statvfs::statvfs;

/// From this many percent on people are told.
const NEARLY_FULL: u8 = 80;

/// What was seen last. Cheap to clone; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Disk(Arc<AtomicU8>);

impl Disk {
    /// Looks at the disk of a folder, and logs when it becomes nearly full.
    pub fn look(&self, folder: &Path) {
        let Some(used) = used(folder) else { return };
        let before = self.0.swap(used, Ordering::Relaxed);
        metrics::gauge!("hawser_data_disk_used_ratio").set(f64::from(used) / 100.0);
        if used >= NEARLY_FULL && before < NEARLY_FULL {
            tracing::warn!(used, folder = %folder.display(), "the disk of the data folder is nearly full");
        }
    }

    /// What those who manage the organization are told on every page.
    pub(crate) fn notice(&self) -> Option<String> {
        let used = self.0.load(Ordering::Relaxed);
        (used >= NEARLY_FULL).then(|| {
            format!(
                "The disk with Hawser's data is {used} % full. When it is full, nothing can be saved until whoever runs Hawser makes room."
            )
        })
    }
}

/// In percent, of what may be used without being root.
fn used(folder: &Path) -> Option<u8> {
    let disk = statvfs(folder).ok()?;
    let taken = disk.blocks().checked_sub(disk.blocks_free())?;
    let percent =
        taken.checked_mul(100)?.checked_div(taken.checked_add(disk.blocks_available())?)?;
    u8::try_from(percent).ok()
}
