//! Pages: the Credentials page with 50 rows beside a page written by hand and a handler that only returns the
//! bytes, and what the lists cost with ten thousand rows.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, routing::get};
use tokio::net::TcpListener;

use crate::{
    Failure, cpu,
    database::{Database, FEW, MANY},
    hawser::Hawser,
    http,
    table::Row,
    written::Written,
};

const ROWS: usize = 50;
const CONNECTIONS: usize = 16;
const REQUESTS: usize = 4_000;
/// Pairs of runs; the medians are compared.
const ROUNDS: usize = 5;
/// How often a list is asked for.
const LISTED: usize = 60;

/// Fills the page, then measures all in turns.
pub async fn measure(server: &Hawser) -> Result<Vec<Row>, Failure> {
    for n in 0..ROWS {
        server.create_credential(&format!("registry-{n:02}"), "secret").await?;
    }
    let request = server.get_request("/credentials");
    let page = http::Connection::open(server.address).await?.ask(&request).await?;
    if page.status != 200 || !String::from_utf8_lossy(&page.body).contains("registry-49") {
        return Err(format!("the page answers {} without its rows", page.status).into());
    }
    let size = page.body.len();
    let bare = bare_handler(Bytes::from(page.body)).await?;
    let written = Written::start(&server.database_file()).await?;
    let root = |address| format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").into_bytes();
    let (to_bare, to_written) = (root(bare), root(written.address));

    let (mut ours, mut theirs, mut by_hand) = (Vec::new(), Vec::new(), Vec::new());
    let (mut cpu_ours, mut cpu_by_hand) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..ROUNDS {
        let before = cpu::used(server.pid()?)?;
        ours.push(rate(http::load(server.address, &request, CONNECTIONS, REQUESTS).await?));
        cpu_ours += cpu::used(server.pid()?)?.saturating_sub(before);
        let before = cpu::used(written.pid()?)?;
        by_hand.push(rate(http::load(written.address, &to_written, CONNECTIONS, REQUESTS).await?));
        cpu_by_hand += cpu::used(written.pid()?)?.saturating_sub(before);
        theirs.push(rate(http::load(bare, &to_bare, CONNECTIONS, REQUESTS).await?));
    }
    let (ours, theirs, by_hand) = (median(&mut ours), median(&mut theirs), median(&mut by_hand));
    let (cpu_ours, cpu_by_hand) = (of_one(cpu_ours), of_one(cpu_by_hand));
    let what = format!("Credentials page, {ROWS} rows, {} KiB", size.div_ceil(1_024));
    Ok(vec![
        Row::new(
            what.clone(),
            format!("{ours:.0} requests/s"),
            format!("{theirs:.0} requests/s, bare handler"),
            format!("{:.0} %", 100.0 * ours / theirs),
        ),
        Row::new(
            what.clone(),
            format!("{ours:.0} requests/s"),
            format!("{by_hand:.0} requests/s, written by hand"),
            format!("{:.2} ×", ours / by_hand),
        ),
        Row::new(
            format!("{what}, CPU"),
            format!("{cpu_ours:.2} ms"),
            format!("{cpu_by_hand:.2} ms, written by hand"),
            format!("{:.2} ×", cpu_ours / cpu_by_hand),
        ),
    ])
}

/// What each list costs with many rows, beside the same with few.
pub async fn measure_many(server: &Hawser) -> Result<Vec<Row>, Failure> {
    let database = Database::open(&server.database_file()).await?;
    database.fill(FEW).await?;
    let lists = [
        ("Credentials", "/credentials".to_owned()),
        ("Repositories", "/charts/repositories".to_owned()),
        ("A repository", format!("/charts/repositories/{}", database.repository().await?)),
        ("Catalog", "/charts/catalog".to_owned()),
        ("Catalog, searched", "/charts/catalog?search=chart-00017".to_owned()),
        ("GitOps", "/gitops".to_owned()),
        ("New export", "/gitops/exports/new?consumer=argo_cd".to_owned()),
    ];
    let mut few = Vec::new();
    for (_, path) in &lists {
        few.push(listed(server, path).await?);
    }
    database.fill(MANY).await?;
    let mut rows = Vec::new();
    for ((name, path), (few, _)) in lists.iter().zip(few) {
        let (many, bytes) = listed(server, path).await?;
        rows.push(Row::new(
            format!("{name}, {} credentials, {} charts", MANY.credentials, MANY.charts),
            format!("{:.1} ms, {} KiB", many * 1e3, bytes.div_ceil(1_024)),
            format!("{:.1} ms at {} credentials", few * 1e3, FEW.credentials),
            format!("{:.2} ×", many / few),
        ));
    }
    Ok(rows)
}

/// The median of the seconds that a page takes on one connection, and its bytes.
async fn listed(server: &Hawser, path: &str) -> Result<(f64, usize), Failure> {
    let request = server.get_request(path);
    let mut connection = http::Connection::open(server.address).await?;
    let (mut took, mut bytes) = (Vec::new(), 0);
    for _ in 0..LISTED {
        let started = Instant::now();
        let answer = connection.ask(&request).await?;
        took.push(started.elapsed().as_secs_f64());
        if answer.status != 200 {
            return Err(format!("{path} answers {}", answer.status).into());
        }
        bytes = answer.body.len();
    }
    Ok((median(&mut took), bytes))
}

async fn bare_handler(body: Bytes) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/", get(move || std::future::ready(body.clone())));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// Milliseconds of CPU for one request of all rounds.
#[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
fn of_one(cpu: Duration) -> f64 {
    cpu.as_secs_f64() * 1e3 / (ROUNDS * REQUESTS) as f64
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
fn rate(elapsed: Duration) -> f64 {
    REQUESTS as f64 / elapsed.as_secs_f64()
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
