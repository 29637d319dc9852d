//! Pages: the Credentials page with 50 rows beside the same page written by hand, one of `SvelteKit` and a handler
//! that only returns the bytes, and what the lists cost with ten thousand rows.

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
    peer::{Peer, Processes},
    table::Row,
};

const ROWS: usize = 50;
/// How many connections ask at once, and how many requests they share.
const LOADS: [(usize, usize); 3] = [(1, 400), (16, 2_000), (64, 2_048)];
/// Turns of all pages; the medians are compared.
const ROUNDS: usize = 5;
/// How often a list is asked for.
const LISTED: usize = 60;
/// The most that a page sends before compression, in bytes.
const LARGEST: usize = 60 * 1_024;

/// Fills the page, then measures all in turns.
pub async fn measure(server: &Hawser) -> Result<Vec<Row>, Failure> {
    for n in 0..ROWS {
        server.create_credential(&format!("registry-{n:02}"), "secret").await?;
    }
    // The first look takes the message about what was created.
    server.get("/credentials").await?;
    let request = server.get_request("/credentials");
    let page = http::Connection::open(server.address).await?.ask(&request).await?;
    if page.status != 200 || !String::from_utf8_lossy(&page.body).contains("registry-49") {
        return Err(format!("the page answers {} without its rows", page.status).into());
    }
    let size = page.body.len();
    let file = server.database_file();
    let by_hand = Peer::written_by_hand(&file).await?;
    let one = Peer::sveltekit(&file, Processes::One).await?;
    let two = Peer::sveltekit(&file, Processes::Two).await?;
    let bare = bare_handler(Bytes::from(page.body)).await?;
    let to_bare = format!("GET / HTTP/1.1\r\nHost: {bare}\r\n\r\n").into_bytes();

    let what = format!("Credentials page, {ROWS} rows, {} KiB", size.div_ceil(1_024));
    let mut rows = vec![compressed(server, size).await?];
    for (connections, requests) in LOADS {
        let load = Load { connections, requests };
        let mut figures: [Figures; 5] = Default::default();
        let [ours, hand, svelte, svelte_two, handler] = &mut figures;
        for _ in 0..ROUNDS {
            let pid = server.pid()?;
            ours.add(load, load.run(server.address, &request, || cpu::used(pid)).await?);
            for (figures, peer) in
                [(&mut *hand, &by_hand), (&mut *svelte, &one), (&mut *svelte_two, &two)]
            {
                figures.add(load, load.run(peer.address, &peer.request(), || peer.cpu()).await?);
            }
            handler.add(load, load.run(bare, &to_bare, || Ok(Duration::ZERO)).await?);
        }
        let [ours, hand, svelte, svelte_two, handler] = figures.map(Figures::median);
        let what = format!("{what}, {connections} connections");
        for (peer, name) in [
            (&hand, "written by hand"),
            (&svelte, "SvelteKit"),
            (&svelte_two, "SvelteKit, two processes"),
            (&handler, "bare handler"),
        ] {
            rows.push(Row::new(
                what.clone(),
                format!("{:.0} requests/s", ours.rate),
                format!("{:.0} requests/s, {name}", peer.rate),
                format!("{:.2} ×", ours.rate / peer.rate),
            ));
        }
        for (peer, name) in [(&hand, "written by hand"), (&svelte, "SvelteKit")] {
            rows.push(Row::new(
                format!("{what}, CPU"),
                format!("{:.2} ms", ours.cpu),
                format!("{:.2} ms, {name}", peer.cpu),
                format!("{:.2} ×", ours.cpu / peer.cpu),
            ));
        }
    }
    Ok(rows)
}

/// The bytes of the page as browsers take it, and what compressing it costs.
async fn compressed(server: &Hawser, size: usize) -> Result<Row, Failure> {
    let plain = server.get_request("/credentials");
    let packed = server.get_request_with("/credentials", "Accept-Encoding: gzip");
    let answer = http::Connection::open(server.address).await?.ask(&packed).await?;
    if answer.header("content-encoding") != Some("gzip") {
        return Err("the page comes without compression".into());
    }
    let load = Load { connections: 16, requests: 1_000 };
    let (mut without, mut with) = (Figures::default(), Figures::default());
    let pid = server.pid()?;
    for _ in 0..ROUNDS {
        without.add(load, load.run(server.address, &plain, || cpu::used(pid)).await?);
        with.add(load, load.run(server.address, &packed, || cpu::used(pid)).await?);
    }
    let (without, with) = (without.median(), with.median());
    Ok(Row::new(
        format!("Credentials page, {ROWS} rows, compressed"),
        format!("{:.1} KiB, {:.2} ms CPU", kib(answer.body.len()), with.cpu),
        format!("{:.1} KiB, {:.2} ms CPU, as it is", kib(size), without.cpu),
        format!(
            "{:.1} × fewer bytes, {:+.0} % CPU",
            kib(size) / kib(answer.body.len()),
            100.0 * (with.cpu / without.cpu - 1.0)
        ),
    ))
}

/// Equal requests at once.
#[derive(Debug, Clone, Copy)]
struct Load {
    connections: usize,
    requests: usize,
}

/// Requests a second and milliseconds of CPU a request, of each turn.
#[derive(Debug, Default)]
struct Figures {
    rates: Vec<f64>,
    cpu: Vec<f64>,
}

/// The medians.
#[derive(Debug)]
struct Median {
    rate: f64,
    cpu: f64,
}

impl Load {
    /// How long they take, and the CPU time that `used` counts meanwhile.
    async fn run(
        self,
        address: SocketAddr,
        request: &[u8],
        used: impl Fn() -> Result<Duration, Failure>,
    ) -> Result<(Duration, Duration), Failure> {
        let before = used()?;
        let took = http::load(address, request, self.connections, self.requests).await?;
        Ok((took, used()?.saturating_sub(before)))
    }
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    fn add(&mut self, load: Load, (took, cpu): (Duration, Duration)) {
        let requests = load.requests as f64;
        self.rates.push(requests / took.as_secs_f64());
        self.cpu.push(cpu.as_secs_f64() * 1e3 / requests);
    }

    fn median(mut self) -> Median {
        Median { rate: median(&mut self.rates), cpu: median(&mut self.cpu) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the size of a page")]
fn kib(bytes: usize) -> f64 {
    bytes as f64 / 1_024.0
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
        let over = if bytes > LARGEST { ", more than 60 KiB" } else { "" };
        rows.push(Row::new(
            format!("{name}, {} credentials, {} charts", MANY.credentials, MANY.charts),
            format!("{:.1} ms, {} KiB", many * 1e3, bytes.div_ceil(1_024)),
            format!("{:.1} ms at {} credentials", few * 1e3, FEW.credentials),
            format!("{:.2} ×{over}", many / few),
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

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
