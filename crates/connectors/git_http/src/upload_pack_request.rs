//! What is asked of a server that sends packs.
//! Source: <https://git-scm.com/docs/gitprotocol-pack#_packfile_negotiation>.

use std::slice;

use git2::Oid;

use super::{
    advertisement::Capabilities,
    packets::{self, FLUSH},
};

/// A line of a request, after the capability that it needs.
type Line = (&'static str, &'static str);

/// The history is cut after the commit itself.
const DEPTH: Line = ("shallow", "deepen 1\n");
/// No file comes along.
const FILTER: Line = ("filter", "filter blob:none\n");

/// What of a commit is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// The commit, its trees and all its files.
    Everything,
    /// The commit and its trees, without any file
    /// (<https://git-scm.com/docs/gitprotocol-capabilities#_filter>).
    Trees,
    /// These files alone, by their ids, as servers that filter send whatever was left out
    /// (<https://git-scm.com/docs/partial-clone>).
    Blobs(&'a [Oid]),
}

/// How the server sends a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bands {
    /// In packet lines, beside messages.
    Many(&'static str),
    /// As it is.
    One,
}

impl Bands {
    fn of(capabilities: &Capabilities) -> Self {
        ["side-band-64k", "side-band"]
            .into_iter()
            .find(|name| capabilities.can(name))
            .map_or(Self::One, Self::Many)
    }
}

/// A wish that a server can understand.
pub(super) struct Wish<'a> {
    pub(super) commit: Oid,
    pub(super) part: Part<'a>,
    pub(super) bands: Bands,
    capabilities: &'a Capabilities,
}

impl<'a> Wish<'a> {
    /// The wish for a part of a commit; for everything, where the server cannot leave files out.
    pub(super) fn of(capabilities: &'a Capabilities, commit: Oid, part: Part<'a>) -> Self {
        let part = match part {
            Part::Trees if !capabilities.can("filter") => Part::Everything,
            part => part,
        };
        Self { commit, part, bands: Bands::of(capabilities), capabilities }
    }

    /// The most objects that fulfil it, where that is known.
    pub(super) fn objects(&self) -> Option<u32> {
        match self.part {
            Part::Blobs(wanted) => u32::try_from(wanted.len()).ok(),
            Part::Everything | Part::Trees => None,
        }
    }

    /// The request. A commit comes without its parents where the server can leave them out.
    pub(super) fn request(&self) -> Vec<u8> {
        let (wanted, more) = match &self.part {
            Part::Blobs(wanted) => (*wanted, &[][..]),
            Part::Everything => (slice::from_ref(&self.commit), &[DEPTH][..]),
            Part::Trees => (slice::from_ref(&self.commit), &[DEPTH, FILTER][..]),
        };
        let mut body = Vec::new();
        let mut words = self.words();
        for id in wanted {
            packets::write(&mut body, &format!("want {id}{words}\n"));
            // They are said once.
            words.clear();
        }
        for (needed, line) in more {
            if self.capabilities.can(needed) {
                packets::write(&mut body, line);
            }
        }
        body.extend_from_slice(FLUSH);
        packets::write(&mut body, "done\n");
        body
    }

    /// What both can do, and we want, after a space each.
    fn words(&self) -> String {
        let band = match self.bands {
            Bands::Many(name) => Some(name),
            Bands::One => None,
        };
        // Azure DevOps serves nobody who does not know `multi_ack`, which without commits in common
        // changes nothing.
        let plain = ["multi_ack_detailed", "ofs-delta", "no-progress"];
        let filter = Some("filter").filter(|_| self.part == Part::Trees);
        let plain = plain.into_iter().chain(filter).filter(|name| self.capabilities.can(name));
        band.into_iter().chain(plain).flat_map(|name| [" ", name]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(capabilities: &str, part: Part<'_>) -> String {
        let commit = Oid::from_bytes(&[0xaa; 20]).unwrap();
        let capabilities = capabilities.into();
        let wish = Wish::of(&capabilities, commit, part);
        String::from_utf8(wish.request()).unwrap()
    }

    #[test]
    fn nothing_is_asked_that_a_server_does_not_know() {
        let id = "aa".repeat(20);
        let plain = format!("0032want {id}\n00000009done\n");
        assert_eq!(request("", Part::Everything), plain);
        assert_eq!(request("", Part::Trees), plain);
        assert_eq!(
            request("side-band-64k shallow", Part::Trees),
            format!("0040want {id} side-band-64k\n000ddeepen 1\n00000009done\n")
        );
        assert_eq!(
            request("shallow filter", Part::Trees),
            format!("0039want {id} filter\n000ddeepen 1\n0015filter blob:none\n00000009done\n")
        );
        assert_eq!(
            request("shallow filter", Part::Everything),
            format!("0032want {id}\n000ddeepen 1\n00000009done\n")
        );
    }

    #[test]
    fn files_are_asked_for_by_their_ids_at_once() {
        let (a, b) = (Oid::from_bytes(&[1; 20]).unwrap(), Oid::from_bytes(&[2; 20]).unwrap());
        assert_eq!(
            request("shallow filter ofs-delta", Part::Blobs(&[a, b])),
            format!("003cwant {a} ofs-delta\n0032want {b}\n00000009done\n")
        );
    }
}
