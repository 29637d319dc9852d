//! SQL of GitOps.

pub mod connections;
