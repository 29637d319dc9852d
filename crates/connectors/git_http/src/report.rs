//! What a server says about a push.
//! Source: <https://git-scm.com/docs/pack-protocol#_report_status>.

use super::packets::{Packet, Packets};
use egress::Failure;

/// The most bytes of an answer to a push.
pub(super) const MOST: u64 = 1024 * 1024;
/// The most bytes of what hooks say that are kept.
const WORDS: usize = 8 * 1024;

/// The answer to a push of one reference.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// What became of the reference; `None` when the server did not say it.
    pub(super) outcome: Option<ReferenceStatus>,
    /// What hooks said.
    pub(super) words: String,
}

/// What became of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReferenceStatus {
    /// It is there.
    Accepted,
    /// It is not, with Git's own word for it.
    Refused(String),
}

impl Report {
    /// Reads as much of the answer as comes. A connection that breaks after the verdict does not
    /// change it.
    pub(super) async fn read(
        mut packets: Packets,
        reference: &str,
        bands: Bands,
    ) -> (Self, Option<Failure>) {
        let mut report = Self::default();
        let mut status = Vec::new();
        let broke = loop {
            match (packets.next().await, bands) {
                (Err(failure), _) => break Some(failure),
                (Ok(Packet::Flush | Packet::End), _) => break None,
                (Ok(Packet::Line(line)), Bands::One) => report.read_line(&line, reference),
                (Ok(Packet::Line(line)), Bands::Many) => match line.split_first() {
                    Some((1, status_lines)) => status.extend_from_slice(status_lines),
                    Some((2 | 3, words)) => report.hear(words),
                    _ => break Some(packets.nonsense()),
                },
            }
        };
        for line in lines(&status) {
            report.read_line(line, reference);
        }
        (report, broke)
    }

    fn read_line(&mut self, line: &[u8], reference: &str) {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end();
        if let Some(problem) = line.strip_prefix("unpack ") {
            if problem != "ok" {
                self.outcome = Some(ReferenceStatus::Refused(format!("unpack: {problem}")));
            }
        } else if line.strip_prefix("ok ") == Some(reference) {
            self.outcome.get_or_insert(ReferenceStatus::Accepted);
        } else if let Some(refused) = line.strip_prefix("ng ")
            && let Some(problem) = refused.strip_prefix(reference)
        {
            self.outcome.get_or_insert(ReferenceStatus::Refused(problem.trim_start().to_owned()));
        }
    }

    fn hear(&mut self, words: &[u8]) {
        let room = WORDS.saturating_sub(self.words.len());
        let words = words.get(..words.len().min(room)).unwrap_or_default();
        self.words.push_str(&String::from_utf8_lossy(words));
    }
}

/// Whether messages come beside the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bands {
    /// They do.
    Many,
    /// They do not.
    One,
}

/// Packet lines that lie in other packet lines; ends where they make no sense.
fn lines(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let digits = std::str::from_utf8(rest.get(..4)?).ok()?;
        let length = usize::from_str_radix(digits, 16).ok()?;
        let line = rest.get(4..length)?;
        rest = rest.get(length..)?;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> Option<ReferenceStatus> {
        let mut report = Report::default();
        for line in lines(text.as_bytes()) {
            report.read_line(line, "refs/heads/main");
        }
        report.outcome
    }

    #[test]
    fn the_first_verdict_counts() {
        let ok = "000eunpack ok\n0017ok refs/heads/main\n0000";
        assert_eq!(report(ok), Some(ReferenceStatus::Accepted));
        let refused = "000eunpack ok\n001cng refs/heads/main nope\n0000";
        assert_eq!(report(refused), Some(ReferenceStatus::Refused("nope".into())));
        let broken = "0012unpack broken\n0017ok refs/heads/main\n";
        assert_eq!(report(broken), Some(ReferenceStatus::Refused("unpack: broken".into())));
        for nothing in ["", "0000", "000eunpack ok\n0018ok refs/heads/main2\n", "zzzz", "ffffx"] {
            assert_eq!(report(nothing), None, "{nothing}");
        }
    }
}
