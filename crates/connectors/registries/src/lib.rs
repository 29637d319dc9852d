//! Chart registries: Helm HTTP repositories and OCI registries, behind one door.

mod chart;
pub mod helm;
mod oci;
mod registry_types;
mod repository;

pub use registry_types::{KnownVersions, Synced, Target, Validators};
pub use repository::{Examined, Registries, TokenMaker, watched};
