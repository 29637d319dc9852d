//! How large the bundle is, and how large it may be.

use std::{fmt, fs, path::Path};

use crate::{
    compress,
    error::{Attempted as _, Error},
    project::BundleFile,
};

/// The WebAssembly module, in brotli bytes.
const WASM_BUDGET: u64 = 120_000;
/// Everything a first page loads, in brotli bytes.
const TOTAL_BUDGET: u64 = 150_000;

struct Row {
    url: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Row {
    fn is_wasm(&self) -> bool {
        Path::new(&self.url).extension().is_some_and(|extension| extension == "wasm")
    }
}

/// The size of every file.
pub struct Sizes {
    rows: Vec<Row>,
}

impl Sizes {
    /// Measures the files; what has no compressed sibling counts as it is.
    pub fn of(files: &[BundleFile]) -> Result<Self, Error> {
        let mut rows = Vec::new();
        for file in files {
            let [plain, brotli, gzip] = compress::with_siblings(&file.path);
            let raw = fs::metadata(&plain).at("measure", &plain)?.len();
            let [brotli, gzip] =
                [brotli, gzip].map(|path| fs::metadata(path).map_or(raw, |found| found.len()));
            rows.push(Row { url: file.url.clone(), raw, gzip, brotli });
        }
        Ok(Self { rows })
    }

    fn wasm(&self) -> u64 {
        self.rows.iter().filter(|row| row.is_wasm()).map(|row| row.brotli).sum()
    }

    fn total(&self) -> u64 {
        self.rows.iter().map(|row| row.brotli).sum()
    }

    /// Fails when the bundle is larger than its budget.
    pub fn keep_budget(&self) -> Result<(), Error> {
        if self.wasm() > WASM_BUDGET || self.total() > TOTAL_BUDGET {
            return Err(Error::new("The bundle is larger than its budget."));
        }
        Ok(())
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<44} {:>10} {:>10} {:>10}", "file", "raw", "gzip", "brotli")?;
        for row in &self.rows {
            let (raw, gzip, brotli) = (kb(row.raw), kb(row.gzip), kb(row.brotli));
            writeln!(f, "{:<44} {raw:>10} {gzip:>10} {brotli:>10}", row.url)?;
        }
        for (what, size, budget) in
            [("WebAssembly", self.wasm(), WASM_BUDGET), ("everything", self.total(), TOTAL_BUDGET)]
        {
            let verdict = if size > budget { "OVER" } else { "within" };
            writeln!(f, "{what}: {} brotli, {verdict} the budget of {}", kb(size), kb(budget))?;
        }
        Ok(())
    }
}

/// Thousands of bytes with one decimal.
fn kb(bytes: u64) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(wasm: u64, css: u64) -> Sizes {
        let row = |url: &str, brotli| Row { url: url.into(), raw: 0, gzip: 0, brotli };
        Sizes { rows: vec![row("/pkg/a.wasm", wasm), row("/pkg/a.css", css)] }
    }

    #[test]
    fn both_budgets_count() {
        assert!(sizes(100_000, 40_000).keep_budget().is_ok());
        assert!(sizes(120_001, 0).keep_budget().is_err());
        assert!(sizes(100_000, 50_001).keep_budget().is_err());
        assert!(sizes(130_000, 0).to_string().contains("WebAssembly: 130.0 KB brotli, OVER"));
    }

    #[test]
    fn sizes_are_rounded() {
        assert_eq!(
            [kb(0), kb(949), kb(950), kb(120_000)],
            ["0.0 KB", "0.9 KB", "1.0 KB", "120.0 KB"]
        );
    }
}
