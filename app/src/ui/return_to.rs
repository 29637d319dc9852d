//! Detours: somebody leaves a form to add what it lacks, and comes back to it as they left it, with the
//! new thing chosen. What was typed travels in the address of the way back.

use std::fmt::Display;

use domain::{
    AddressForm, AddressSafe, TypedUrl, address_form,
    exports::SentExport,
    gitops::{ClusterForm, GitTargetForm},
    repositories::EditRepository,
    sessions::safe_next,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{page::Request, path, tabs::page_of};

/// What a button of [`Leave`] sends along: the page of its form.
const LEAVING: &str = "leaving";

/// The way back, in the addresses and forms of the pages that add something.
pub(crate) const NEXT: &str = "next";

/// What a field may tell an address, by its name.
type InAddress = fn(&str, &str) -> Option<String>;

/// The forms that people leave, by the pages they stand on.
const FORMS: [(&str, InAddress); 4] = [
    ("/charts/repositories", EditRepository::in_address),
    ("/gitops/targets", GitTargetForm::in_address),
    ("/gitops/clusters", ClusterForm::in_address),
    ("/gitops/exports", SentExport::in_address),
];

/// A path of ours with its query; nothing else stands in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct OwnPath(String);

impl AddressSafe for OwnPath {
    fn in_address(typed: &str) -> Option<String> {
        Some(path::ours(typed, "").to_owned()).filter(|path| !path.is_empty())
    }
}

address_form! {
    /// What the buttons of these forms send along.
    pub(crate) struct Buttons {
        /// The page of the form that is left.
        pub leaving: OwnPath,
        /// The way back to a form that was left for this one.
        pub next: OwnPath,
        /// What to look up.
        pub look: String,
        /// What was chosen of that.
        pub pick: TypedUrl,
        /// What to search for.
        pub search: String,
    }
}

/// Ids that the page of a form knows by its own path.
const OF_PAGE: [&str; 4] = ["target", "cluster", "export", "repository"];

/// The action that takes a form elsewhere, without what may be secret.
const ELSEWHERE: &str = "/actions/forms/elsewhere";

/// What says in an address that certificates were left out of it.
pub(crate) const LEFT_OUT: &str = "left_out";

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
            formaction=elsewhere(to)
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
    let here = page_of(&request.sent_along(LEAVING)?);
    let plain = here.split('?').next().unwrap_or_default();
    if plain.is_empty() || safe_next(plain) != plain {
        return Some(String::new());
    }
    let form = form_at(plain);
    let safe = |name: &str, value: &str| match name {
        NEXT => OwnPath::in_address(value),
        _ if OF_PAGE.contains(&name) => None,
        _ => form(name, value),
    };
    let typed: Vec<_> =
        request.pairs().filter_map(|(name, value)| Some((name, safe(name, value)?))).collect();
    let typed: Vec<_> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Some(path::with_all(&here, &typed))
}

/// The form on a page; on any other page there is none that could be left.
fn form_at(page: &str) -> InAddress {
    let found = FORMS.into_iter().find(|(pages, _)| page.starts_with(pages));
    found.map_or(|_, _| None, |(_, form)| form)
}

/// What the buttons of a form send it to that lead to the page `to` with what was typed. The form is
/// posted, because an address is kept by browsers and written down by proxies.
pub(crate) fn elsewhere(to: &str) -> String {
    path::with(ELSEWHERE, &[("to", to)])
}

/// The address of a page of ours with what was typed into a form, without what may be secret (R-CRED-05);
/// `None` for any other page. A fragment stays behind it.
#[must_use]
pub fn address(to: &str, typed: &[(String, String)]) -> Option<String> {
    let (page, fragment) = to.split_once('#').map_or((to, None), |(page, at)| (page, Some(at)));
    let page = path::ours(page, "");
    let is_plain = |at: &str| at.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if page.is_empty() || !fragment.is_none_or(is_plain) {
        return None;
    }
    let leaving = typed.iter().find(|(name, _)| name == LEAVING).map(|(_, page)| page.as_str());
    let form = form_at(leaving.unwrap_or(page));
    let is_long = |name: &str, value: &str| name == "ca" && value.len() > MOST_CERTIFICATES;
    let safe = |name: &str, value: &str| {
        let value = form(name, value).or_else(|| Buttons::in_address(name, value));
        value.filter(|value| !is_long(name, value))
    };
    let kept: Vec<_> =
        typed.iter().filter_map(|(name, value)| Some((name, safe(name, value)?))).collect();
    let mut pairs: Vec<_> =
        kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if typed.iter().any(|(name, value)| is_long(name, value)) {
        pairs.push((LEFT_OUT, "ca"));
    }
    let address = path::with_all(page, &pairs);
    Some(fragment.map_or(address.clone(), |at| format!("{address}#{at}")))
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
    fn r_cred_05_nothing_secret_stands_in_an_address() {
        let typed = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];
        for (name, value) in [
            ("url", "https://ada:s3cret@h.example/a"),
            ("proxy", "http://ada:s3cret@proxy.example:3128"),
            ("ca", "-----BEGIN PRIVATE KEY-----\ns3cret"),
        ] {
            let address = address("/gitops/targets/new#edit", &typed(name, value)).unwrap();
            assert!(!address.contains("s3cret") && address.ends_with("#edit"), "{address}");
        }
        let page = "/gitops/clusters/new?b=1";
        assert_eq!(address(page, &typed("name", "d e")).unwrap(), format!("{page}&name=d+e"));
        assert_eq!(address(page, &typed("password", "s3cret")).unwrap(), page);
        let long = "x".repeat(MOST_CERTIFICATES + 1);
        assert_eq!(address("/a", &typed("ca", &long)).unwrap(), "/a?left_out=ca");
        for bad in ["https://evil.example/", "//evil.example", "", "/a#b\r\nc"] {
            assert_eq!(address(bad, &[]), None, "{bad:?}");
        }
    }

    #[test]
    fn what_was_added_is_chosen() {
        assert_eq!(ended("/a?b=1", "c[]", 2).unwrap(), "/a?b=1&c%5B%5D=2");
        assert_eq!(ended("/a?b=1&c=0", "c", 2).unwrap(), "/a?b=1&c=2");
        assert_eq!(ended("", "c", 2), None);
        assert_eq!(ended("https://evil.example/", "c", 2), None);
    }
}
