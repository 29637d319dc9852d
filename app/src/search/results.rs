//! What was found, as a list of links: the same on the page and in the palette.

use domain::{
    Action, Principal, Role, ServiceError,
    search::{Findings, FoundGroup, FoundKind, Hit, Typed, Unsearched},
};
use leptos::prelude::*;

use super::places::{Place, fitting};
use crate::{
    services::Services,
    ui::{badge::tone, icon::Icon, path},
};

/// The page that says which credential opens a URL.
const EXPLAIN: &str = "/credentials/explain";

/// What was typed and found.
pub(super) struct Found {
    pub typed: Result<Typed, Unsearched>,
    findings: Findings,
    role: Role,
    has_clusters: bool,
}

impl Found {
    /// Looks for what was typed.
    pub async fn of(
        services: &Services,
        principal: &Principal,
        text: &str,
    ) -> Result<Self, ServiceError> {
        let typed = Typed::parse(text);
        let findings = match &typed {
            Ok(typed) => services.search.search(principal, typed.clone()).await?,
            Err(_) => Findings::default(),
        };
        let has_clusters = services.clusters.are_on();
        Ok(Self { typed, findings, role: principal.role, has_clusters })
    }

    fn may(&self, action: Action) -> bool {
        self.role.includes(action)
    }
}

/// What the palette shows for a text.
///
/// # Errors
/// As searching.
pub async fn found_html(
    services: &Services,
    principal: &Principal,
    text: &str,
) -> Result<String, ServiceError> {
    let found = Found::of(services, principal, text).await?;
    Ok(results(&found).to_html())
}

/// One line that can be chosen.
struct Line {
    href: String,
    icon: &'static str,
    name: String,
    detail: String,
    /// What the detail means, as a class.
    tone: &'static str,
}

impl Line {
    fn new(href: String, icon: &'static str, name: impl Into<String>) -> Self {
        Self { href, icon, name: name.into(), detail: String::new(), tone: "" }
    }
}

/// All groups, and a sentence about them.
pub(super) fn results(found: &Found) -> AnyView {
    let typed = found.typed.as_ref().ok();
    let too_long = found.typed == Err(Unsearched::TooLong);
    let (pages, actions) = if too_long {
        (Vec::new(), Vec::new())
    } else {
        fitting(typed, found.role, found.has_clusters)
    };
    let mut groups: Vec<(String, Vec<Line>)> = Vec::new();
    let mut add = |label: &str, lines: Vec<Line>| {
        if !lines.is_empty() {
            groups.push((label.to_owned(), lines));
        }
    };
    add("This URL", typed.map(|typed| of_url(found, typed)).unwrap_or_default());
    for group in &found.findings.groups {
        add(group.kind.label(), of_group(group, typed));
    }
    add("Actions", of_first(found).into_iter().chain(actions.iter().map(of_place)).collect());
    add("Go to", pages.iter().map(of_place).collect());
    let count: usize = groups.iter().map(|(_, lines)| lines.len()).sum();
    let said = said(found, count);
    let groups =
        (0..).zip(groups).map(|(n, (label, lines))| section(n, label, lines)).collect_view();
    view! {
        <div class="found" data-found>
            <p class="muted" data-said>{said}</p>
            {groups}
        </div>
    }
    .into_any()
}

fn said(found: &Found, count: usize) -> String {
    match &found.typed {
        Err(Unsearched::Nothing) => {
            "Type the beginning of a name, paste a URL, or choose a page.".to_owned()
        }
        Err(Unsearched::TooLong) => {
            "That is longer than any name. Type the beginning of one.".to_owned()
        }
        Ok(typed) if count == 0 => format!("Nothing has words that begin with “{}”.", typed.text()),
        Ok(typed) if typed.has_more() => {
            format!("{count} found. Only the four longest words are searched for.")
        }
        Ok(_) => format!("{count} found"),
    }
}

fn section(n: u32, label: String, lines: Vec<Line>) -> AnyView {
    let id = format!("found-{n}");
    let (labelled, listed) = (id.clone(), id.clone());
    let lines = lines.into_iter().map(line).collect_view();
    view! {
        <section aria-labelledby=labelled>
            <h2 id=id>{label}</h2>
            <ul aria-labelledby=listed>{lines}</ul>
        </section>
    }
    .into_any()
}

fn line(line: Line) -> AnyView {
    let detail =
        (!line.detail.is_empty()).then(|| view! { <small class=line.tone>{line.detail}</small> });
    view! {
        <li>
            <a href=line.href>
                <Icon name=line.icon/>
                <span>{line.name}</span>
                {detail}
            </a>
        </li>
    }
    .into_any()
}

fn of_place(place: &Place) -> Line {
    let detail = place.key.map(|key| format!("g {key}")).unwrap_or_default();
    Line { detail, tone: "keys", ..Line::new(place.path.to_owned(), place.icon, place.label) }
}

/// What can be done with a URL that was pasted.
fn of_url(found: &Found, typed: &Typed) -> Vec<Line> {
    let Some(url) = typed.url() else { return Vec::new() };
    let explain = path::with(EXPLAIN, &[("url", url)]);
    let mut lines =
        vec![Line::new(explain, "search", "Explain this URL: which credential opens it?")];
    if found.may(Action::ManageRepositories) {
        let add = path::with("/charts/repositories/new", &[("url", url)]);
        lines.push(Line::new(add, "plus", "Add this repository"));
    }
    lines
}

fn of_group(group: &FoundGroup, typed: Option<&Typed>) -> Vec<Line> {
    let mut lines: Vec<_> = group.hits.iter().map(of_hit).collect();
    if group.has_more
        && let (Some(list), Some(typed)) = (list_of(group.kind), typed)
    {
        let href = path::with(list, &[("search", typed.text())]);
        let name = format!("More in {}", group.kind.label());
        lines.push(Line::new(href, "chevron-right", name));
    }
    lines
}

/// The list that can be searched itself.
const fn list_of(kind: FoundKind) -> Option<&'static str> {
    match kind {
        FoundKind::Credential => Some("/credentials"),
        FoundKind::Repository => Some("/charts/repositories"),
        FoundKind::Chart => Some("/charts/catalog"),
        FoundKind::Export | FoundKind::GitTarget | FoundKind::Cluster | FoundKind::Project => None,
    }
}

fn of_hit(hit: &Hit) -> Line {
    let icon = match hit.kind {
        FoundKind::Credential => "key-round",
        FoundKind::Repository => "library",
        FoundKind::Chart => "package",
        FoundKind::Export => "file-output",
        FoundKind::GitTarget => "git-branch",
        FoundKind::Cluster => "server",
        FoundKind::Project => "folder",
    };
    let bad = hit.status.filter(|status| status.is_bad());
    let detail = match bad {
        Some(status) if hit.detail.is_empty() => status.label().to_owned(),
        Some(status) => format!("{} · {}", status.label(), hit.detail),
        None => hit.detail.clone(),
    };
    let tone = bad.map_or("muted", |status| match tone(status) {
        crate::ui::badge::Tone::Bad => "bad",
        _ => "warn",
    });
    Line { detail, tone, ..Line::new(hit.kind.path(hit.id), icon, hit.name.clone()) }
}

/// What can be done with the first thing that was found.
fn of_first(found: &Found) -> Vec<Line> {
    let Some(hit) = found.findings.groups.first().and_then(|group| group.hits.first()) else {
        return Vec::new();
    };
    let (path, name) = (hit.kind.path(hit.id), &hit.name);
    let line = |to: &str, icon, text: String| Line::new(format!("{path}{to}"), icon, text);
    match hit.kind {
        FoundKind::Credential if found.may(Action::ManageCredentials) => {
            vec![line(
                "?tab=versions#field-password",
                "key-round",
                format!("Change the secret of {name}…"),
            )]
        }
        FoundKind::Repository => {
            let mut lines = Vec::new();
            if found.may(Action::SyncRepositories) {
                lines.push(line("", "refresh-cw", format!("Sync repository {name}…")));
            }
            let explain = path::with(EXPLAIN, &[("url", &hit.detail)]);
            lines.push(Line::new(explain, "search", format!("Which credential opens {name}?")));
            lines
        }
        FoundKind::GitTarget if found.may(Action::ManageExports) => {
            vec![line("/preview", "eye", format!("Review what {name} would change…"))]
        }
        _ => Vec::new(),
    }
}
