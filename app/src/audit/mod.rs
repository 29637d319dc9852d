//! The audit log.

mod log;
mod named;
mod uses;

pub(crate) use log::log;

const PATH: &str = "/audit";
