//! Which credential belongs to a URL, and why.

mod explain;
mod result;

pub(crate) use explain::explain;
