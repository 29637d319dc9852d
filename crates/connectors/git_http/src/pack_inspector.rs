//! Looks at a pack before it is indexed: how much it says it holds, and how much it unfolds to.
//! A few kilobytes can unfold to more than any memory, as compressed zeros or as a delta that
//! repeats them (R-BOMB-01). Source: <https://git-scm.com/docs/gitformat-pack>.

use domain::Cause;
use flate2::{Decompress, FlushDecompress, Status};

/// The most objects of a pack.
const MOST_OBJECTS: u32 = 4_000_000;
/// The largest object: hosts take no larger files.
const LARGEST: u64 = 128 * 1024 * 1024;
/// How many times larger than its limit a pack may be when it is unfolded.
const GROWS: u64 = 8;
/// The bytes of a pack before its objects.
const START: usize = 12;
/// The bytes of an object's id.
const ID: usize = 20;
/// The two lengths at the begin of a delta have at most so many bytes.
const DELTA_HEAD: usize = 20;

/// A pack that is looked at while it passes by.
pub(super) struct Unfolding {
    part: Part,
    /// How many objects were asked for, where that is known.
    asked: Option<u32>,
    /// Objects that are still to come.
    left: u32,
    /// Bytes that the pack may still unfold to.
    room: u64,
    inflate: Decompress,
    scratch: Box<[u8]>,
}

/// Where in the pack the next byte lies.
enum Part {
    Start(Vec<u8>),
    Head,
    Size { kind: u8, size: u64, shift: u32 },
    Offset { size: u64 },
    Base { size: u64, left: usize },
    Content { size: u64, delta: Option<Vec<u8>> },
    End,
}

impl Unfolding {
    /// Looks at a pack that may come with so many bytes, and with no more objects than were asked
    /// for where that is known.
    pub(super) fn new(most: u64, asked: Option<u32>) -> Self {
        Self {
            part: Part::Start(Vec::new()),
            asked,
            left: 0,
            room: most.saturating_mul(GROWS),
            inflate: Decompress::new(true),
            scratch: vec![0; 32 * 1024].into(),
        }
    }

    /// Looks at the next piece.
    ///
    /// # Errors
    /// `RepositoryTooLarge` for a pack that unfolds to too much, `ServerError` for what is none or
    /// holds what nobody asked for.
    pub(super) fn look(&mut self, mut piece: &[u8]) -> Result<(), Cause> {
        while let Some((byte, rest)) = piece.split_first() {
            if let Part::Content { .. } = self.part {
                piece = self.content(piece)?;
                continue;
            }
            if let Part::End = self.part {
                return Ok(());
            }
            self.byte(*byte)?;
            piece = rest;
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) -> Result<(), Cause> {
        let more = byte & 0x80 != 0;
        match &mut self.part {
            Part::Start(start) => {
                start.push(byte);
                if start.len() == START {
                    self.left = objects(start)?;
                    if self.asked.is_some_and(|asked| self.left > asked) {
                        return Err(Cause::ServerError);
                    }
                    self.part = self.next();
                }
            }
            Part::Head => {
                let (kind, size) = ((byte >> 4) & 0x07, u64::from(byte & 0x0f));
                self.part = if more {
                    Part::Size { kind, size, shift: 4 }
                } else {
                    self.named(kind, size)?
                };
            }
            Part::Size { kind, size, shift } => {
                let (kind, size) = (*kind, with_bits(*size, byte, *shift)?);
                let shift = *shift + 7;
                self.part =
                    if more { Part::Size { kind, size, shift } } else { self.named(kind, size)? };
            }
            Part::Offset { size } if !more => {
                self.part = Part::Content { size: *size, delta: Some(Vec::new()) };
            }
            Part::Base { size, left: 1 } => {
                self.part = Part::Content { size: *size, delta: Some(Vec::new()) };
            }
            Part::Base { left, .. } => *left -= 1,
            Part::Offset { .. } | Part::Content { .. } | Part::End => {}
        }
        Ok(())
    }

    /// The head of an object was read.
    fn named(&mut self, kind: u8, size: u64) -> Result<Part, Cause> {
        self.count(size)?;
        match kind {
            1..=4 => Ok(Part::Content { size, delta: None }),
            6 => Ok(Part::Offset { size }),
            7 => Ok(Part::Base { size, left: ID }),
            _ => Err(Cause::ServerError),
        }
    }

    /// Unfolds as much of an object as is there; answers with what follows it.
    fn content<'p>(&mut self, piece: &'p [u8]) -> Result<&'p [u8], Cause> {
        let Part::Content { size, delta } = &mut self.part else { return Ok(piece) };
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(piece, &mut self.scratch, FlushDecompress::None)
            .map_err(|_| Cause::ServerError)?;
        let read = moved(before.0, self.inflate.total_in());
        let written = moved(before.1, self.inflate.total_out());
        if self.inflate.total_out() > *size {
            return Err(Cause::ServerError);
        }
        if let Some(head) = delta {
            let wanted = DELTA_HEAD.saturating_sub(head.len()).min(written);
            head.extend_from_slice(self.scratch.get(..wanted).unwrap_or_default());
        }
        if status == Status::StreamEnd {
            let result = delta.take().map(|head| result_of(&head)).transpose()?;
            self.inflate.reset(true);
            self.left = self.left.saturating_sub(1);
            self.count(result.unwrap_or(0))?;
            self.part = self.next();
        } else if read == 0 && written == 0 {
            return Err(Cause::ServerError);
        }
        Ok(piece.get(read..).unwrap_or_default())
    }

    /// So many bytes more are unfolded.
    fn count(&mut self, size: u64) -> Result<(), Cause> {
        self.room = self.room.checked_sub(size).ok_or(Cause::RepositoryTooLarge)?;
        if size > LARGEST { Err(Cause::RepositoryTooLarge) } else { Ok(()) }
    }

    const fn next(&self) -> Part {
        if self.left == 0 { Part::End } else { Part::Head }
    }
}

/// How many objects a pack holds, by its first bytes.
fn objects(start: &[u8]) -> Result<u32, Cause> {
    let is_pack = start.starts_with(b"PACK\0\0\0\x02") || start.starts_with(b"PACK\0\0\0\x03");
    let count = start.last_chunk().map(|count| u32::from_be_bytes(*count));
    match count.filter(|_| is_pack) {
        Some(count) if count <= MOST_OBJECTS => Ok(count),
        Some(_) => Err(Cause::RepositoryTooLarge),
        None => Err(Cause::ServerError),
    }
}

/// The length of what a delta makes: the second of the two at its begin.
fn result_of(head: &[u8]) -> Result<u64, Cause> {
    let mut bytes = head.iter();
    length(&mut bytes)?;
    length(&mut bytes)
}

/// A length of a delta: seven bits at a time, the low ones first.
fn length<'b>(bytes: &mut impl Iterator<Item = &'b u8>) -> Result<u64, Cause> {
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = *bytes.next().ok_or(Cause::ServerError)?;
        length = with_bits(length, byte, shift)?;
        if byte & 0x80 == 0 {
            return Ok(length);
        }
        shift += 7;
    }
}

/// A number with seven more bits at this place.
fn with_bits(number: u64, byte: u8, shift: u32) -> Result<u64, Cause> {
    let bits = u64::from(byte & 0x7f);
    let placed = bits.checked_shl(shift).filter(|placed| placed >> shift == bits);
    placed.map(|placed| number | placed).ok_or(Cause::RepositoryTooLarge)
}

fn moved(before: u64, after: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn pack(count: u32, parts: &[&[u8]]) -> Vec<u8> {
        [b"PACK\0\0\0\x02".as_slice(), &count.to_be_bytes(), &parts.concat(), &[9; 20]].concat()
    }

    /// Whole and byte by byte, which must be the same.
    fn look(pack: &[u8]) -> Result<(), Cause> {
        let whole = Unfolding::new(1024 * 1024, None).look(pack);
        let mut slow = Unfolding::new(1024 * 1024, None);
        assert_eq!(pack.chunks(1).try_for_each(|byte| slow.look(byte)), whole);
        whole
    }

    #[test]
    fn ordinary_packs_pass() {
        // A blob of five bytes, a delta by offset to three, a delta by id to three.
        let (blob, delta) = (zlib(b"hello"), zlib(&[5, 3, 0x90, 3]));
        let id = [7; 20];
        let good = pack(3, &[&[0x35], &blob, &[0x64, 0x80, 0x01], &delta, &[0x74], &id, &delta]);
        assert_eq!(look(&good), Ok(()));
        assert_eq!(look(&pack(0, &[])), Ok(()));
    }

    #[test]
    fn r_bomb_01_a_pack_that_unfolds_too_far_is_refused() {
        let large = Err(Cause::RepositoryTooLarge);
        // Two hundred million bytes, said in the head of a blob.
        assert_eq!(look(&pack(1, &[&[0xb0, 0x90, 0xf5, 0xae, 0x05]])), large);
        // A delta whose result is a terabyte.
        let delta = zlib(&[5, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x90, 3]);
        assert_eq!(look(&pack(1, &[&[0x79], &[7; 20], &delta])), large);
        // Lengths of more than 64 bits.
        assert_eq!(look(&pack(1, &[&[0xb0], &[0xff; 10]])), large);
        assert_eq!(look(&pack(u32::MAX, &[])), large);
        // Many that are small enough one by one: nine times a megabyte where eight fit.
        let zeros = zlib(&vec![0; 1024 * 1024]);
        let one: &[u8] = &[&[0xb0, 0x80, 0x80, 0x04], zeros.as_slice()].concat();
        assert_eq!(look(&pack(8, &[one; 8])), Ok(()));
        assert_eq!(look(&pack(9, &[one; 9])), large);
    }

    #[test]
    fn what_is_no_pack_is_refused() {
        let nonsense = Err(Cause::ServerError);
        for bad in [
            b"<html>......".to_vec(),
            pack(1, &[&[0x05]]),
            pack(1, &[&[0x35], b"not zlib at all"]),
            // More than it said.
            pack(1, &[&[0x32], &zlib(b"hello")]),
            // A delta without its lengths.
            pack(1, &[&[0x71], &[7; 20], &zlib(&[0x80])]),
        ] {
            assert_eq!(look(&bad), nonsense, "{bad:?}");
        }
        // Two objects, of which one was asked for.
        let blob = [&[0x35], zlib(b"hello").as_slice()].concat();
        let two = pack(2, &[&blob, &blob]);
        assert_eq!(Unfolding::new(1024, Some(1)).look(&two), nonsense);
        assert_eq!(Unfolding::new(1024, Some(2)).look(&two), Ok(()));
    }
}
