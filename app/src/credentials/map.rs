//! The way from a credential to what it opens, drawn: repositories, exports, Git targets and clusters. The lists
//! below it say the same in words.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CredentialKind, ExportId, Principal, RepositoryId, ServiceError, Status,
    credentials::CredentialDetail,
};
use leptos::prelude::*;

use super::usage::Usage;
use crate::ui::{
    badge::{Tone, tone},
    page::Request,
    path,
};

/// So many of each kind are drawn.
const MOST: usize = 8;
/// A box and the way to the next column, in pixels.
const WIDTH: usize = 176;
const COLUMN: usize = 232;
const HEIGHT: usize = 26;
const ROW: usize = 34;
/// So many characters fit into a box; the whole name is in its tooltip.
const FITS: usize = 21;

/// A box of the map.
struct Node {
    name: String,
    href: String,
    status: Option<Status>,
}

/// The boxes of one kind, and how many more there are where.
#[derive(Default)]
struct Kind {
    nodes: Vec<Node>,
    more: usize,
    href: String,
}

impl Kind {
    fn rows(&self) -> usize {
        self.nodes.len() + usize::from(self.more > 0)
    }
}

/// The drawing: its columns, and the lines between a box of one and a box of another.
struct Drawing {
    columns: Vec<(&'static str, Kind)>,
    lines: BTreeSet<((usize, usize), (usize, usize))>,
}

/// The map; nothing where there is nothing to draw.
pub(super) async fn map(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
    usage: &Usage,
) -> Result<Option<AnyView>, ServiceError> {
    let drawing = if credential.provider.facts().kind == CredentialKind::Registry {
        if credential.links.is_empty() && usage.exported.is_empty() {
            return Ok(None);
        }
        let through = request.services().exports.through(principal, credential.id).await?;
        of_registry(credential, usage, &through)
    } else {
        if usage.opens.is_empty() {
            return Ok(None);
        }
        of_opened(credential, usage)
    };
    Ok(Some(view_of(&drawing)))
}

fn of_registry(
    credential: &CredentialDetail,
    usage: &Usage,
    through: &[(RepositoryId, ExportId)],
) -> Drawing {
    let mut lines = BTreeSet::new();
    let repositories = Kind {
        nodes: credential
            .links
            .iter()
            .take(MOST)
            .map(|link| Node {
                name: link.name.clone(),
                href: format!("/charts/repositories/{}", link.id),
                status: Some(link.status),
            })
            .collect(),
        more: credential.links.len().saturating_sub(MOST),
        href: path::with("/charts/repositories", &[("credential", &credential.id.to_string())]),
    };
    lines.extend((0..repositories.rows()).map(|row| ((0, 0), (1, row))));
    let drawn: BTreeMap<_, _> =
        credential.links.iter().take(MOST).enumerate().map(|(row, link)| (link.id, row)).collect();
    let (mut exports, mut places) = (Known::default(), Known::default());
    for one in &usage.exported {
        let export = exports.row(one.export.to_string(), || Node {
            name: one.export_name.clone(),
            href: crate::exports::path_of(one.export),
            status: None,
        });
        let place = one.place.and_then(|place| {
            places.row(place.path(), || Node {
                name: one.place_name.clone(),
                href: place.path(),
                status: one.status(credential.vault_version),
            })
        });
        let Some(export) = export else { continue };
        let by: BTreeSet<_> = through.iter().filter(|(_, id)| *id == one.export).collect();
        let by_drawn = by.iter().filter_map(|(repository, _)| drawn.get(repository));
        lines.extend(by_drawn.map(|row| ((1, *row), (2, export))));
        // What is in an export by itself, or by a repository that is not drawn.
        if by.is_empty() {
            lines.insert(((0, 0), (2, export)));
        } else if by.iter().all(|(repository, _)| !drawn.contains_key(repository)) {
            lines.insert(((1, repositories.rows().saturating_sub(1)), (2, export)));
        }
        if let Some(place) = place {
            lines.insert(((2, export), (3, place)));
        }
    }
    Drawing {
        columns: vec![
            ("Credential", this(credential)),
            ("Repositories", repositories),
            ("Exports", exports.kind("/gitops/exports")),
            ("Targets", places.kind("/gitops")),
        ],
        lines,
    }
}

fn of_opened(credential: &CredentialDetail, usage: &Usage) -> Drawing {
    let mut places = Known::default();
    for one in &usage.opens {
        places.row(one.place.path(), || Node {
            name: one.name.clone(),
            href: one.place.path(),
            status: Some(one.status),
        });
    }
    let places = places.kind("/gitops");
    let lines = (0..places.rows()).map(|row| ((0, 0), (1, row))).collect();
    Drawing { columns: vec![("Credential", this(credential)), ("Targets", places)], lines }
}

fn this(credential: &CredentialDetail) -> Kind {
    let node =
        Node { name: credential.name.clone(), href: super::path_of(credential.id), status: None };
    Kind { nodes: vec![node], ..Kind::default() }
}

/// Boxes by what they stand for, in the order in which they came.
#[derive(Default)]
struct Known {
    rows: BTreeMap<String, Option<usize>>,
    kind: Kind,
}

impl Known {
    /// The row of a box, which is made when it is new; `None` where there are enough.
    fn row(&mut self, key: String, node: impl FnOnce() -> Node) -> Option<usize> {
        if let Some(row) = self.rows.get(&key) {
            return *row;
        }
        let row = (self.kind.nodes.len() < MOST).then_some(self.kind.nodes.len());
        match row {
            Some(_) => self.kind.nodes.push(node()),
            None => self.kind.more += 1,
        }
        self.rows.insert(key, row);
        row
    }

    fn kind(self, href: &str) -> Kind {
        Kind { href: href.to_owned(), ..self.kind }
    }
}

/// Mouse users click the boxes; everybody else has the lists below, which hold the same links.
fn view_of(drawing: &Drawing) -> AnyView {
    let rows = drawing.columns.iter().map(|(_, kind)| kind.rows()).max().unwrap_or(1).max(1);
    let width = (drawing.columns.len().saturating_sub(1)) * COLUMN + WIDTH;
    let height = (rows + 1) * ROW;
    let y_of = |column: usize, row: usize| {
        let of_column = drawing.columns.get(column).map_or(1, |(_, kind)| kind.rows().max(1));
        // Short columns stand in the middle of the tallest.
        ROW + (rows - of_column) * ROW / 2 + row * ROW
    };
    let lines = drawing.lines.iter().map(|((from, a), (to, b))| {
        let (x1, y1) = (from * COLUMN + WIDTH, y_of(*from, *a) + HEIGHT / 2);
        let (x2, y2) = (to * COLUMN, y_of(*to, *b) + HEIGHT / 2);
        let middle = usize::midpoint(x1, x2);
        // A line over a column without a stop there would look like one of its boxes'.
        let class = (to - from > 1).then_some("far");
        view! {
            <path class=class d=format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}")></path>
        }
    });
    let lines = lines.collect_view();
    let columns = drawing.columns.iter().enumerate().map(|(column, (label, kind))| {
        let x = column * COLUMN;
        let boxes =
            kind.nodes.iter().enumerate().map(|(row, node)| boxed(node, x, y_of(column, row)));
        let more = (kind.more > 0).then(|| {
            let y = y_of(column, kind.nodes.len());
            let text = format!("+ {} more", kind.more);
            let more = Node { name: text, href: kind.href.clone(), status: None };
            boxed(&more, x, y)
        });
        view! {
            <text class="map-kind" x=x.to_string() y="16">{*label}</text>
            {boxes.collect_view()}
            {more}
        }
    });
    let columns = columns.collect_view();
    view! {
        <section class="card map" aria-labelledby="map-title">
            <h2 id="map-title">"What it opens"</h2>
            <svg
                aria-hidden="true"
                data-live="map"
                width=width.to_string()
                height=height.to_string()
                viewBox=format!("0 0 {width} {height}")
            >
                {lines}
                {columns}
            </svg>
        </section>
    }
    .into_any()
}

fn boxed(node: &Node, x: usize, y: usize) -> AnyView {
    let class = node.status.map(|status| match tone(status) {
        Tone::Good => "good",
        Tone::Busy => "busy",
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        Tone::Quiet => "quiet",
    });
    let title = match node.status {
        Some(status) => format!("{} · {}", node.name, status.label()),
        None => node.name.clone(),
    };
    let dot = class.map(|class| {
        view! { <circle class=class cx="13" cy=(HEIGHT / 2).to_string() r="4"></circle> }
    });
    let text = if class.is_some() { "24" } else { "10" };
    view! {
        <svg x=x.to_string() y=y.to_string() width=WIDTH.to_string() height=HEIGHT.to_string()>
            <a href=node.href.clone() tabindex="-1">
                <title>{title}</title>
                <rect
                    x="0.5"
                    y="0.5"
                    width=(WIDTH - 1).to_string()
                    height=(HEIGHT - 1).to_string()
                    rx="6"
                ></rect>
                {dot}
                <text x=text y=(HEIGHT / 2 + 4).to_string()>{cut(&node.name)}</text>
            </a>
        </svg>
    }
    .into_any()
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(FITS) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}
