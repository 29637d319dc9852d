//! What was found, as a table for people and as JSON for programs.

use std::{fmt, process::ExitCode};

use serde_json::json;
use vault::CheckResult;

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report(pub(super) Vec<Row>);

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    what: String,
    verdict: CheckResult,
    detail: String,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table.
    Table,
    /// One JSON object.
    Json,
}

impl Row {
    pub(super) fn new(what: &str, verdict: CheckResult, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        Self { what: what.to_owned(), verdict, detail: detail.replace(char::is_control, " ") }
    }
}

impl Report {
    /// 0 when all is well, 1 when it works and somebody should look at it, 2 when it does not work.
    #[must_use]
    pub fn exit(&self) -> ExitCode {
        ExitCode::from(match self.worst() {
            CheckResult::Skipped | CheckResult::Fine => 0,
            CheckResult::Doubtful => 1,
            CheckResult::Wrong => 2,
        })
    }

    /// The text to print.
    #[must_use]
    pub fn text(&self, format: Format) -> String {
        match format {
            Format::Table => self.to_string(),
            Format::Json => {
                let rows: Vec<_> = self
                    .0
                    .iter()
                    .map(|row| {
                        json!({ "check": row.what, "verdict": row.verdict.as_str(), "detail": row.detail })
                    })
                    .collect();
                format!("{}\n", json!({ "verdict": self.worst().as_str(), "checks": rows }))
            }
        }
    }

    fn worst(&self) -> CheckResult {
        self.0.iter().map(|row| row.verdict).fold(CheckResult::Fine, CheckResult::max)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|row| row.what.chars().count()).max().unwrap_or(0);
        writeln!(f, "{:<8}  {:<width$}  DETAIL", "VERDICT", "CHECK")?;
        for Row { what, verdict, detail } in &self.0 {
            writeln!(f, "{:<8}  {what:<width$}  {detail}", verdict.as_str())?;
        }
        f.write_str(match self.worst() {
            CheckResult::Skipped | CheckResult::Fine => "\nThis configuration can be used.\n",
            CheckResult::Doubtful => {
                "\nThis configuration can be used; look at what is doubtful.\n"
            }
            CheckResult::Wrong => "\nThis configuration cannot be used as it is.\n",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides() {
        let row = |verdict| Row::new("vault login", verdict, "line\nbreak");
        let mut report = Report(vec![row(CheckResult::Fine), row(CheckResult::Skipped)]);
        assert_eq!(report.worst(), CheckResult::Fine);
        report.0.push(row(CheckResult::Doubtful));
        assert_eq!(report.worst(), CheckResult::Doubtful);
        report.0.push(row(CheckResult::Wrong));
        assert_eq!(report.worst(), CheckResult::Wrong);
        let table = report.text(Format::Table);
        assert!(table.contains("wrong     vault login  line break\n"), "{table}");
        assert!(table.ends_with("cannot be used as it is.\n"), "{table}");
        let json: serde_json::Value = serde_json::from_str(&report.text(Format::Json)).unwrap();
        assert_eq!(json["verdict"], "wrong");
        assert_eq!(json["checks"][2]["verdict"], "doubtful");
    }
}
