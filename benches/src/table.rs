//! The printed table.

use std::fmt::Write;

/// One measurement.
pub struct Row {
    what: String,
    figure: String,
    baseline: String,
    remark: String,
}

impl Row {
    /// What was measured, the figure, what the baseline needs, and a ratio or remark.
    pub fn new(
        what: impl Into<String>,
        figure: impl Into<String>,
        baseline: impl Into<String>,
        remark: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            figure: figure.into(),
            baseline: baseline.into(),
            remark: remark.into(),
        }
    }
}

/// A Markdown table, aligned for terminals.
pub fn render(rows: &[Row]) -> String {
    let head = Row::new("What", "Hawser", "Baseline", "Remark");
    let width = |cell: fn(&Row) -> &str| {
        rows.iter().chain([&head]).map(|row| cell(row).chars().count()).max().unwrap_or(0)
    };
    let widths =
        [width(|r| &r.what), width(|r| &r.figure), width(|r| &r.baseline), width(|r| &r.remark)];
    let line = |row: &Row| {
        let cells = [&row.what, &row.figure, &row.baseline, &row.remark];
        cells.iter().zip(widths).fold(String::from("|"), |mut line, (cell, width)| {
            let _ = write!(line, " {cell:width$} |");
            line
        })
    };
    let rule = widths.iter().fold(String::from("|"), |mut rule, width| {
        let _ = write!(rule, "{}|", "-".repeat(width + 2));
        rule
    });
    let mut lines = vec![line(&head), rule];
    lines.extend(rows.iter().map(line));
    lines.join("\n")
}
