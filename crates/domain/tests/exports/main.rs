//! Exports, rendered and read back as those who read them would.

#![expect(clippy::disallowed_methods, reason = "tests compare secrets with what was typed")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod allowed;
mod applications;
mod argo_templates;
mod form;
mod golden;
mod kargo;
mod kyma;
mod matrix;
mod places;
mod plain;
mod reread;
mod schema;
mod templates;
