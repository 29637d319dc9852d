//! Measures Hawser beside a baseline in the same run, and prints a table.
//!
//! The server is the shipping build, started as its own process with SQLite and a managed OpenBao,
//! and used over HTTP as people use it. Every figure stands beside what a bare program needs for
//! the same bytes on the same machine, because seconds alone say nothing about another machine.

mod bundle;
mod cpu;
mod database;
mod exchange;
mod first_visit;
mod hawser;
mod http;
mod index;
mod lookup;
mod memory;
mod page;
mod peer;
mod propagation;
mod pushes;
mod route;
mod search;
mod table;
mod written;

use std::{env, process::ExitCode};

use table::Row;

/// What a bench may fail with.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["child", "parse", address] => index::child_parse(address).await,
        ["child", "download", address] => index::child_download(address).await,
        ["child", "page", file] => written::serve(file).await,
        ["lookup"] => lookup::measure().await.map(|rows| println!("{}", table::render(&rows))),
        ["page"] => page_alone().await,
        ["pushes"] => pushes_alone().await,
        ["exchange"] => exchange::measure().await.map(|rows| println!("{}", table::render(&rows))),
        _ => run().await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn page_alone() -> Result<(), Failure> {
    let server = hawser::Hawser::start().await?;
    let mut rows = page::measure(&server).await?;
    rows.extend(page::measure_many(&server).await?);
    rows.extend(search::measure(&server).await?);
    rows.push(idle(&server).await?);
    rows.extend(first_visit::measure(&server).await?);
    server.stop().await?;
    println!("{}", table::render(&rows));
    Ok(())
}

/// What the server holds on to, once it has nothing to do.
async fn idle(server: &hawser::Hawser) -> Result<Row, Failure> {
    tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    let resident = memory::mib(server.resident()?);
    Ok(Row::new("Server, resident when idle after use", resident, "60 MiB goal", "OpenBao aside"))
}

async fn pushes_alone() -> Result<(), Failure> {
    let server = hawser::Hawser::start().await?;
    let rows = pushes::measure(&server).await?;
    server.stop().await?;
    println!("{}", table::render(&rows));
    Ok(())
}

async fn run() -> Result<(), Failure> {
    let mut rows: Vec<Row> = bundle::measure()?;
    let server = hawser::Hawser::start().await?;
    rows.push(Row::new(
        "Server, answers after start",
        format!("{} ms", server.answers.as_millis()),
        "500 ms budget",
        "OpenBao aside",
    ));
    rows.push(Row::new(
        "Server, ready for the first account",
        format!("{} ms", server.ready.as_millis()),
        "",
        "a new OpenBao included",
    ));
    rows.push(Row::new(
        "Server, resident when idle",
        memory::mib(server.resident()?),
        "",
        "OpenBao aside",
    ));
    rows.extend(page::measure(&server).await?);
    rows.extend(propagation::measure(&server).await?);
    rows.extend(pushes::measure(&server).await?);
    rows.extend(page::measure_many(&server).await?);
    rows.extend(search::measure(&server).await?);
    rows.extend(first_visit::measure(&server).await?);
    rows.push(idle(&server).await?);
    rows.push(Row::new("Server, peak memory of this run", memory::mib(server.peak()?), "", ""));
    server.stop().await?;
    rows.extend(lookup::measure().await?);
    rows.extend(exchange::measure().await?);
    rows.extend(index::measure().await?);
    println!("{}", table::render(&rows));
    Ok(())
}
