//! Other people's machines: chart registries, Git servers, clusters, GitHub and Vault.
//!
//! Each kind is a crate in a folder beside this one, so that the compiler keeps them apart. `egress` is the
//! one way out to addresses that people typed, and all of them but `sops` go through it; `vault` has a client
//! of its own with a fixed address. Only `github` knows another kind, `token_exchange`.
//!
//! This crate holds the tests that run them against real servers, as one program.
