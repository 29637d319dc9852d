//! The audit log.

mod log;

pub(crate) use log::log;
