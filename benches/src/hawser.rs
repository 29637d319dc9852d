//! The shipping build of the server, as its own process, used over HTTP.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

use crate::{
    Failure,
    http::{Answer, Connection},
    memory,
};

const PASSWORD: &str = "a password of the bench";

/// Names another build of the server than the shipping one. The server itself knows no such setting.
const SERVER: &str = "HAWSER_BENCH_SERVER";

/// A running server with one account, signed in.
pub struct Hawser {
    /// Where it listens.
    pub address: SocketAddr,
    /// From start to the first answer.
    pub answers: Duration,
    /// From start to the printed set-up link, with a new OpenBao behind it.
    pub ready: Duration,
    process: Child,
    cookie: String,
    folder: tempfile::TempDir,
}

impl Hawser {
    /// Starts the shipping build, or what `HAWSER_BENCH_SERVER` names, on a free port with an empty data folder.
    pub async fn start() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        let binary = binary();
        let started = Instant::now();
        let mut process = Command::new(&binary)
            .env_remove(SERVER)
            .env("HAWSER_DATA_DIR", folder.path())
            .env("HAWSER_LISTEN", address.to_string())
            .env("HAWSER_METRICS_LISTEN", "off")
            .env("HAWSER_LOG", "warn")
            .env("HAWSER_REQUEST_RATE", "1000000")
            .env("HAWSER_OUTBOUND_ALLOW", "127.0.0.1/32")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_| format!("{} is missing; run `make build` first", binary.display()))?;
        let answers = first_answer(address, started).await?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no standard output")?).lines();
        let link = loop {
            let line = lines
                .next_line()
                .await?
                .ok_or("the server stopped before it printed the set-up link")?;
            if let Some(link) = line.strip_prefix("Set up Hawser: ") {
                break link.trim().to_owned();
            }
        };
        let ready = started.elapsed();
        let mut server = Self { address, answers, ready, process, cookie: String::new(), folder };
        server.wait_for_vault().await?;
        server.set_up(&link).await?;
        Ok(server)
    }

    async fn wait_for_vault(&self) -> Result<(), Failure> {
        for _ in 0..300 {
            let request = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
            if let Ok(mut connection) = Connection::open(self.address).await
                && connection.ask(request.as_bytes()).await?.status == 200
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err("the server did not become ready in 30 s".into())
    }

    async fn set_up(&mut self, link: &str) -> Result<(), Failure> {
        let token = link.rsplit('/').next().ok_or("the set-up link has no token")?;
        let answer = self
            .post(
                "/actions/set-up",
                &[
                    ("token", token),
                    ("organization", "Bench"),
                    ("name", "Ada"),
                    ("email", "ada@example.com"),
                    ("password", PASSWORD),
                ],
            )
            .await?;
        let cookie = answer.header("set-cookie").ok_or("the set-up gave no session")?;
        cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
        Ok(())
    }

    /// Adds a credential of a registry; answers its id.
    pub async fn create_credential(&self, name: &str, password: &str) -> Result<String, Failure> {
        self.create("/actions/credentials/create", &login("generic_registry", name, password)).await
    }

    /// Adds a credential of a Git server; answers its id.
    pub async fn create_git_login(&self, name: &str, password: &str) -> Result<String, Failure> {
        self.create("/actions/credentials/create", &login("generic_git", name, password)).await
    }

    /// Sends a form that adds something; answers the id of what was added.
    pub async fn create(&self, path: &str, fields: &[(&str, &str)]) -> Result<String, Failure> {
        let answer = self.post(path, fields).await?;
        let page = answer.header("location").ok_or("no page of what was added")?;
        let page = page.split('?').next().unwrap_or_default();
        let id = page.split('/').find(|part| part.len() == 36 && part.matches('-').count() == 4);
        Ok(id.ok_or_else(|| format!("{path} leads to {page}"))?.to_owned())
    }

    /// Adds a repository that uses a credential.
    pub async fn add_repository(
        &self,
        url: &str,
        name: &str,
        credential: &str,
    ) -> Result<(), Failure> {
        let fields = [
            ("url", url),
            ("name", name),
            ("kind", "helm"),
            ("credential", credential),
            ("interval", "0"),
        ];
        let answer = self.post("/actions/repositories/add", &fields).await?;
        match answer.header("location") {
            Some(page) if !page.contains("/new") => Ok(()),
            page => Err(format!("adding a repository leads to {page:?}").into()),
        }
    }

    /// Changes the password of a credential; answers the id of the propagation and the time until
    /// "saved" was answered.
    pub async fn update_credential(
        &self,
        id: &str,
        row_version: u32,
        name: &str,
        password: &str,
    ) -> Result<(String, Duration), Failure> {
        let fields = [
            ("credential", id),
            ("row_version", &row_version.to_string()),
            ("name", name),
            ("username", "ada"),
            ("password", password),
        ];
        let started = Instant::now();
        let answer = self.post("/actions/credentials/update", &fields).await?;
        let saved = started.elapsed();
        let page = answer.header("location").ok_or("no page after the update")?;
        let id = page
            .split("propagation=")
            .nth(1)
            .ok_or_else(|| format!("the update leads to {page}"))?;
        Ok((id.split('&').next().unwrap_or_default().to_owned(), saved))
    }

    /// A page, fetched once.
    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        Connection::open(self.address).await?.ask(&self.get_request(path)).await
    }

    /// The bytes of a GET with the session's cookie.
    pub fn get_request(&self, path: &str) -> Vec<u8> {
        self.get_request_with(path, "Accept: text/html")
    }

    /// The same with one header of its own.
    pub fn get_request_with(&self, path: &str, header: &str) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{header}\r\nCookie: {}\r\n\r\n",
            self.address, self.cookie
        )
        .into_bytes()
    }

    /// Sends a form as a browser without JavaScript does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, Failure> {
        let body = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect::<Vec<_>>()
            .join("&");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.cookie,
            body.len(),
            host = self.address,
        );
        let answer = Connection::open(self.address).await?.ask(request.as_bytes()).await?;
        if (300..400).contains(&answer.status) {
            Ok(answer)
        } else {
            Err(format!("{path} answers {}", answer.status).into())
        }
    }

    /// Its SQLite file.
    pub fn database_file(&self) -> PathBuf {
        self.folder.path().join("hawser.db")
    }

    /// The cookie of who signed in.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Its process.
    pub fn pid(&self) -> Result<u32, Failure> {
        self.process.id().ok_or_else(|| "the server stopped".into())
    }

    /// Resident memory now, in bytes.
    pub fn resident(&self) -> Result<u64, Failure> {
        memory::resident(self.pid()?)
    }

    /// Most resident memory so far, in bytes.
    pub fn peak(&self) -> Result<u64, Failure> {
        memory::peak(self.pid()?)
    }

    /// Asks the server to stop, as Ctrl-C does, so that it stops its OpenBao too.
    pub async fn stop(mut self) -> Result<(), Failure> {
        let id = self.process.id().ok_or("the server stopped")?;
        Command::new("kill").arg(id.to_string()).status().await?;
        tokio::time::timeout(Duration::from_secs(20), self.process.wait()).await??;
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench is told here which build it measures")]
fn binary() -> PathBuf {
    let named = std::env::var_os(SERVER).map(PathBuf::from);
    named.unwrap_or_else(|| "target/release/hawser-server".into())
}

/// Asks again and again until the server answers that it lives.
async fn first_answer(address: SocketAddr, started: Instant) -> Result<Duration, Failure> {
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    while started.elapsed() < Duration::from_secs(30) {
        if let Ok(mut connection) = Connection::open(address).await
            && connection.ask(request.as_bytes()).await?.status == 200
        {
            return Ok(started.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err("the server did not answer in 30 s".into())
}

fn login<'a>(provider: &'a str, name: &'a str, password: &'a str) -> [(&'a str, &'a str); 4] {
    [("provider", provider), ("name", name), ("username", "ada"), ("password", password)]
}

/// Percent-encodes a form value.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
