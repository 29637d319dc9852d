//! First visits in a browser on a slow line (`benches/first-visit.js`).

use tokio::process::Command;

use crate::{Failure, hawser::Hawser, table::Row};

/// A page of each kind, and the milliseconds until it should be usable.
const PAGES: [(&str, &str, f64); 4] = [
    ("Sign-in", "/sign-in", 1_500.0),
    ("Credentials", "/credentials", 1_500.0),
    ("Overview", "/", 1_500.0),
    ("New credential, with islands", "/credentials/new?provider=ghcr", 2_000.0),
];

/// Visits each page five times with an empty cache.
pub async fn measure(server: &Hawser) -> Result<Vec<Row>, Failure> {
    let output = Command::new("node")
        .args(["benches/first-visit.js", &format!("http://{}", server.address), server.cookie()])
        .args(PAGES.map(|(_, path, _)| path))
        .output()
        .await?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("visiting pages in a browser: {why}").into());
    }
    let text = String::from_utf8(output.stdout)?;
    let mut rows = Vec::new();
    for ((name, _, goal), line) in PAGES.iter().zip(text.lines()) {
        let visit: serde_json::Value = serde_json::from_str(line)?;
        let figure = |key: &str| {
            let figure = visit.get(key).and_then(serde_json::Value::as_f64);
            figure.ok_or_else(|| format!("no {key} of {name}"))
        };
        rows.push(Row::new(
            format!("First visit, Slow 4G, CPU ÷ 4: {name}"),
            format!("usable after {:.2} s", figure("usable")? / 1e3),
            format!("{:.1} s goal", goal / 1e3),
            format!(
                "painted {:.2} s, {:.0} KiB, {:.0} ms of long tasks, layout shift {:.3}",
                figure("first")? / 1e3,
                figure("bytes")? / 1_024.0,
                figure("busy")?,
                figure("shift")?
            ),
        ));
    }
    Ok(rows)
}
