//! Search: the field on every page, the page without JavaScript, and what the palette of `palette.js` shows.

mod field;
mod page;
mod places;
mod results;

pub(crate) use field::SearchField;
pub(crate) use page::search;
pub use results::found_html;

const PATH: &str = "/search";
