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
    HttpAnswer,
    classify::{self, ProxyMode},
};
use crate::Failure;

/// After this long a body has to have come at [`SLOWEST`] bytes a second on average.
const PATIENCE: Duration = Duration::from_secs(30);
const SLOWEST: u64 = 1_024;

impl HttpAnswer {
    /// Reads the whole body, or fails with `IndexTooLarge`: never a part of it.
    pub async fn body(mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let too_large = |answer: &Self| answer.failure(Cause::IndexTooLarge);
        let announced = self.text(CONTENT_LENGTH).parse::<usize>().ok();
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large(&self));
        }
        let mut sink = match self.coding() {
            Coding::None => Sink::Plain(Capped::new(limit, announced.unwrap_or(0))),
            Coding::Gzip => Sink::Gzip(Box::new(MultiGzDecoder::new(Capped::new(limit, 0)))),
        };
        let started = Instant::now();
        let mut received = 0_u64;
        loop {
            let chunk = match timeout_at(self.deadline, self.response.chunk()).await {
                Err(_) => return Err(self.failure(Cause::Timeout)),
                Ok(Err(error)) => {
                    return Err(classify::failure(error, &self.attempt, ProxyMode::Direct));
                }
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
        sink.finish().map(|capped| capped.bytes).map_err(|error| {
            if Capped::overflowed(&error) {
                too_large(&self)
            } else {
                self.failure(Cause::IndexInvalid)
            }
        })
    }

    /// How the body is packed. Only gzip is asked for, and other words say nothing: `aws-chunked`
    /// is left over from an upload long ago.
    fn coding(&self) -> Coding {
        let values = self.headers().get_all(CONTENT_ENCODING).into_iter();
        let mut codings =
            values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        let is_gzip = codings.any(|coding| {
            let coding = coding.trim();
            coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip")
        });
        if is_gzip { Coding::Gzip } else { Coding::None }
    }

    /// The next piece of the body as it is on the wire; `None` at its end. For answers that their
    /// own protocol bounds: whoever reads them counts.
    pub async fn chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Failure> {
        match timeout_at(self.deadline, self.response.chunk()).await {
            Err(_) => Err(self.failure(Cause::Timeout)),
            Ok(Err(error)) => Err(classify::failure(error, &self.attempt, ProxyMode::Direct)),
            Ok(Ok(chunk)) => Ok(chunk),
        }
    }

    /// The start of the body, at most `most` bytes, for a look at it; errors end it early.
    pub async fn start_of_body(&mut self, most: usize) -> Vec<u8> {
        let filling = Filling { bytes: Vec::new(), most };
        let mut sink = match self.coding() {
            Coding::None => Sink::Plain(filling),
            Coding::Gzip => Sink::Gzip(Box::new(MultiGzDecoder::new(filling))),
        };
        while sink.inner().bytes.len() < most {
            let Ok(Ok(Some(chunk))) = timeout_at(self.deadline, self.response.chunk()).await else {
                break;
            };
            // Full, or packed wrongly: what came before it is all there is to look at.
            if sink.write_all(&chunk).and_then(|()| sink.flush()).is_err() {
                break;
            }
        }
        std::mem::take(&mut sink.inner().bytes)
    }
}

/// How a body is packed.
enum Coding {
    None,
    Gzip,
}

enum Sink<W: Write> {
    Plain(W),
    Gzip(Box<MultiGzDecoder<W>>),
}

impl<W: Write> Sink<W> {
    fn write_all(&mut self, chunk: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.write_all(chunk),
            Self::Gzip(decoder) => decoder.write_all(chunk),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.flush(),
            Self::Gzip(decoder) => decoder.flush(),
        }
    }

    fn inner(&mut self) -> &mut W {
        match self {
            Self::Plain(writer) => writer,
            Self::Gzip(decoder) => decoder.get_mut(),
        }
    }

    fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(writer) => Ok(writer),
            Self::Gzip(decoder) => decoder.finish(),
        }
    }
}

/// A buffer that is filled up to its limit.
struct Filling {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Filling {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let room = chunk.len().min(self.most.saturating_sub(self.bytes.len()));
        self.bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
