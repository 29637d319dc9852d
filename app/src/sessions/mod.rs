//! Signing in and out, and the first start.

mod server_fns;
mod set_up;
mod sign_in;

pub(crate) use server_fns::begin;
pub(crate) use set_up::set_up;
pub(crate) use sign_in::sign_in;
