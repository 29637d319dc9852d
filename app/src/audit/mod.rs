//! The audit log.

mod log;
mod named;
mod uses;

pub(crate) use log::log;
pub(crate) use named::{target, who};

const PATH: &str = "/audit";
