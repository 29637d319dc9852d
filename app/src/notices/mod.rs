//! Notices: what expires, and the webhook that is told too.

mod page;
mod server_fns;

pub(crate) use page::notices;
