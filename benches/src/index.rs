//! Reading a 20 MB Helm index into typed rows, beside downloading the same bytes; each in a process
//! of its own, so that the peaks of memory can be compared.

use std::{
    fmt::Write,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::repositories::{RepositoryKind, RepositoryUrl};
use egress::{AllowList, EgressProfile, Outbound};
use registries::{KnownVersions, Registries, Synced, Target, Validators};
use tokio::{net::TcpListener, process::Command};

use crate::{Failure, http::Connection, memory, table::Row};

const CHARTS: usize = 750;
const VERSIONS: usize = 20;

/// Serves the index and has both children read it.
pub async fn measure() -> Result<Vec<Row>, Failure> {
    let index = Bytes::from(index());
    let bytes = index.len();
    let requests = Arc::new(AtomicUsize::new(0));
    let address = serve(index, Arc::clone(&requests)).await?;
    let download = child("download", address).await?;
    requests.store(0, Ordering::SeqCst);
    let parse = child("parse", address).await?;
    let [download_ms, download_peak, ..] = download.as_slice() else {
        return Err("no figures".into());
    };
    let [parse_ms, parse_peak, versions, unchanged_ms] = parse.as_slice() else {
        return Err("no figures".into());
    };
    Ok(vec![
        Row::new(
            format!("Helm index, {} MB, {versions} versions, to typed rows", bytes / 1_000_000),
            format!("{parse_ms} ms, peak {}", memory::mib(*parse_peak)),
            format!("{download_ms} ms, peak {}, download only", memory::mib(*download_peak)),
            "",
        ),
        Row::new(
            "Helm index, unchanged",
            format!("{unchanged_ms} ms"),
            "",
            format!("{} conditional request", requests.load(Ordering::SeqCst) - 1),
        ),
    ])
}

/// Runs in a process of its own: syncs twice and prints milliseconds, peak bytes, versions, and
/// milliseconds of the unchanged sync.
pub async fn child_parse(address: &str) -> Result<(), Failure> {
    let registries = Registries::new(Outbound::new(AllowList::parse(address)?)?);
    let url =
        RepositoryUrl::parse(&format!("http://{address}")).map_err(|problem| problem.message)?;
    let target = Target {
        url,
        kind: RepositoryKind::Helm,
        login: None,
        login_key: None,
        egress: EgressProfile::default(),
        chart_names: Vec::new(),
    };
    let started = Instant::now();
    let synced =
        registries.sync(&target, &Validators::default(), &KnownVersions::default()).await?;
    let elapsed = started.elapsed();
    let Synced::Charts { versions, validators, .. } = synced else {
        return Err("the index did not change".into());
    };
    let peak = memory::peak(std::process::id())?;
    let started = Instant::now();
    let again = registries.sync(&target, &validators, &KnownVersions::default()).await?;
    if !matches!(again, Synced::Unchanged { .. }) {
        return Err("an unchanged index was read again".into());
    }
    println!("{} {peak} {} {}", elapsed.as_millis(), versions.len(), started.elapsed().as_millis());
    Ok(())
}

/// Runs in a process of its own: downloads the index and prints milliseconds and peak bytes.
pub async fn child_download(address: &str) -> Result<(), Failure> {
    let started = Instant::now();
    let request = format!("GET /index.yaml HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let bytes = Connection::open(address.parse()?).await?.count(request.as_bytes()).await?;
    let elapsed = started.elapsed();
    println!("{} {} {bytes}", elapsed.as_millis(), memory::peak(std::process::id())?);
    Ok(())
}

async fn child(what: &str, address: SocketAddr) -> Result<Vec<u64>, Failure> {
    let output = Command::new(std::env::current_exe()?)
        .args(["child", what, &address.to_string()])
        .output()
        .await?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?)
}

async fn serve(index: Bytes, requests: Arc<AtomicUsize>) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/index.yaml", get(answer)).with_state((index, requests));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn answer(
    State((index, requests)): State<(Bytes, Arc<AtomicUsize>)>,
    headers: HeaderMap,
) -> Response {
    requests.fetch_add(1, Ordering::SeqCst);
    let tag = "\"one\"";
    if headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == tag) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(header::ETAG, tag)], index).into_response()
}

/// An index like those of large repositories: long descriptions, keywords, maintainers, sources.
fn index() -> String {
    let mut text = String::from("apiVersion: v1\nentries:\n");
    let filler =
        "A production-ready chart that installs the service with sensible defaults. ".repeat(9);
    for chart in 0..CHARTS {
        let _ = writeln!(text, "  chart-{chart}:");
        for version in 0..VERSIONS {
            let _ = write!(
                text,
                "  - annotations:\n      category: Database\n      licenses: Apache-2.0\n    apiVersion: v2\n    appVersion: {version}.4.2\n    created: \"2026-08-0{}T10:11:12.499814565Z\"\n    dependencies:\n    - name: common\n      repository: oci://registry.example.com/charts\n      version: 2.x.x\n    description: {filler}\n    digest: {:064x}\n    home: https://example.com/charts/chart-{chart}\n    keywords:\n    - database\n    - chart-{chart}\n    - replication\n    maintainers:\n    - email: team@example.com\n      name: Platform team\n      url: https://example.com\n    name: chart-{chart}\n    sources:\n    - https://git.example.com/charts/chart-{chart}\n    urls:\n    - https://charts.example.com/chart-{chart}-1.{version}.0.tgz\n    version: 1.{version}.0\n",
                version % 9 + 1,
                chart * VERSIONS + version,
            );
        }
    }
    text.push_str("generated: \"2026-08-06T10:11:12Z\"\n");
    text
}
