//! Pages of others that Hawser's is compared with, each in a process of its own on the same SQLite file.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

use crate::{Failure, cpu, http, written};

/// A running page.
pub struct Peer {
    pub address: SocketAddr,
    process: Child,
}

impl Peer {
    /// The page written by hand (`written.rs`).
    pub async fn written_by_hand(file: &Path) -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["child", "page"])
            .arg(file)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no standard output")?).lines();
        let line = lines.next_line().await?.ok_or("the page written by hand did not start")?;
        Ok(Self { address: line.parse()?, process })
    }

    /// The page of `benches/sveltekit`, which `scripts/bench.sh` builds, in one process or two.
    pub async fn sveltekit(file: &Path, processes: Processes) -> Result<Self, Failure> {
        let folder = PathBuf::from("benches/sveltekit");
        let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        let process = Command::new(folder.join("node_modules/.bin/node"))
            .arg(folder.join(processes.file()))
            .env("HOST", address.ip().to_string())
            .env("PORT", address.port().to_string())
            .env("ORIGIN", format!("http://{address}"))
            .env("BENCH_DATABASE", file)
            .env("BENCH_STATEMENT", written::STATEMENT)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| format!("starting the SvelteKit page: {source}"))?;
        let peer = Self { address, process };
        for _ in 0..200 {
            if let Ok(mut connection) = http::Connection::open(address).await
                && connection.ask(&peer.request()).await?.status == 200
            {
                return Ok(peer);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("the SvelteKit page did not start".into())
    }

    /// The bytes of a GET of its page.
    pub fn request(&self) -> Vec<u8> {
        format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).into_bytes()
    }

    /// The CPU time that it and the processes it started have used.
    pub fn cpu(&self) -> Result<Duration, Failure> {
        cpu::used_by_tree(self.process.id().ok_or("a page to compare with stopped")?)
    }
}

/// How many processes serve a `SvelteKit` page.
#[derive(Debug, Clone, Copy)]
pub enum Processes {
    /// One, as `adapter-node` starts it.
    One,
    /// Two on one port.
    Two,
}

impl Processes {
    const fn file(self) -> &'static str {
        match self {
            Self::One => "build/index.js",
            Self::Two => "two.js",
        }
    }
}
