//! Sizes of what the browser downloads.

use std::{fs, path::Path};

use crate::{Failure, table::Row};

/// One row for the WebAssembly, one for everything the first page needs, in brotli bytes.
pub fn measure() -> Result<Vec<Row>, Failure> {
    let dist = Path::new("dist");
    let manifest: serde_json::Value = serde_json::from_slice(
        &fs::read(dist.join("manifest.json"))
            .map_err(|_| "dist/manifest.json is missing; run `make build` first")?,
    )?;
    let size = |key: &str| -> Result<u64, Failure> {
        let path = manifest
            .get(key)
            .and_then(serde_json::Value::as_str)
            .ok_or("the manifest lacks a file")?;
        Ok(fs::metadata(dist.join(format!("{}.br", path.trim_start_matches('/'))))?.len())
    };
    let (wasm, js, css) = (size("wasm")?, size("js")?, size("css")?);
    Ok(vec![
        Row::new("WebAssembly, brotli", kib(wasm), "120 KiB budget", ""),
        Row::new(
            "WebAssembly, JavaScript and CSS, brotli",
            kib(wasm + js + css),
            "150 KiB budget",
            "",
        ),
    ])
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1_024))
}
