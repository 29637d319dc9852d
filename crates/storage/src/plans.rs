//! Holds how much of an organization a statement reads: SQLite explains each one's plan, and what reads all rows
//! of an organization in a large table, or sorts them, is named here. SQLite plans by the indexes alone, so that
//! the plans are those of ten thousand rows too.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Row as _, sqlite::SqliteRow};

use crate::{
    Statement,
    db::{Inner, tests::on_sqlite},
};

/// The tables that grow with what an organization keeps in Hawser. The others have a handful of rows for each
/// person, or a page of them at most.
const LARGE: [&str; 17] = [
    "address_requests",
    "allowed_addresses",
    "audit_events",
    "candidate_tests",
    "chart_versions",
    "charts",
    "credentials",
    "deliveries",
    "export_credentials",
    "export_repositories",
    "jobs",
    "links",
    "place_deliveries",
    "refusals",
    "repositories",
    "secret_operations",
    "sync_runs",
];

/// How many statements of a file go such a way: counts and searches, exports and their drop-downs, the changes of a
/// project, what is loaded once, what is done in the background, and what sorts the few rows that one thing has.
const ALLOWED: [(&str, &str, usize); 52] = [
    ("audit/list.rs", "sorts", 1),
    ("bulk/fill.rs", "reads credentials", 1),
    ("bulk/fill.rs", "reads repositories", 1),
    ("bulk/fill.rs", "sorts", 2),
    ("charts/read.rs", "reads charts", 4),
    ("charts/read.rs", "sorts", 1),
    ("credentials/address_requests.rs", "reads address_requests", 1),
    ("credentials/address_requests.rs", "reads allowed_addresses", 1),
    ("credentials/address_requests.rs", "sorts", 2),
    ("credentials/candidate.rs", "sorts", 1),
    ("credentials/choices.rs", "reads credentials", 1),
    ("credentials/delete.rs", "sorts", 1),
    ("credentials/list.rs", "reads credentials", 3),
    ("credentials/list.rs", "reads links", 1),
    ("credentials/list.rs", "sorts", 1),
    ("exports/choices.rs", "reads credentials", 2),
    ("exports/choices.rs", "reads repositories", 2),
    ("exports/delete.rs", "reads export_credentials", 1),
    ("exports/facts.rs", "reads credentials", 1),
    ("exports/facts.rs", "reads repositories", 1),
    ("exports/uses.rs", "scans export_repositories", 1),
    ("exports/uses.rs", "sorts", 1),
    ("gitops/affected.rs", "sorts", 2),
    ("gitops/git_accounts/read.rs", "sorts", 1),
    ("jobs/claim.rs", "scans jobs", 2),
    ("jobs/claim.rs", "sorts", 1),
    ("matching/mod.rs", "reads credentials", 1),
    ("notices/mod.rs", "scans credentials", 1),
    ("notices/repositories.rs", "scans repositories", 1),
    ("notices/repositories.rs", "sorts", 1),
    ("overview/attention.rs", "reads repositories", 1),
    ("overview/attention.rs", "sorts", 2),
    ("overview/mod.rs", "reads credentials", 1),
    ("overview/mod.rs", "reads repositories", 1),
    ("projects/read.rs", "reads credentials", 1),
    ("projects/read.rs", "sorts", 2),
    ("projects/write.rs", "reads credentials", 2),
    ("projects/write.rs", "reads repositories", 2),
    ("propagation/deliver.rs", "scans deliveries", 3),
    ("propagation/deliver.rs", "sorts", 1),
    ("propagation/start.rs", "reads deliveries", 1),
    ("propagation/view.rs", "sorts", 1),
    ("repositories/automatic.rs", "reads repositories", 1),
    ("repositories/held.rs", "reads repositories", 1),
    ("repositories/held.rs", "sorts", 1),
    ("repositories/links.rs", "sorts", 4),
    ("repositories/read.rs", "reads repositories", 3),
    ("repositories/read.rs", "sorts", 1),
    ("repositories/schedule.rs", "scans sync_runs", 1),
    ("repositories/taken.rs", "reads repositories", 1),
    ("repositories/write.rs", "reads repositories", 1),
    ("search/read.rs", "sorts", 3),
];

#[tokio::test]
async fn every_statement_that_reads_a_whole_organization_or_sorts_it_is_named() {
    let (_folder, db) = on_sqlite().await;
    let Inner::Sqlite(pool) = db.write().connection() else { panic!("not SQLite") };
    let mut found = BTreeMap::<(&str, String), BTreeSet<String>>::new();
    for statement in inventory::iter::<Statement> {
        let explain = AssertSqlSafe(format!("explain query plan {}", statement.sqlite));
        let plan = sqlx::query(explain).fetch_all(pool).await.unwrap();
        let lines: Vec<Line> = plan.iter().map(Line::of).collect();
        let text = statement.sqlite.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, file) = statement.file.rsplit_once("src/").unwrap();
        for way in ways(&text, &lines) {
            let told = format!("{}: {text}\n{lines:#?}", statement.line);
            found.entry((file, way)).or_default().insert(told);
        }
    }
    let counts: Vec<_> =
        found.iter().map(|((file, way), texts)| (*file, way.as_str(), texts.len())).collect();
    assert_eq!(counts, ALLOWED, "{found:#?}");
}

/// A line of a plan, and the line of the query that it is a part of.
#[derive(Debug)]
struct Line {
    query: i64,
    detail: String,
}

impl Line {
    fn of(row: &SqliteRow) -> Self {
        Self { query: row.get("parent"), detail: row.get("detail") }
    }
}

/// What a plan does with more than a page of rows: it reads all rows that an organization has in a large table, scans
/// those of all organizations, or sorts what it read.
fn ways(text: &str, plan: &[Line]) -> BTreeSet<String> {
    let tables = tables(text);
    let is_subquery =
        |alias: &str| plan.iter().any(|line| line.detail == format!("CO-ROUTINE {alias}"));
    let large = |alias: &str| {
        let table = tables.get(alias).map_or(alias, String::as_str);
        (LARGE.contains(&table) && !is_subquery(alias)).then(|| table.to_owned())
    };
    // What is sorted after a limit is one page.
    let of_page = |query: i64| {
        let mut scanned = plan
            .iter()
            .filter(|line| line.query == query)
            .filter_map(|line| line.detail.strip_prefix("SCAN "));
        scanned.next().is_some_and(|alias| is_subquery(alias) && ends_in_limit(text, alias))
    };
    let sorts = plan
        .iter()
        .any(|line| line.detail == "USE TEMP B-TREE FOR ORDER BY" && !of_page(line.query));
    let searches = text.contains(" like ") || text.contains("instr(");
    // Rows that come in order are read until the page is full, and any row answers whether there is one.
    let is_bounded = text.contains(" limit ") || text.starts_with("select exists (");
    let stops = is_bounded && !sorts && !searches;
    let mut ways = BTreeSet::new();
    let mut reads_many = false;
    for line in plan {
        let (verb, rest) = line.detail.split_once(' ').unwrap_or((&line.detail, ""));
        let alias = rest.split(' ').next().unwrap_or_default();
        let Some(table) = large(alias) else { continue };
        let is_whole = rest.ends_with("(organization_id=?)");
        match verb {
            "SCAN" if !stops => _ = ways.insert(format!("scans {table}")),
            "SEARCH" if is_whole && !stops => _ = ways.insert(format!("reads {table}")),
            "SCAN" | "SEARCH" => {}
            _ => continue,
        }
        reads_many = true;
    }
    if sorts && reads_many {
        ways.insert("sorts".to_owned());
    }
    ways
}

/// Whether the subquery of this name answers no more rows than its limit.
fn ends_in_limit(text: &str, alias: &str) -> bool {
    let before = text.split_once(&format!(") {alias} ")).map(|(before, _)| before);
    let end = before.and_then(|before| before.rsplit_once(" limit $"));
    end.is_some_and(|(_, number)| !number.contains(')'))
}

/// The tables of a statement by what it calls them.
fn tables(text: &str) -> BTreeMap<String, String> {
    let words: Vec<_> = text.split([' ', '(', ')', ',']).filter(|word| !word.is_empty()).collect();
    let mut tables = BTreeMap::new();
    for three in words.windows(3) {
        if ["from", "join", "update", "into"].contains(&three[0]) {
            tables.insert(three[2].to_owned(), three[1].to_owned());
            tables.insert(three[1].to_owned(), three[1].to_owned());
        }
    }
    tables
}
