//! Throughput of the Credentials page with 50 rows, beside a bare handler that returns the same
//! bytes.

use std::net::SocketAddr;

use axum::{Router, body::Bytes, routing::get};
use tokio::net::TcpListener;

use crate::{Failure, hawser::Hawser, http, table::Row};

const ROWS: usize = 50;
const CONNECTIONS: usize = 16;
const REQUESTS: usize = 4_000;
/// Pairs of runs; the medians are compared.
const ROUNDS: usize = 5;

/// Fills the page, then measures both in turns.
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
    let bare_request = format!("GET / HTTP/1.1\r\nHost: {bare}\r\n\r\n").into_bytes();

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(http::load(server.address, &request, CONNECTIONS, REQUESTS).await?));
        theirs.push(rate(http::load(bare, &bare_request, CONNECTIONS, REQUESTS).await?));
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    Ok(vec![Row::new(
        format!("Credentials page, {ROWS} rows, {} KiB", size.div_ceil(1_024)),
        format!("{ours:.0} requests/s"),
        format!("{theirs:.0} requests/s, bare handler"),
        format!("{:.0} %", 100.0 * ours / theirs),
    )])
}

async fn bare_handler(body: Bytes) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/", get(move || std::future::ready(body.clone())));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
fn rate(elapsed: std::time::Duration) -> f64 {
    REQUESTS as f64 / elapsed.as_secs_f64()
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
