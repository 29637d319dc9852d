//! Fetching one commit with its files and without its history.
//! Source: <https://git-scm.com/docs/pack-protocol#_packfile_negotiation>.

use std::{io::Write as _, path::Path};

use domain::Cause;
use git2::{Indexer, Oid};
use tokio::{
    sync::mpsc::{Receiver, channel},
    task::spawn_blocking,
    time::Instant,
};

use super::{
    advertisement::{Advertisement, Service},
    objects::Objects,
    packets::{self, FLUSH, Packet, Packets},
    server::Server,
    unfold::Unfolding,
};
use crate::Failure;

/// Pieces of a pack that wait for the indexer.
const WAITING: usize = 16;
/// Only the owner reads a pack.
const MODE: u32 = 0o600;

impl Server<'_> {
    /// Fetches a commit that the server advertised.
    pub(super) async fn fetch(
        &self,
        advertised: &Advertisement,
        commit: Oid,
    ) -> Result<Objects, Failure> {
        let bands = Bands::of(advertised);
        let wish = wish(advertised, commit, bands);
        let answer =
            self.call(Service::UploadPack, wish).await.map_err(|refused| refused.failure)?;
        let mut packets = Packets::new(answer, self.limits.pack);
        skip_to_pack(&mut packets).await?;

        let folder = Objects::folder()?;
        let (sender, receiver) = channel(WAITING);
        let (place, deadline) = (folder.path().join("pack"), self.deadline);
        let look = Unfolding::new(self.limits.pack);
        let indexing = spawn_blocking(move || index(receiver, look, &place, deadline));
        while let Some(piece) = piece(&mut packets, bands).await? {
            if sender.send(piece).await.is_err() {
                // The indexer had enough; it says why.
                break;
            }
        }
        drop(sender);
        indexing
            .await
            .map_err(|error| Failure::new(Cause::Internal, "index a pack").because(error))??;
        let objects = Objects::open(folder)?;
        objects.commit(commit)?;
        Ok(objects)
    }
}

/// How the server sends a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bands {
    /// In packet lines, beside messages.
    Many(&'static str),
    /// As it is.
    One,
}

impl Bands {
    fn of(advertised: &Advertisement) -> Self {
        ["side-band-64k", "side-band"]
            .into_iter()
            .find(|name| advertised.can(name))
            .map_or(Self::One, Self::Many)
    }
}

/// The request: one commit, without its parents where the server can leave them out.
fn wish(advertised: &Advertisement, commit: Oid, bands: Bands) -> Vec<u8> {
    let mut wanted = format!("want {commit}");
    let band = match bands {
        Bands::Many(name) => Some(name),
        Bands::One => None,
    };
    // Azure DevOps serves nobody who does not know `multi_ack`, which without commits in common
    // changes nothing.
    let plain = ["multi_ack_detailed", "ofs-delta", "no-progress"]
        .into_iter()
        .filter(|name| advertised.can(name));
    for name in band.into_iter().chain(plain) {
        wanted.push(' ');
        wanted.push_str(name);
    }
    wanted.push('\n');
    let mut body = Vec::new();
    packets::write(&mut body, &wanted);
    if advertised.can("shallow") {
        packets::write(&mut body, "deepen 1\n");
    }
    body.extend_from_slice(FLUSH);
    packets::write(&mut body, "done\n");
    body
}

/// Reads what comes before the pack: where the history was cut, and that nothing is in common.
async fn skip_to_pack(packets: &mut Packets) -> Result<(), Failure> {
    loop {
        match packets.next().await? {
            Packet::Flush => {}
            Packet::Line(line) if line.starts_with(b"shallow ") => {}
            Packet::Line(line) if line.trim_ascii_end() == b"NAK" => return Ok(()),
            // Such as a commit that went away since it was advertised.
            Packet::Line(line) if line.starts_with(b"ERR ") => {
                return Err(packets.failure(Cause::ServerError));
            }
            Packet::Line(_) | Packet::End => return Err(packets.nonsense()),
        }
    }
}

/// The next piece of the pack; `None` at its end.
async fn piece(packets: &mut Packets, bands: Bands) -> Result<Option<Vec<u8>>, Failure> {
    if bands == Bands::One {
        return packets.raw().await;
    }
    loop {
        match packets.next().await? {
            Packet::Flush | Packet::End => return Ok(None),
            Packet::Line(mut line) => match line.first() {
                Some(1) => {
                    line.drain(..1);
                    return Ok(Some(line));
                }
                Some(2) => {}
                Some(3) => return Err(packets.failure(Cause::ServerError)),
                _ => return Err(packets.nonsense()),
            },
        }
    }
}

/// Writes the pack and its index into a folder.
fn index(
    mut pieces: Receiver<Vec<u8>>,
    mut look: Unfolding,
    place: &Path,
    deadline: Instant,
) -> Result<(), Failure> {
    let attempt = "index the pack of the Git repository";
    let local = |error: std::io::Error| Failure::new(Cause::Internal, attempt).because(error);
    std::fs::create_dir(place).map_err(local)?;
    // The hash of every object is computed here; a pack with others than promised lacks those.
    let broken = |error: git2::Error| {
        let late = Instant::now() >= deadline;
        let cause = if late { Cause::Timeout } else { Cause::ServerError };
        Failure::new(cause, attempt).because(error)
    };
    let mut indexer = Indexer::new(None, place, MODE, false).map_err(broken)?;
    indexer.progress(move |_| Instant::now() < deadline);
    while let Some(piece) = pieces.blocking_recv() {
        look.look(&piece).map_err(|cause| Failure::new(cause, attempt))?;
        indexer
            .write_all(&piece)
            .map_err(|error| Failure::new(Cause::ServerError, attempt).because(error))?;
    }
    indexer.commit().map_err(broken)?;
    Ok(())
}
