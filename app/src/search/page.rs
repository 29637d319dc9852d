//! The search page, for whoever has no JavaScript or wants an address to keep.

use leptos::prelude::*;

use super::{
    PATH,
    results::{Found, results},
};
use crate::ui::{
    frame::Section,
    icon::Icon,
    page::{Page, page},
};

/// `/search`
pub(crate) fn search() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let text = request.query("q");
        let found = Found::of(request.services(), &principal, &text).await?;
        // What is longer than any name is not sent back.
        let shown = found.typed.as_ref().map(|typed| typed.text().to_owned()).unwrap_or_default();
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Search"</h1>
                </div>
            </div>
            <form class="search-line" role="search" aria-label="This page" action=PATH method="get">
                <div class="field">
                    <label for="field-q">"Name, URL or page"</label>
                    <input id="field-q" type="search" name="q" value=shown autocomplete="off"/>
                </div>
                <button class="button primary" type="submit">
                    <Icon name="search"/>
                    "Search"
                </button>
            </form>
            <div class="found-page">{results(&found)}</div>
        };
        let (title, section) = ("Search".to_owned(), Section::None);
        Ok(Page { title, section, body: body.into_any() })
    })
}
