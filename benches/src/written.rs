//! The Credentials page written by hand: axum, one statement over rusqlite in the request's thread, and rows
//! written into one string. It has the elements of Hawser's table and none of its rights, sessions or forms, so
//! it is what is left to gain.

use std::{cell::RefCell, fmt::Write as _, path::PathBuf};

use axum::{Router, extract::State, response::Html, routing::get};
use domain::Timestamp;
use rusqlite::{Connection, OpenFlags};
use tokio::net::TcpListener;

use crate::Failure;

/// What the page shows; the `SvelteKit` page asks the same.
pub const STATEMENT: &str = "
    select c.id, c.name, c.provider, c.pattern, c.created_at, c.last_used_at, c.expires_at,
      (select count(*) from links l where l.organization_id = c.organization_id and l.credential_id = c.id) as linked,
      (select count(*) from links l
       join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
       where l.organization_id = c.organization_id and l.credential_id = c.id and r.state = 'failing') as failing
    from credentials c
    where c.organization_id = (select id from organizations limit 1) and c.deleted_at is null
    order by c.name_key limit 50";

/// Runs in a process of its own: prints where it listens, and serves until it is killed.
pub async fn serve(file: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let app = Router::new().route("/", get(page)).with_state(PathBuf::from(file));
    axum::serve(listener, app).await?;
    Ok(())
}

thread_local! {
    /// A connection of each thread, so that no request waits for another.
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

async fn page(State(file): State<PathBuf>) -> Result<Html<String>, String> {
    CONNECTION
        .with_borrow_mut(|kept| {
            let connection = match kept {
                Some(connection) => connection,
                None => kept.insert(Connection::open_with_flags(
                    file,
                    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
                )?),
            };
            write(connection)
        })
        .map(Html)
        .map_err(|error| error.to_string())
}

fn write(connection: &Connection) -> rusqlite::Result<String> {
    let mut html = String::with_capacity(80 * 1_024);
    html.push_str(HEAD);
    let mut statement = connection.prepare_cached(STATEMENT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        write_row(&mut html, row)?;
    }
    html.push_str("</tbody></table></body></html>");
    Ok(html)
}

const HEAD: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Credentials</title></head><body><h1>Credentials</h1>\
    <table class=\"table list\"><thead><tr><th scope=\"col\">State</th><th scope=\"col\">Name</th>\
    <th scope=\"col\">Provider</th><th scope=\"col\">Pattern</th><th scope=\"col\">Used by</th>\
    <th scope=\"col\">Expires</th><th scope=\"col\">Last used</th><th scope=\"col\">Created</th>\
    <th scope=\"col\">Actions</th></tr></thead><tbody>";

fn write_row(html: &mut String, row: &rusqlite::Row<'_>) -> rusqlite::Result<()> {
    let id: [u8; 16] = row.get("id")?;
    let id = id.iter().fold(String::with_capacity(32), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    });
    let name = escaped(row.get_ref("name")?.as_str()?);
    let provider = row.get_ref("provider")?.as_str()?;
    let (linked, failing): (i64, i64) = (row.get("linked")?, row.get("failing")?);
    let state = match (linked, failing) {
        (0, _) => "Unused",
        (_, 0) => "Healthy",
        _ => "Failing",
    };
    let _ = write!(
        html,
        "<tr><td data-label=\"State\"><div class=\"state\"><span class=\"badge\">\
         <svg class=\"icon\" aria-hidden=\"true\"><use href=\"/icons.svg#circle\"></use></svg>{state}</span></div></td>\
         <th scope=\"row\" data-label=\"Name\" title=\"{name}\"><div class=\"cell\"><a href=\"/credentials/{id}\">{name}</a>\
         </div></th><td data-label=\"Provider\"><span class=\"provider\"><svg class=\"icon\" aria-hidden=\"true\">\
         <use href=\"/icons.svg#container\"></use></svg><span>{provider}</span></span></td>\
         <td class=\"roomier\" data-label=\"Pattern\">"
    );
    match escaped(row.get_ref("pattern")?.as_str()?) {
        pattern if pattern.is_empty() => html.push_str("<span class=\"muted\">None</span>"),
        pattern => drop(write!(html, "<code>{pattern}</code>")),
    }
    html.push_str("</td><td data-label=\"Used by\">");
    match linked {
        0 => html.push_str("<span class=\"muted\">None</span>"),
        linked => drop(write!(
            html,
            "<a href=\"/charts/repositories?credential={id}\">{linked} repositories</a>"
        )),
    }
    html.push_str("</td><td class=\"later\" data-label=\"Expires\">");
    write_time(html, row.get("expires_at")?, "Unknown");
    html.push_str("</td><td class=\"later\" data-label=\"Last used\">");
    write_time(html, row.get("last_used_at")?, "Never");
    html.push_str("</td><td class=\"roomier\" data-label=\"Created\">");
    write_time(html, row.get("created_at")?, "");
    let _ = write!(
        html,
        "</td><td class=\"row-actions\"><details class=\"menu\" name=\"row-menu\">\
         <summary aria-label=\"Actions for {name}\"><svg class=\"icon\" aria-hidden=\"true\">\
         <use href=\"/icons.svg#ellipsis-vertical\"></use></svg></summary><div class=\"menu-list\">\
         <a href=\"/credentials/{id}\">View</a><a class=\"danger\" href=\"/credentials/{id}/delete\">Delete</a>\
         </div></details></td></tr>"
    );
    Ok(())
}

fn write_time(html: &mut String, at: Option<i64>, without: &str) {
    let _ = match at.map(Timestamp::from_millis) {
        Some(at) => {
            let (date, title) = (at.rfc3339(), at.readable());
            write!(html, "<time data-age datetime=\"{date}\" title=\"{title}\">just now</time>")
        }
        None => write!(html, "<span class=\"muted\">{without}</span>"),
    };
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
