//! age recipients: public keys to which SOPS files are encrypted.

use std::fmt;

use crate::{Field, FieldProblem};

/// An X25519 public key, as age writes it: Bech32 with the prefix `age`
/// (github.com/C2SP/C2SP/blob/main/age.md, "The X25519 recipient type"; Bech32: BIP 173).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recipient([u8; 32]);

/// The 32 letters of Bech32.
const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const PREFIX: &str = "age";
/// The letters of the checksum.
const CHECKSUM: usize = 6;

impl Recipient {
    /// Reads a public key and checks its checksum.
    ///
    /// # Errors
    /// When it is none; it says so when it is a secret key, and never repeats it.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let problem = |message: &str| Field::Recipients.problem(message);
        let text = text.trim();
        if text.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("AGE-SECRET-KEY")) {
            return Err(problem(
                "This is a secret key, which belongs into the cluster only. Paste the public key, which begins with age1, and make a new pair: this one was shown.",
            ));
        }
        let key = decoded(text).ok_or_else(|| {
            problem("Paste public keys as age-keygen prints them: age1 and 58 more characters.")
        })?;
        // Any peer's key would lead to the same shared secret (RFC 7748, section 6.1).
        if key.iter().all(|byte| *byte == 0) {
            return Err(problem("This key is all zeros, which is no key."));
        }
        Ok(Self(key))
    }

    /// The key itself, as X25519 takes it (RFC 7748).
    #[must_use]
    pub const fn key(&self) -> &[u8; 32] {
        &self.0
    }
}

impl super::ExportSettings {
    /// The recipients, one on a line; those of a form that was read are all well-formed.
    #[must_use]
    pub fn recipients(&self) -> Vec<Recipient> {
        self.recipients.lines().filter_map(|line| Recipient::parse(line).ok()).collect()
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut values = regrouped(&self.0, 8, 5, Padding::Added).unwrap_or_default();
        let checksum = polymod(&[&expanded(), &values, &[0; CHECKSUM]]) ^ 1;
        values.extend((0..CHECKSUM).rev().map(|place| ((checksum >> (5 * place)) & 31) as u8));
        write!(f, "{PREFIX}1")?;
        for letter in values.iter().filter_map(|value| LETTERS.get(usize::from(*value))) {
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

fn decoded(text: &str) -> Option<[u8; 32]> {
    if text.bytes().any(|b| b.is_ascii_lowercase()) && text.bytes().any(|b| b.is_ascii_uppercase())
    {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let data = text.strip_prefix(PREFIX)?.strip_prefix('1')?;
    let values: Vec<u8> = data
        .bytes()
        .map(|letter| LETTERS.iter().position(|known| *known == letter))
        .map(|place| place.and_then(|place| u8::try_from(place).ok()))
        .collect::<Option<_>>()?;
    if polymod(&[&expanded(), &values]) != 1 {
        return None;
    }
    let values = values.get(..values.len().checked_sub(CHECKSUM)?)?;
    regrouped(values, 5, 8, Padding::Zero)?.try_into().ok()
}

/// The prefix as it goes into the checksum.
fn expanded() -> Vec<u8> {
    let high = PREFIX.bytes().map(|b| b >> 5);
    high.chain([0]).chain(PREFIX.bytes().map(|b| b & 31)).collect()
}

fn polymod(parts: &[&[u8]]) -> u32 {
    const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mut checksum = 1_u32;
    for value in parts.iter().copied().flatten() {
        let top = checksum >> 25;
        checksum = ((checksum & 0x01ff_ffff) << 5) ^ u32::from(*value);
        for (bit, generator) in GENERATORS.iter().enumerate() {
            if (top >> bit) & 1 == 1 {
                checksum ^= generator;
            }
        }
    }
    checksum
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    /// The last group is filled up with zeros.
    Added,
    /// What is left over has to be less than a group, and zero.
    Zero,
}

/// Bits in groups of `from` put into groups of `to`.
fn regrouped(values: &[u8], from: u32, to: u32, padding: Padding) -> Option<Vec<u8>> {
    let (mut kept, mut bits) = (0_u32, 0_u32);
    let most = (1 << to) - 1;
    let mut groups = Vec::new();
    for value in values {
        kept = ((kept << from) | u32::from(*value)) & 0xffff;
        bits += from;
        while bits >= to {
            bits -= to;
            groups.push(u8::try_from((kept >> bits) & most).ok()?);
        }
    }
    let rest = (kept << (to - bits)) & most;
    match padding {
        Padding::Added if bits > 0 => groups.push(u8::try_from(rest).ok()?),
        Padding::Zero if bits >= from || rest != 0 => return None,
        Padding::Added | Padding::Zero => {}
    }
    Some(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the test suite of age (github.com/C2SP/CCTV, "age").
    const KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    #[test]
    fn a_public_key_reads_back() {
        assert_eq!(Recipient::parse(KEY).unwrap().to_string(), KEY);
        assert_eq!(Recipient::parse(&format!(" {KEY} ")).unwrap().to_string(), KEY);
        assert_eq!(Recipient::parse(&KEY.to_uppercase()).unwrap().to_string(), KEY);
    }

    #[test]
    fn one_wrong_letter_is_noticed() {
        for place in 4..KEY.len() {
            let mut text = KEY.to_owned().into_bytes();
            text[place] = if text[place] == b'q' { b'p' } else { b'q' };
            let text = String::from_utf8(text).unwrap();
            assert!(Recipient::parse(&text).is_err(), "{place}");
        }
        let mixed = KEY.replacen('z', "Z", 1);
        let pq = format!("age1pq1{}", &KEY[4..]);
        for bad in ["", "age1", &KEY[..61], &format!("{KEY}q"), &mixed, &pq, "ssh-ed25519 AAAA"] {
            assert!(Recipient::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_secret_key_is_called_one_and_not_repeated() {
        let problem = Recipient::parse("AGE-SECRET-KEY-1CANARY").unwrap_err();
        assert!(problem.message.contains("secret key") && !problem.message.contains("CANARY"));
    }
}
