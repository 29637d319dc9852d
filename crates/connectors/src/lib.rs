//! Other people's machines: chart registries, clusters, and Vault.
//!
//! [`http`] is the one way out to addresses that people typed; [`repository`] reads Helm and OCI
//! registries through it, and [`git`] reads and writes Git repositories; [`github`] connects accounts
//! there; [`sops`] encrypts what a cluster decrypts; [`vault`] keeps the secrets, with its own client
//! and a fixed address.

mod chart;
mod failure;
pub mod git;
pub mod github;
pub mod helm;
pub mod http;
pub mod kubernetes;
mod lenient;
mod oci;
mod registry_types;
pub mod repository;
pub mod sops;
mod status;
pub mod token_exchange;
pub mod vault;
mod wire;

pub use failure::{Failure, RefusedService};
