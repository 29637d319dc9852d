//! The audit log.

mod about;
mod log;
mod named;
mod uses;

pub(crate) use about::about;
pub(crate) use log::log;
pub(crate) use named::{target, who};

const PATH: &str = "/audit";
