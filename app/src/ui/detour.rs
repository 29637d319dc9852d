//! Detours: somebody leaves a form to add what it lacks, and comes back to it as they left it, with the
//! new thing chosen. What was typed travels in the address of the way back.

use std::fmt::Display;

use domain::sessions::safe_next;
use leptos::prelude::*;

use super::{harmless::harmless, page::Request, path};

/// What a button of [`Leave`] sends along: the page of its form.
const LEAVING: &str = "leaving";

/// The way back, in the addresses and forms of the pages that add something.
pub(crate) const NEXT: &str = "next";

/// What belongs to a form and not to what was typed into it: its buttons, and what its page knows.
const LEFT: [&str; 9] =
    [LEAVING, "from", "over", "look", "pick", "target", "cluster", "export", "repository"];

/// The most bytes of certificates that travel: addresses have an end. Longer ones have to be pasted
/// once more.
const MOST_CERTIFICATES: usize = 3_000;

/// The button that leaves a form for the page `to`; `here` is the page of the form.
#[component]
pub(crate) fn Leave(to: &'static str, here: String, label: &'static str) -> impl IntoView {
    view! {
        <button
            class="button quiet"
            type="submit"
            formmethod="get"
            formaction=to
            formnovalidate
            name=LEAVING
            value=here
        >
            {label}
        </button>
    }
}

/// The way back to the form that was left by its button for this page, with all that was typed; `None`
/// where no form was left. Of a URL only what holds no secret is kept, because addresses are remembered.
pub(crate) fn begun(request: &Request) -> Option<String> {
    let here = request.sent_along(LEAVING)?;
    let plain = here.split('?').next().unwrap_or_default();
    if plain.is_empty() || safe_next(plain) != plain {
        return Some(String::new());
    }
    let typed: Vec<_> = request
        .pairs()
        .filter(|(name, _)| !LEFT.contains(name))
        .filter(|(name, value)| *name != "ca" || value.len() <= MOST_CERTIFICATES)
        // Somebody may paste a key into the field of a certificate.
        .filter(|(_, value)| !value.contains("PRIVATE KEY"))
        .map(|(name, value)| {
            let value = if name == "url" { harmless(value) } else { value.to_owned() };
            (name, value)
        })
        .collect();
    let typed: Vec<_> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Some(path::with_all(plain, &typed))
}

/// The way back that this page was given; empty where there is none.
pub(crate) fn back(request: &Request) -> String {
    path::ours(&request.query(NEXT), "").to_owned()
}

/// The way back with what was added chosen in the field `name`, which ends with `[]` if it takes many;
/// `None` where nobody came from a form.
pub(crate) fn ended(next: &str, name: &str, id: impl Display) -> Option<String> {
    let id = id.to_string();
    match path::ours(next, "") {
        "" => None,
        back if name.ends_with("[]") => Some(path::with_all(back, &[(name, &id)])),
        back => Some(path::replaced(back, name, &id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_chosen() {
        assert_eq!(ended("/a?b=1", "c[]", 2).unwrap(), "/a?b=1&c%5B%5D=2");
        assert_eq!(ended("/a?b=1&c=0", "c", 2).unwrap(), "/a?b=1&c=2");
        assert_eq!(ended("", "c", 2), None);
        assert_eq!(ended("https://evil.example/", "c", 2), None);
    }
}
