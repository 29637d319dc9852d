//! The live view of a propagation.

mod progress;

#[cfg(feature = "ssr")]
pub(crate) use progress::live_progress;
#[cfg(feature = "ssr")]
pub use progress::progress_html;
