//! What secretgen-controller makes of the exports for Carvel in a namespace (F73, F74).

use domain::{
    Field, counted,
    exports::{
        carvel::{CombinedEntry, ExportSource, Origin, Wildcards, merge},
        namespace,
    },
};
use leptos::prelude::*;

use crate::{
    exports::{PATH, path_of},
    ui::{
        badge::{Badge, Tone},
        form::FormState,
        frame::Section,
        input::Input,
        page::{Page, page},
        table::Empty,
    },
};

/// Sent along by the form for a namespace that takes nothing that goes to all of them.
const EXCLUDED: &str = "excluded";

/// `/gitops/check/carvel`
pub(crate) fn carvel() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let sources = request.services().exports.carvel(&principal).await?;
        let typed = request.query("namespace");
        let excluded = request.sent_along(EXCLUDED).is_some();
        let wildcards = if excluded { Wildcards::Excluded } else { Wildcards::Taken };
        let state = FormState::new("carvel-check", &request);
        let (state, namespace) = match (typed.trim(), namespace(&typed)) {
            ("", _) => (state, None),
            (_, Ok(namespace)) => (state, Some(namespace)),
            (_, Err(problem)) => (state.refused(problem.into()), None),
        };
        let field = Input::new(&state, Field::Namespace, "Destination namespace")
            .value(&typed)
            .placeholder("shop")
            .required()
            .hint("Where the placeholder lies that the controller fills.")
            .line();
        let result = if sources.is_empty() {
            none()
        } else if let Some(namespace) = namespace {
            combined(&merge(&sources, &namespace, wildcards), &namespace)
        } else {
            ().into_any()
        };
        let body = view! {
            <div class="head">
                <div>
                    <h1>"What Carvel combines"</h1>
                    <p class="muted">
                        "The secretgen-controller fills a placeholder with all secrets exported to its namespace. Of several for one registry it takes one; here you see which."
                    </p>
                </div>
            </div>
            <section class="card narrow">
                <form class="form" action="/gitops/check/carvel">
                    {field}
                    <label class="radio">
                        <input type="checkbox" name=EXCLUDED value="yes" checked=excluded/>
                        <span>
                            "The namespace is excluded from exports to all namespaces"
                            <small class="muted url">
                                "It has the annotation secretgen.carvel.dev/excluded-from-wildcard-matching."
                            </small>
                        </span>
                    </label>
                    <div class="actions">
                        <button class="button primary" type="submit">
                            "Show"
                        </button>
                    </div>
                </form>
            </section>
            {result}
            {exported(&sources)}
        };
        Ok(Page {
            title: "What Carvel combines".to_owned(),
            section: Section::Exports,
            body: body.into_any(),
        })
    })
}

fn none() -> AnyView {
    view! {
        <Empty
            icon="file-output"
            title="No exports for Carvel yet"
            text="What other people export to the namespace is not known to Hawser."
        >
            <a class="button" href=format!("{PATH}/new?consumer=carvel")>
                "Add an export for Carvel"
            </a>
        </Empty>
    }
    .into_any()
}

/// The registries of the combined secret, each with who wins and who has to stand back.
fn combined(entries: &[CombinedEntry], namespace: &str) -> AnyView {
    let rows = entries.iter().map(entry).collect_view();
    let total = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let summary = if entries.is_empty() {
        "No export goes there, so the placeholder stays empty.".to_owned()
    } else {
        counted(total, "registry", "registries")
    };
    view! {
        <section class="card" aria-labelledby="combined-title">
            <h2 id="combined-title">{format!("What is filled in at {namespace}")}</h2>
            <p role="status">{summary}</p>
            <ul class="lines">{rows}</ul>
        </section>
    }
    .into_any()
}

fn entry(entry: &CombinedEntry) -> AnyView {
    let lost = (!entry.instead_of.is_empty()).then(|| {
        view! {
            <p class="stale">"Not used: " {listed(&entry.instead_of)}</p>
        }
    });
    let clash = (!entry.instead_of.is_empty())
        .then(|| view! { <Badge tone=Tone::Warn label="Several for one registry"/> });
    view! {
        <li class="line">
            <div>
                <code>{entry.server.clone()}</code>
                <p class="muted">"From " {place(&entry.from)}</p>
                {lost}
            </div>
            {clash}
        </li>
    }
    .into_any()
}

/// Where a secret lies, with the export that makes it behind it.
fn place(origin: &Origin) -> AnyView {
    view! { <a href=path_of(origin.export)>{origin.place.clone()}</a> }.into_any()
}

fn listed(origins: &[Origin]) -> AnyView {
    origins
        .iter()
        .enumerate()
        .map(|(at, origin)| {
            let comma = (at > 0).then_some(", ");
            view! {
                {comma}
                {place(origin)}
            }
        })
        .collect_view()
        .into_any()
}

fn exported(sources: &[ExportSource]) -> Option<AnyView> {
    let rows = sources
        .iter()
        .map(|one| {
            view! {
                <li class="line">
                    <div>
                        <code>{place(&one.origin())}</code>
                        <p class="muted">{format!("For {}", one.servers.join(", "))}</p>
                    </div>
                    <span class="muted">{format!("To {}", one.to_namespaces.join(", "))}</span>
                </li>
            }
        })
        .collect_view();
    (!sources.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="sources-title">
                <h2 id="sources-title">"What is exported"</h2>
                <ul class="lines">{rows}</ul>
            </section>
        }
        .into_any()
    })
}
