//! The live view of a propagation.

mod progress;

#[cfg(feature = "ssr")]
pub(crate) use progress::LiveProgress;
