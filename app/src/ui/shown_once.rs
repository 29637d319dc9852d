//! Secrets that a page shows.

use http::{HeaderValue, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::input::hidden;

/// A secret that stands on a page, once. How long a compressed page is tells a listener whether a secret on it
/// is like something that was sent along, so a page that shows one is not compressed, by Hawser or a proxy.
pub(crate) struct ShownOnce(pub String);

impl ShownOnce {
    /// In a field that nobody sees and that goes back with the form.
    pub fn hidden(self, name: &'static str) -> AnyView {
        hidden(name, self.text()).into_any()
    }

    /// As it is.
    pub fn text(self) -> String {
        if let Some(response) = use_context::<ResponseOptions>() {
            let kept = HeaderValue::from_static("no-store, no-transform");
            response.insert_header(header::CACHE_CONTROL, kept);
        }
        self.0
    }
}
