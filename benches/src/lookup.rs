//! Finding the credential of a URL among 100,000, one in ten with a regular expression, beside a scan
//! of the sorted list that compiles each expression as it meets it.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    CredentialId, Name, ProjectId, Purpose,
    credentials::{CredentialScope, PatternKind},
    matching::{Entry, Index, normalize},
};
use regex::Regex;

use crate::{Failure, memory, route, table::Row};

const CREDENTIALS: usize = 100_000;
/// Half of the credentials are in these projects, half are shared.
const PROJECTS: usize = 50;
/// URLs that are looked up, one after the other.
const URLS: usize = 10_000;
/// As many of them are also given to the scan.
const SCANNED: usize = 25;

/// Looks the same URLs up in both, and compares the answers.
pub async fn measure() -> Result<Vec<Row>, Failure> {
    let projects: Vec<ProjectId> = (0..PROJECTS).map(|_| ProjectId::new()).collect();
    let ids: Vec<CredentialId> = (0..CREDENTIALS).map(|_| CredentialId::new()).collect();
    let entries = || (0..).zip(&ids).map(|(n, id)| entry(n, *id, &projects));
    let before = memory::resident(std::process::id())?;
    let started = Instant::now();
    let mut index = Index::of(entries().filter_map(Result::ok));
    if index.len() != CREDENTIALS {
        return Err("not every credential is in the index".into());
    }
    let built = started.elapsed();
    let urls: Vec<_> = (0..URLS).map(|n| url(n * 7_919)).collect();
    let project = |n: usize| projects.get(n % PROJECTS).copied().unwrap_or_default();
    let find = |index: &Index, n: usize, url: &str| {
        index.find(project(n), Purpose::Helm, &normalize(Purpose::Helm, url))
    };
    let mut found: Vec<_> = urls.iter().enumerate().map(|(n, url)| find(&index, n, url)).collect();
    let bytes = memory::resident(std::process::id())?.saturating_sub(before);
    let mut times: Vec<Duration> = Vec::with_capacity(URLS);
    for (n, url) in urls.iter().enumerate() {
        let started = Instant::now();
        black_box(find(&index, n, black_box(url)));
        times.push(started.elapsed());
    }
    let changed = change(&mut index, entries)?;
    let asked: Vec<_> = urls.iter().enumerate().map(|(n, url)| (project(n), url.clone())).collect();
    let over_http = route::times(Arc::new(index), &asked).await?;
    let scan = Scan::new(entries)?;
    found.truncate(SCANNED);
    let started = Instant::now();
    for (n, (url, found)) in urls.iter().zip(&found).enumerate() {
        if scan.find(project(n), &normalize(Purpose::Helm, url))? != *found {
            return Err(format!("the index and the scan disagree about {url}").into());
        }
    }
    let scanned = started.elapsed() / u32::try_from(SCANNED)?;
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    let (median, slow) = (at(URLS / 2), at(URLS * 99 / 100));
    let sent = |place: usize| over_http.get(place).copied().unwrap_or_default();
    let ratio = scanned.as_nanos() / median.as_nanos().max(1);
    Ok(vec![
        Row::new(
            "Credential for a URL among 100,000, 10 % regex",
            format!("{}, p99 {}", micros(median), micros(slow)),
            format!("{} ms, linear scan", scanned.as_millis()),
            format!("{ratio} times as fast, reading the URL included"),
        ),
        Row::new(
            "The same over HTTP, one request after the other",
            format!("{}, p99 {}", micros(sent(URLS / 2)), micros(sent(URLS * 99 / 100))),
            "1 ms p99 budget",
            "a bare route over the index",
        ),
        Row::new(
            "Index of 100,000 credentials",
            format!("{}, {} ms to build", memory::mib(bytes), built.as_millis()),
            "",
            format!("{} to put in a change", micros(changed)),
        ),
    ])
}

fn micros(time: Duration) -> String {
    format!("{:.2} µs", time.as_secs_f64() * 1e6)
}

/// How long it takes to put in one change, on average over as many as make the expressions be
/// arranged anew several times.
fn change<I>(index: &mut Index, entries: impl Fn() -> I) -> Result<Duration, Failure>
where
    I: Iterator<Item = Result<Entry, Failure>>,
{
    let changed = entries().take(2_000).collect::<Result<Vec<_>, _>>()?;
    let count = u32::try_from(changed.len())?;
    let started = Instant::now();
    for entry in changed {
        index.put(entry);
        index.settle();
    }
    Ok(started.elapsed() / count)
}

/// The pattern of credential `n`: one in ten is a regular expression, of six forms.
fn pattern(n: usize) -> (PatternKind, String) {
    if !n.is_multiple_of(10) {
        return (
            PatternKind::Exact,
            format!("oci://registry-{}.example.com/team-{n}/charts", n % 97),
        );
    }
    let host = n % 97;
    let text = match n / 10 % 6 {
        0 => format!(r"^https://registry-{host}\.example\.com/team-{n}/"),
        1 => format!(r"^https://registry-{host}\.example\.com/team-{n}/.*$"),
        2 => format!(r"^oci://[a-z0-9-]+\.example\.com/team-{n}/"),
        3 => format!(r"^https://registry-{host}\.example\.com/team-{n}/(app|charts)-[0-9]+$"),
        4 => format!(r"/team-{n}/[^/]+$"),
        _ => format!(r"^https?://(registry|mirror)-\d+\.example\.com/team-{n}(/.*)?$"),
    };
    (PatternKind::Regex, text)
}

/// A URL for credential `n`, or for none: exact ones and expressions alike, and one in eight that
/// nothing matches, which every pass has to find out.
fn url(n: usize) -> String {
    let team = n % CREDENTIALS;
    match n % 8 {
        0 => format!("oci://registry-{}.example.com/nobody-{team}/charts", team % 97),
        1..4 => {
            let team = team / 10 * 10;
            format!("https://registry-{}.example.com/team-{team}/app-7", team % 97)
        }
        _ => format!("oci://registry-{}.example.com/team-{team}/charts", team % 97),
    }
}

fn entry(n: usize, id: CredentialId, projects: &[ProjectId]) -> Result<Entry, Failure> {
    let name = Name::parse(&format!("credential-{n}")).map_err(|problem| problem.message)?;
    let reach = if (n / 10).is_multiple_of(2) {
        CredentialScope::Shared
    } else {
        CredentialScope::Project(projects.get(n / 20 % PROJECTS).copied().unwrap_or_default())
    };
    let (kind, text) = pattern(n);
    Ok(Entry::new(id, &name, reach, &[Purpose::Helm, Purpose::Image], (kind, &text)))
}

/// The list in order of names, as a controller keeps it.
struct Scan(Vec<Entry>);

impl Scan {
    fn new<I>(entries: impl Fn() -> I) -> Result<Self, Failure>
    where
        I: Iterator<Item = Result<Entry, Failure>>,
    {
        let mut entries = entries().collect::<Result<Vec<_>, _>>()?;
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        for entry in &mut entries {
            entry.pattern = match entry.pattern_kind {
                PatternKind::Regex => entry.pattern.replace("oci://", "https://"),
                _ => normalize(Purpose::Helm, &entry.pattern),
            };
        }
        Ok(Self(entries))
    }

    fn find(&self, project: ProjectId, url: &str) -> Result<Option<CredentialId>, Failure> {
        for reach in [CredentialScope::Project(project), CredentialScope::Shared] {
            for kind in [PatternKind::Exact, PatternKind::Regex] {
                for entry in &self.0 {
                    if entry.reach == reach && entry.pattern_kind == kind && matches(entry, url)? {
                        return Ok(Some(entry.id));
                    }
                }
            }
        }
        Ok(None)
    }
}

fn matches(entry: &Entry, url: &str) -> Result<bool, Failure> {
    Ok(match entry.pattern_kind {
        PatternKind::Regex => Regex::new(&entry.pattern)?.is_match(url),
        _ => entry.pattern == url,
    })
}
