//! What a Git target may be: addresses, branches and folders that cannot mean something else.

mod branch;
mod folder;
mod forms;
mod url;

pub use branch::Branch;
pub use folder::{Folder, Workflows};
pub use forms::{ClusterFields, GitTargetFields};
pub use url::GitUrl;

/// The most bytes of a branch or of one segment of a path.
const SEGMENT: usize = 255;
