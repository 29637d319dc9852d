//! Bodies with a budget: bytes after decompression, time, and a minimum rate (R-BOMB-01).

use std::{
    io::{self, Write},
    time::Duration,
};

use domain::Cause;
use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use tokio::time::{Instant, timeout_at};

use super::{
    Answer,
    classify::{self, Way},
};
use crate::Failure;

/// After this long a body has to have come at [`SLOWEST`] bytes a second on average.
const PATIENCE: Duration = Duration::from_secs(30);
const SLOWEST: u64 = 1_024;

impl Answer {
    /// Reads the whole body, or fails with `IndexTooLarge`: never a part of it.
    pub(crate) async fn body(mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let too_large = |answer: &Self| answer.failure(Cause::IndexTooLarge);
        let announced = self.text(CONTENT_LENGTH).parse::<usize>().ok();
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large(&self));
        }
        let mut sink = match self.text(CONTENT_ENCODING).to_ascii_lowercase().as_str() {
            "" | "identity" => Sink::Plain(Capped::new(limit, announced.unwrap_or(0))),
            "gzip" | "x-gzip" => Sink::Gzip(Box::new(MultiGzDecoder::new(Capped::new(limit, 0)))),
            _ => return Err(self.failure(Cause::IndexInvalid)),
        };
        let started = Instant::now();
        let mut received = 0_u64;
        loop {
            let chunk = match timeout_at(self.deadline, self.response.chunk()).await {
                Err(_) => return Err(self.failure(Cause::Timeout)),
                Ok(Err(error)) => return Err(classify::failure(error, &self.attempt, Way::Direct)),
                Ok(Ok(None)) => break,
                Ok(Ok(Some(chunk))) => chunk,
            };
            received += chunk.len() as u64;
            let elapsed = started.elapsed();
            if elapsed > PATIENCE && received < elapsed.as_secs().saturating_mul(SLOWEST) {
                return Err(self.failure(Cause::Timeout));
            }
            if let Err(error) = sink.write_all(&chunk) {
                return Err(if Capped::overflowed(&error) {
                    too_large(&self)
                } else {
                    self.failure(Cause::IndexInvalid)
                });
            }
        }
        sink.finish().map_err(|error| {
            if Capped::overflowed(&error) {
                too_large(&self)
            } else {
                self.failure(Cause::IndexInvalid)
            }
        })
    }

    /// The next piece of the body as it is on the wire; `None` at its end. For answers that their
    /// own protocol bounds: whoever reads them counts.
    pub(crate) async fn chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Failure> {
        match timeout_at(self.deadline, self.response.chunk()).await {
            Err(_) => Err(self.failure(Cause::Timeout)),
            Ok(Err(error)) => Err(classify::failure(error, &self.attempt, Way::Direct)),
            Ok(Ok(chunk)) => Ok(chunk),
        }
    }

    /// The start of the body, at most `most` bytes, for a look at it; errors end it early.
    pub(crate) async fn start_of_body(&mut self, most: usize) -> Vec<u8> {
        let mut start = Vec::new();
        while start.len() < most {
            let Ok(Ok(Some(chunk))) = timeout_at(self.deadline, self.response.chunk()).await else {
                break;
            };
            let room = chunk.len().min(most - start.len());
            start.extend_from_slice(chunk.get(..room).unwrap_or_default());
        }
        start
    }
}

enum Sink {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
}

impl Sink {
    fn write_all(&mut self, chunk: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(capped) => capped.write_all(chunk),
            Self::Gzip(decoder) => decoder.write_all(chunk),
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(capped) => Ok(capped.bytes),
            Self::Gzip(decoder) => Ok(decoder.finish()?.bytes),
        }
    }
}

/// A buffer that refuses to grow beyond its limit.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
}

impl Capped {
    fn new(limit: usize, expected: usize) -> Self {
        Self { bytes: Vec::with_capacity(expected.min(limit)), limit }
    }

    fn overflowed(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::FileTooLarge
    }
}

impl Write for Capped {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if chunk.len() > self.limit - self.bytes.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
