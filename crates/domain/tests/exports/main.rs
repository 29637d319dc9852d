//! Exports, rendered and read back as those who read them would.

mod form;
mod golden;
mod matrix;
mod reread;
mod schema;
mod templates;
mod world;
