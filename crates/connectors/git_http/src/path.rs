//! Paths of files in a repository, checked once more at the last door (R-GIT-01).

use domain::{
    Cause,
    gitops::{Folder, Workflows},
};

use egress::Failure;

/// Whether a path is what it looks like on every file system. Whether `.github` may be written is
/// decided where a folder is chosen.
pub(super) fn check(path: &str) -> Result<(), Failure> {
    match Folder::parse(path, Workflows::Allowed) {
        Ok(folder) if !path.is_empty() && folder.as_str() == path => Ok(()),
        _ => Err(Failure::new(Cause::Internal, "use a path that file systems read otherwise")),
    }
}
