//! One cell after the other: who, what, and what came of it.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::SocketAddr,
};

use axum::{body::Body, extract::ConnectInfo};
use http::{Method, header};
use server::web::routes::{Effect, Kind, Listener, Object, Route};
use testkit::github_stub::Device;
use uuid::Uuid;

use super::{
    allowed::{Allowed, Named},
    answers::comparable,
    judge::fault_of,
    objects::{Objects, cookies},
    people::{Organization, Visitor},
    requests::{FORM, Prepared, field_of, path_of},
};
use crate::asking::{Answer, encoded, multipart};

/// Who asks for an answer: the browser itself, or the script of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    Browser,
    Script,
}

/// What came of it.
#[derive(Default)]
pub struct Run {
    pub cells: usize,
    pub allowed: usize,
    pub seen: HashSet<(Listener, &'static str, Visitor)>,
    pub faults: Vec<String>,
    /// Requests so far; each comes from an address of its own, because those are limited.
    requests: u32,
    answers: HashMap<(Visitor, Sender, Named), String>,
}

/// One question.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    pub route: &'a Route,
    pub allowed: &'a Allowed,
    pub visitor: Visitor,
    pub named: Named,
    pub sender: Sender,
}

impl Cell<'_> {
    pub fn is_allowed(&self) -> bool {
        let may = match (self.allowed.least, self.visitor.role()) {
            (None, _) => true,
            (Some(_), None) => false,
            // The roles are declared from the highest to the lowest.
            (Some(least), Some(role)) => role as u8 <= least as u8,
        };
        may && self.allowed.objects.contains(&self.named)
    }

    /// Whether a request that is allowed uses up what it names.
    fn takes(&self) -> bool {
        let is_own = matches!(self.named, Named::Nothing | Named::Own | Named::LeftOut);
        self.is_allowed() && is_own && is_post(self.route) && self.route.effect != Effect::Reads
    }
}

fn is_post(route: &Route) -> bool {
    route.kind.method() == Method::POST
}

/// Every cell of a route.
fn cells<'a>(route: &'a Route, allowed: &'a Allowed) -> Vec<Cell<'a>> {
    use Named::{Deleted, Foreign, LeftOut, Malformed, Missing, Nothing, Own};
    let named: &[Named] = match (route.object, is_post(route)) {
        (Object::None, _) => &[Nothing],
        (_, false) => &[Own, Foreign, Missing, Malformed, Deleted],
        (_, true) => &[Own, Foreign, Missing, Malformed, Deleted, LeftOut],
    };
    let senders: &[Sender] =
        if is_post(route) { &[Sender::Script, Sender::Browser] } else { &[Sender::Browser] };
    let mut all = Vec::new();
    for visitor in Visitor::ALL {
        for sender in senders {
            let cell =
                |named: &Named| Cell { route, allowed, visitor, named: *named, sender: *sender };
            all.extend(named.iter().map(cell));
        }
    }
    all
}

/// What a route is asked for.
struct Asked {
    own: HashMap<Organization, Prepared>,
    deleted: HashMap<Organization, String>,
    missing: String,
}

impl Asked {
    async fn prepare(objects: &mut Objects, route: &Route) -> Self {
        let (mut own, mut deleted) = (HashMap::new(), HashMap::new());
        for of in [Organization::Home, Organization::Away] {
            own.insert(of, objects.prepare(of, route).await);
            deleted.insert(of, objects.deleted(of, route.object).await);
        }
        Self { own, deleted, missing: Uuid::now_v7().to_string() }
    }

    /// The id that a cell names, and the form around it. All but the id is the same in a form about
    /// something foreign and in one about what never was or is gone.
    fn of<'a>(&'a self, cell: &Cell<'_>, fresh: Option<&'a Prepared>) -> (&'a str, &'a Prepared) {
        let organization = cell.visitor.organization();
        let own = fresh.unwrap_or(&self.own[&organization]);
        let foreign = &self.own[&organization.other()];
        match cell.named {
            Named::Nothing | Named::Own => (&own.id, own),
            Named::Foreign => (&foreign.id, foreign),
            Named::Missing => (&self.missing, foreign),
            Named::Deleted => (&self.deleted[&organization], foreign),
            Named::Malformed => ("not-an-id", own),
            Named::LeftOut => ("", own),
        }
    }
}

impl Run {
    /// Everybody, and everything the route could name: first what is refused, which leaves every table as
    /// it was, then what is allowed.
    pub async fn route(&mut self, objects: &mut Objects, route: &'static Route, allowed: &Allowed) {
        let asked = Asked::prepare(objects, route).await;
        let cells = cells(route, allowed);
        let before = objects.database.contents().await;
        for cell in cells.iter().filter(|cell| !cell.is_allowed()) {
            self.cell(objects, &asked, cell).await;
        }
        let after = objects.database.contents().await;
        for (table, digest) in &before {
            if after.get(table) != Some(digest) {
                self.faults.push(format!("{}: refusals changed {table}", route.path));
            }
        }
        for cell in cells.iter().filter(|cell| cell.is_allowed()) {
            self.cell(objects, &asked, cell).await;
        }
        for cell in &cells {
            self.seen.insert((route.kind.listener(), route.path, cell.visitor));
            self.compare(cell);
        }
        self.answers.clear();
    }

    async fn cell(&mut self, objects: &mut Objects, asked: &Asked, cell: &Cell<'_>) {
        let fresh = if cell.takes() {
            Some(objects.prepare(cell.visitor.organization(), cell.route).await)
        } else {
            None
        };
        let (id, form) = asked.of(cell, fresh.as_ref());
        let answer = self.ask(objects, cell, id, form).await;
        let written = objects.database.written().await;
        self.cells += 1;
        self.allowed += usize::from(cell.is_allowed());
        if let Some(fault) = fault_of(cell, &answer, &written) {
            self.faults.push(told(cell, fault, &answer, &written));
        }
        self.answers.insert((cell.visitor, cell.sender, cell.named), comparable(&answer, id));
    }

    /// What is foreign or gone is answered like what never was, to everybody.
    fn compare(&mut self, cell: &Cell<'_>) {
        if !matches!(cell.named, Named::Foreign | Named::Deleted) {
            return;
        }
        let of = |named| &self.answers[&(cell.visitor, cell.sender, named)];
        let (this, missing) = (of(cell.named), of(Named::Missing));
        if this != missing {
            let Cell { route, visitor, named, sender, .. } = cell;
            self.faults.push(format!(
                "{} {visitor:?} {named:?} {sender:?}: not answered like what never was:\n{this}\n--\n{missing}",
                route.path
            ));
        }
    }

    async fn ask(
        &mut self,
        objects: &mut Objects,
        cell: &Cell<'_>,
        id: &str,
        form: &Prepared,
    ) -> Answer {
        let route = cell.route;
        let mut cookie = objects.people.cookie(&objects.hawser, cell.visitor).await;
        let mut path = path_of(route, id);
        match route.path {
            "/oauth/github/callback" if cell.is_allowed() => {
                let (back, key) = objects.sent_to_github(&cookie).await;
                (path, cookie) = (back, format!("{cookie}; {key}"));
            }
            "/actions/gitops/device/poll" if cell.is_allowed() => {
                let account = objects.name();
                objects.github.is(objects.count.into(), &account.replace(' ', "-"));
                let begun = objects.form("/actions/gitops/device", &cookie, &[]).await;
                objects.github.device(Device::Agreed);
                let device =
                    cookies(&begun).into_iter().find(|it| it.starts_with("hawser-device="));
                cookie = format!("{cookie}; {}", device.unwrap());
            }
            _ => {}
        }
        objects.database.written().await;
        self.requests += 1;
        let [_, a, b, c] = self.requests.to_be_bytes();
        let peer = ConnectInfo(SocketAddr::from(([10, a, b, c], 1)));
        let accept = match cell.sender {
            Sender::Browser => "text/html",
            Sender::Script => "application/json",
        };
        let request = objects
            .hawser
            .request(route.kind.method(), &path)
            .extension(peer)
            .header(header::ACCEPT, accept)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin");
        let request = if route.kind.method() == Method::POST {
            let mut fields: Vec<_> =
                form.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            fields.push(("from", FORM));
            if cell.named != Named::LeftOut && route.object != Object::None {
                fields.push((field_of(route), id));
            }
            let (kind, body) = match route.kind {
                Kind::Upload => multipart("name,url\na,https://charts.example.com\n", ""),
                _ => ("application/x-www-form-urlencoded", encoded(&fields)),
            };
            request
                .header(header::ORIGIN, &objects.hawser.public)
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body))
        } else {
            request.body(Body::empty())
        };
        objects.hawser.begin(route.kind.listener(), request.unwrap()).await
    }
}

fn told(cell: &Cell<'_>, fault: &str, answer: &Answer, written: &BTreeSet<String>) -> String {
    let Cell { route, visitor, named, sender, .. } = cell;
    let (status, location) = (answer.status, answer.header("location"));
    let text: String = answer.text.chars().take(300).collect();
    let path = route.path;
    format!(
        "{path} {visitor:?} {named:?} {sender:?}: {fault}: {status} {location} {written:?} {text}"
    )
}
