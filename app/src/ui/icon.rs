//! Icons out of the sprite `public/icons.svg`.

use leptos::{prelude::*, tachys::html::InertElement};

/// An icon beside a text that says the same; screen readers skip it.
///
/// It is one string, because a table has hundreds and each element and attribute of a view is allocated.
#[component]
pub(crate) fn Icon(
    /// The id of the symbol in the sprite.
    name: &'static str,
) -> AnyView {
    InertElement::new(format!(
        "<svg class=\"icon\" aria-hidden=\"true\" width=\"18\" height=\"18\"><use href=\"/icons.svg#{name}\"></use></svg>"
    ))
    .into_any()
}
