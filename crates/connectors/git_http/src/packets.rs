//! Packet lines: four hexadecimal digits of length, then the content.
//! Source: <https://git-scm.com/docs/protocol-common#_pkt_line_format>.

use domain::Cause;

use egress::{Failure, HttpAnswer};

/// The digits before a line.
const DIGITS: usize = 4;
/// The longest line, with its digits.
const LONGEST: usize = 65_520;
/// The line that ends a part.
pub(super) const FLUSH: &[u8] = b"0000";

/// A packet line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// The end of a part.
    Flush,
    /// Content; a line feed at its end belongs to it.
    Line(Vec<u8>),
    /// The end of the answer.
    End,
}

/// The packet lines of an answer.
pub(super) struct Packets {
    answer: HttpAnswer,
    buffer: Vec<u8>,
    at: usize,
    received: u64,
    most: u64,
}

impl Packets {
    /// Reads the lines of an answer of at most `most` bytes.
    pub(super) const fn new(answer: HttpAnswer, most: u64) -> Self {
        Self { answer, buffer: Vec::new(), at: 0, received: 0, most }
    }

    /// The next line.
    pub(super) async fn next(&mut self) -> Result<Packet, Failure> {
        if !self.fill(DIGITS).await? {
            return if self.rest().is_empty() { Ok(Packet::End) } else { Err(self.nonsense()) };
        }
        let length = length(self.rest()).ok_or_else(|| self.nonsense())?;
        if length == 0 {
            self.at += DIGITS;
            return Ok(Packet::Flush);
        }
        if !self.fill(length).await? {
            return Err(self.nonsense());
        }
        let line = self.rest().get(DIGITS..length).unwrap_or_default().to_vec();
        self.at += length;
        Ok(Packet::Line(line))
    }

    /// The next line, which has to be content.
    pub(super) async fn line(&mut self) -> Result<Vec<u8>, Failure> {
        match self.next().await? {
            Packet::Line(line) => Ok(line),
            Packet::Flush | Packet::End => Err(self.nonsense()),
        }
    }

    /// What is there without packet lines: the next piece, `None` at the end.
    pub(super) async fn raw(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.rest().is_empty() && !self.more().await? {
            return Ok(None);
        }
        let piece = self.rest().to_vec();
        self.at = self.buffer.len();
        Ok(Some(piece))
    }

    /// The server speaks, but not Git.
    pub(super) fn nonsense(&self) -> Failure {
        self.failure(Cause::NotAGitRepository)
    }

    /// A failure of this request.
    pub(super) fn failure(&self, cause: Cause) -> Failure {
        self.answer.failure(cause)
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Whether so many bytes are there; waits for them.
    async fn fill(&mut self, bytes: usize) -> Result<bool, Failure> {
        while self.rest().len() < bytes {
            if !self.more().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn more(&mut self) -> Result<bool, Failure> {
        let Some(chunk) = self.answer.chunk().await? else { return Ok(false) };
        let chunk = chunk.as_ref();
        self.received += chunk.len() as u64;
        if self.received > self.most {
            return Err(self.failure(Cause::RepositoryTooLarge));
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        self.buffer.extend_from_slice(chunk);
        Ok(true)
    }
}

/// The length of the line that begins here, digits included; 0 for a flush. The other lines
/// without content are of protocol version 2.
fn length(start: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(start.get(..DIGITS)?).ok()?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let length = usize::from_str_radix(digits, 16).ok().filter(|_| plain)?;
    (length == 0 || (DIGITS..=LONGEST).contains(&length)).then_some(length)
}

/// Writes a packet line.
pub(super) fn write(to: &mut Vec<u8>, line: &str) {
    to.extend_from_slice(format!("{:04x}{line}", line.len() + DIGITS).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_strictly() {
        for (digits, expected) in [
            ("0000", Some(0)),
            ("0004", Some(4)),
            ("fff0", Some(65_520)),
            ("fff1", None),
            ("0001", None),
            ("0003", None),
            ("+00a", None),
            ("00g0", None),
            ("00", None),
            ("<htm", None),
        ] {
            assert_eq!(length(digits.as_bytes()), expected, "{digits}");
        }
        let mut written = Vec::new();
        write(&mut written, "done\n");
        assert_eq!(written, b"0009done\n");
    }
}
