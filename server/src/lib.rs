//! The one process: configuration, start-up, routes, sessions, headers, event streams, telemetry.
//!
//! A library, so that tests and benchmarks run the very router that `hawser-server` serves.

pub mod check;
pub mod config;
mod disk;
mod error;
mod oauth;
mod process;
mod serve;
mod stalled;
mod startup;
pub mod telemetry;
pub mod web;

pub use disk::Disk;
pub use error::Error;
pub use serve::serve;
pub use startup::run;
pub use web::{Parts, Site, router};
