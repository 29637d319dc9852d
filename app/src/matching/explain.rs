//! The page that explains which credential is used for a URL.

use domain::{
    Purpose, ServiceError,
    matching::{ExplainQuery, normalize},
    projects::Project,
};
use leptos::prelude::*;

use super::result::result;
use crate::{
    answer::redirect,
    ui::{
        frame::Section,
        icon::Icon,
        page::{Page, page},
        path,
    },
};

const PATH: &str = "/credentials/explain";

/// `/credentials/explain`
pub(crate) fn explain() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let query = ExplainQuery {
            url: request.query("url"),
            purpose: request.query("purpose"),
            project: request.query("project"),
        };
        if let Some(clean) = cleaned(&query) {
            redirect(&clean);
            return Ok(page_of(().into_any()));
        }
        let services = request.services();
        let projects = services.projects.list(&principal).await?;
        let answer = if query.url.trim().is_empty() {
            None
        } else {
            match services.matching.explain(&principal, query.clone()).await {
                Ok(explanation) => Some(result(&explanation, &projects)),
                Err(ServiceError::Invalid(problems)) => {
                    let said =
                        problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>();
                    Some(refused(said.join(" ")))
                }
                Err(problem) => return Err(problem),
            }
        };
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Explain a URL"</h1>
                    <p class="muted">
                        "Paste the URL of a repository or image. Hawser looks for the credential whose pattern matches it, and asks nobody else."
                    </p>
                </div>
            </div>
            {form(&query, &projects)}
            <div class="stack" aria-live="polite">{answer}</div>
            {order()}
        };
        Ok(page_of(body.into_any()))
    })
}

fn page_of(body: AnyView) -> Page {
    Page { title: "Explain a URL".to_owned(), section: Section::Credentials, body }
}

/// The same page without what could be a secret in its address: a user name, a password, a query.
fn cleaned(query: &ExplainQuery) -> Option<String> {
    let odd = |text: &str| text.contains(['@', '?', '#']);
    if !odd(&query.url) {
        return None;
    }
    let purpose = Purpose::parse(&query.purpose).unwrap_or(Purpose::Helm);
    let url = normalize(purpose, &query.url);
    let url = if odd(&url) { "" } else { url.as_str() };
    Some(path::with(
        PATH,
        &[("url", url), ("purpose", &query.purpose), ("project", &query.project)],
    ))
}

/// For people.
const fn label(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Git => "Git",
        Purpose::Helm => "Charts",
        Purpose::Image => "Images",
    }
}

fn form(query: &ExplainQuery, projects: &[Project]) -> AnyView {
    let chosen = Purpose::parse(&query.purpose).unwrap_or(Purpose::Helm);
    let purposes = [Purpose::Helm, Purpose::Image, Purpose::Git]
        .into_iter()
        .map(|purpose| {
            let selected = purpose == chosen;
            view! {
                <option value=purpose.as_str() selected=selected>
                    {label(purpose)}
                </option>
            }
        })
        .collect_view();
    let options = projects
        .iter()
        .map(|project| {
            let id = project.id.to_string();
            let selected = id == query.project || (query.project.is_empty() && project.is_default);
            view! { <option value=id selected=selected>{project.name.clone()}</option> }
        })
        .collect_view();
    view! {
        <form class="filters by-button" role="search" action=PATH>
            <label>
                <span>"URL"</span>
                <input
                    type="text"
                    name="url"
                    value=query.url.clone()
                    placeholder="oci://ghcr.io/acme/charts"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    inputmode="url"
                />
            </label>
            <label>
                <span>"Used for"</span>
                <select name="purpose">{purposes}</select>
            </label>
            <label>
                <span>"Project"</span>
                <select name="project">{options}</select>
            </label>
            <button class="button primary" type="submit">"Explain"</button>
        </form>
    }
    .into_any()
}

fn refused(said: String) -> AnyView {
    view! {
        <div class="notice bad" role="alert">
            <Icon name="circle-alert"/>
            <p>{said}</p>
        </div>
    }
    .into_any()
}

/// The order that is documented (S1), and what is made equal before comparing.
fn order() -> AnyView {
    view! {
        <section class="card guide" aria-labelledby="order-title">
            <h2 id="order-title">
                <Icon name="book-open"/>
                "How it is chosen"
            </h2>
            <ol>
                <li>"A credential that somebody chose for a repository is always used."</li>
                <li>"Exact patterns of the project."</li>
                <li>"Regular expressions of the project."</li>
                <li>"Exact patterns of shared credentials."</li>
                <li>"Regular expressions of shared credentials."</li>
            </ol>
            <p>
                "The first step that finds anything ends the search. When it finds several, the first name in the alphabet is used, not the most specific pattern."
            </p>
            <p class="muted">
                "Before comparing, oci:// and a missing scheme become https://, host names become lower case, and user name, query, index.yaml, .git, tags and slashes at the end are left out. Git addresses such as git@github.com:acme/app become https://github.com/acme/app. Every name of Docker Hub becomes docker.io. Plain http:// stays another place, but a registry at oci:// that nothing matches is compared as http:// too."
            </p>
        </section>
    }
    .into_any()
}
