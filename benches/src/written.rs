//! The Credentials page written by hand: axum, one statement over sqlx, and a row as one string. It has what
//! Hawser's page has in its table and none of its rights, sessions or forms, so it is what is left to gain.

use std::{fmt::Write as _, net::SocketAddr, path::Path, process::Stdio};

use axum::{Router, extract::State, response::Html, routing::get};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteConnectOptions};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

use crate::Failure;

const ROWS: &str = "
    select c.id, c.name, c.provider, c.created_at, c.last_used_at, c.state, c.expires_at,
      (select count(*) from links l where l.organization_id = c.organization_id and l.credential_id = c.id) as linked,
      (select count(*) from links l
       join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
       where l.organization_id = c.organization_id and l.credential_id = c.id and r.state = 'failing') as failing
    from credentials c
    where c.organization_id = (select id from organizations limit 1) and c.deleted_at is null
    order by c.name_key limit 50";

/// Runs in a process of its own: prints where it listens, and serves until it is killed.
pub async fn serve(file: &str) -> Result<(), Failure> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let pool = SqlitePool::connect_with(options).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/", get(page)).with_state(pool)).await?;
    Ok(())
}

async fn page(State(pool): State<SqlitePool>) -> Result<Html<String>, String> {
    let rows = sqlx::query(ROWS).fetch_all(&pool).await.map_err(|error| error.to_string())?;
    let mut html = String::with_capacity(80 * 1_024);
    html.push_str(
        "<!DOCTYPE html><html lang=\"en\"><head><title>Credentials</title></head><body><table>",
    );
    for row in rows {
        let id: Vec<u8> = row.get("id");
        let id = id.iter().fold(String::with_capacity(32), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        });
        let (name, provider): (&str, &str) = (row.get("name"), row.get("provider"));
        let (linked, failing): (i64, i64) = (row.get("linked"), row.get("failing"));
        let created: i64 = row.get("created_at");
        let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let _ = write!(
            html,
            "<tr><th scope=\"row\"><a href=\"/credentials/{id}\">{name}</a></th><td>{provider}</td>\
             <td><a href=\"/charts/repositories?credential={id}\">{linked} repositories</a>, {failing} fail</td>\
             <td><time datetime=\"{created}\">{created}</time></td><td><span class=\"badge\">Healthy</span></td>\
             <td><details><summary aria-label=\"Actions for {name}\"></summary><a href=\"/credentials/{id}\">View</a>\
             <a href=\"/credentials/{id}/delete\">Delete</a></details></td></tr>"
        );
    }
    html.push_str("</table></body></html>");
    Ok(Html(html))
}

/// The page in its process.
pub struct Written {
    pub address: SocketAddr,
    process: Child,
}

impl Written {
    /// Starts it on a server's file.
    pub async fn start(file: &Path) -> Result<Self, Failure> {
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

    /// Its process.
    pub fn pid(&self) -> Result<u32, Failure> {
        self.process.id().ok_or_else(|| "the page written by hand stopped".into())
    }
}
