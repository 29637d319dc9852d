//! The line above a list that searches and filters it; all of it stands in the URL. With a script a choice
//! applies at once, without one by the button.

use domain::{ProjectId, projects::Project};
use leptos::prelude::*;

use super::icon::Icon;

/// The drop-down of a filter line.
#[derive(Clone, Copy)]
pub(crate) struct FilterBy {
    /// Its name in the query.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// The words for no filter.
    pub all: &'static str,
}

/// A text to search for and one drop-down; works without JavaScript.
#[component]
pub(crate) fn Filters(
    /// The page, which reads the fields from its query.
    path: &'static str,
    /// What was searched for.
    search: String,
    /// What can be searched for.
    placeholder: &'static str,
    /// The drop-down.
    by: FilterBy,
    /// The page without any filter, while there is one.
    clear: Option<&'static str>,
    /// What else the query keeps.
    #[prop(optional_no_strip)]
    kept: Option<AnyView>,
    /// How many rows there are.
    #[prop(optional_no_strip)]
    total: Option<String>,
    /// Another drop-down.
    #[prop(optional_no_strip)]
    also: Option<AnyView>,
    /// The options of the drop-down.
    children: Children,
) -> impl IntoView {
    view! {
        <form class="filters" role="search" action=path>
            {kept}
            <label>
                <span>"Search"</span>
                <input type="search" name="search" value=search placeholder=placeholder/>
            </label>
            <label>
                <span>{by.label}</span>
                <select name=by.name>
                    <option value="">{by.all}</option>
                    {children()}
                </select>
            </label>
            {also}
            <button class="button" type="submit">"Filter"</button>
            <span data-found="clear">
                {clear.map(|path| view! { <a class="button quiet" href=path>"Clear"</a> })}
            </span>
            {total.map(|total| view! { <span class="total" data-found="total" data-live="total">{total}</span> })}
        </form>
    }
}

/// What a list is narrowed to by a link elsewhere, such as the credential of its rows, with the way out.
pub(crate) fn chip(label: &'static str, name: &str, without: String) -> AnyView {
    let text = format!("{label}: {name}");
    view! {
        <a class="chip" href=without title="Remove this filter">
            <span>{text}</span>
            <Icon name="x"/>
        </a>
    }
    .into_any()
}

/// The drop-down of projects; nothing while there is only one.
pub(crate) fn by_project(projects: &[Project], chosen: Option<ProjectId>) -> Option<AnyView> {
    if projects.len() < 2 {
        return None;
    }
    let options = projects
        .iter()
        .map(|project| {
            let selected = chosen == Some(project.id);
            view! {
                <option value=project.id.to_string() selected=selected>
                    {project.name.clone()}
                </option>
            }
        })
        .collect_view();
    Some(
        view! {
            <label>
                <span>"Project"</span>
                <select name="project">
                    <option value="">"All projects"</option>
                    {options}
                </select>
            </label>
        }
        .into_any(),
    )
}
