//! The page that takes a file.

use domain::{Action, Field, ServiceError};
use leptos::prelude::*;

use super::{ImportAnswer, preview::shown};
use crate::ui::{
    frame::Section,
    icon::Icon,
    input::hidden,
    page::{Page, page},
};

/// `/import`
pub(crate) fn import() -> AnyView {
    // Before anything is waited for: a later part of the page has another context.
    let answer = use_context::<ImportAnswer>();
    page(async move |request| {
        let principal = request.member()?;
        principal.may(Action::ManageRepositories)?;
        let answer = match answer {
            None => view! { {first(None)} {formats()} }.into_any(),
            Some(ImportAnswer::Refused(problem)) => {
                view! { {first(Some(&problem))} {formats()} }.into_any()
            }
            Some(ImportAnswer::Preview(preview)) => shown(&preview, None),
            Some(ImportAnswer::Other(preview)) => shown(&preview, Some(())),
        };
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Import"</h1>
                    <p class="muted">
                        "Credentials and repositories from Docker, Helm or a spreadsheet. You see what would be added before anything is."
                    </p>
                </div>
            </div>
            {answer}
        };
        Ok(Page {
            title: "Import".to_owned(),
            section: Section::Repositories,
            body: body.into_any(),
        })
    })
}

/// The form of a file that was not previewed yet.
fn first(problem: Option<&ServiceError>) -> AnyView {
    let problem = problem.map(|problem| {
        let told =
            problem.problem_of(Field::File).map_or_else(|| problem.to_string(), str::to_owned);
        view! {
            <div class="notice bad" role="alert">
                <Icon name="circle-alert"/>
                <p>{told}</p>
            </div>
        }
    });
    view! {
        <section class="card narrow">
            {problem}
            {file_form("Preview".to_owned(), String::new(), "A config.json, the output of helm repo list -o json, or a CSV; at most 1 MiB and 1,000 rows.")}
        </section>
    }
    .into_any()
}

/// A form that sends a file, with the fingerprint of the one that was previewed.
pub(super) fn file_form(label: String, previewed: String, hint: &'static str) -> AnyView {
    view! {
        <form class="form" method="post" action="/actions/import" enctype="multipart/form-data">
            {hidden("previewed", previewed)}
            <div class="field">
                <label for="import-file">"File"</label>
                <input
                    id="import-file"
                    type="file"
                    name="file"
                    required
                    accept=".json,.csv,text/csv,application/json"
                    aria-describedby="import-file-hint"
                />
                <p class="hint" id="import-file-hint">{hint}</p>
            </div>
            <div class="actions">
                <button class="button primary" type="submit">{label}</button>
                <a class="button quiet" href="/charts/repositories">"Cancel"</a>
            </div>
        </form>
    }
    .into_any()
}

/// What each kind of file has to look like.
fn formats() -> AnyView {
    view! {
        <section class="card narrow" aria-labelledby="formats-title">
            <h2 id="formats-title">"What can be imported"</h2>
            <h3>"Docker config.json"</h3>
            <p>
                "From " <code>"~/.docker/config.json"</code>
                ". Each login becomes a credential for its registry. Logins that a credential helper keeps are named, and have to be added by hand."
            </p>
            <h3>"helm repo list -o json"</h3>
            <p>
                "Names and URLs become repositories. Helm does not print logins: a repository is linked to the credential that matches its URL, if there is one."
            </p>
            <h3>"CSV"</h3>
            <p>
                "With a header. A row with a login becomes a credential and, if its URL has a path or a scheme, a repository linked to it. "
                <code>"description"</code> " and " <code>"kind"</code> " (helm or oci) may be left out. Rows with the same login at the same host share one credential."
            </p>
            <pre class="code">
                <code>
                    "name,url,username,password,description,kind\nacme,https://charts.example.com/acme,robot,…,Production charts,helm\nghcr,ghcr.io,octocat,…,,\nbitnami,https://charts.bitnami.com/bitnami,,,,\n"
                </code>
            </pre>
            <p class="muted">
                "Passwords go to Vault and nowhere else. Hawser keeps nothing of the file."
            </p>
        </section>
    }
    .into_any()
}
