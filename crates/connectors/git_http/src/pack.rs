//! Writing a pack: the objects one by one, compressed and without deltas, because they are few
//! and small. Source: <https://git-scm.com/docs/gitformat-pack>.

use std::{collections::BTreeSet, io::Write as _};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use domain::Cause;
use flate2::{Compression, write::ZlibEncoder};
use git2::{ObjectType, Oid, Repository};

use egress::Failure;

/// A pack of these objects.
pub(super) fn write(repository: &Repository, ids: &BTreeSet<Oid>) -> Result<Vec<u8>, Failure> {
    let failed = || Failure::new(Cause::Internal, "write a pack");
    let odb = repository.odb().map_err(|error| failed().because(error))?;
    let count = u32::try_from(ids.len()).map_err(|error| failed().because(error))?;
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend_from_slice(&count.to_be_bytes());
    for id in ids {
        let object = odb.read(*id).map_err(|error| failed().because(error))?;
        pack.extend(header(code(object.kind()).ok_or_else(failed)?, object.len()));
        let mut encoder = ZlibEncoder::new(&mut pack, Compression::default());
        encoder
            .write_all(object.data())
            .and_then(|()| encoder.finish().map(|_| ()))
            .map_err(|error| failed().because(error))?;
    }
    let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, &pack);
    pack.extend_from_slice(sum.as_ref());
    Ok(pack)
}

const fn code(kind: ObjectType) -> Option<u8> {
    match kind {
        ObjectType::Commit => Some(1),
        ObjectType::Tree => Some(2),
        ObjectType::Blob => Some(3),
        ObjectType::Tag => Some(4),
        ObjectType::Any => None,
    }
}

/// The type in three bits and the length in four, then in seven at a time, the low ones first.
fn header(code: u8, length: usize) -> Vec<u8> {
    let low = |bits: usize, mask: usize| u8::try_from(bits & mask).unwrap_or_default();
    let mut header = Vec::new();
    let (mut byte, mut rest) = ((code << 4) | low(length, 0x0f), length >> 4);
    while rest > 0 {
        header.push(byte | 0x80);
        (byte, rest) = (low(rest, 0x7f), rest >> 7);
    }
    header.push(byte);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_low_bits_first() {
        assert_eq!(header(3, 0), [0x30]);
        assert_eq!(header(3, 15), [0x3f]);
        assert_eq!(header(1, 16), [0x90, 0x01]);
        assert_eq!(header(2, 2_048), [0xa0, 0x80, 0x01]);
    }
}
