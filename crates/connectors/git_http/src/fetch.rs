//! Fetching of one commit without its history: its trees, files by their ids, or everything.
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
    advertisement::{Capabilities, Service},
    objects::Objects,
    pack_inspector::Unfolding,
    packets::{Packet, Packets},
    server::Server,
    upload_pack_request::{Bands, Part, Wish},
};
use egress::Failure;

/// Pieces of a pack that wait for the indexer.
const WAITING: usize = 16;
/// Only the owner reads a pack.
const MODE: u32 = 0o600;

impl Server<'_> {
    /// Fetches a part of a commit that the server advertised. Who will not send a part sends
    /// everything, or the reason why not.
    pub(super) async fn fetch(
        &self,
        capabilities: &Capabilities,
        commit: Oid,
        part: Part<'_>,
    ) -> Result<Objects, Failure> {
        let wish = Wish::of(capabilities, commit, part);
        match self.fetched(&wish).await {
            Err(Unfetched::Refused(_)) if wish.part != Part::Everything => {
                tracing::debug!(
                    "Git server refused to send single files; fetching the whole commit"
                );
                let whole = Wish::of(capabilities, commit, Part::Everything);
                Ok(self.fetched(&whole).await?)
            }
            fetched => Ok(fetched?),
        }
    }

    async fn fetched(&self, wish: &Wish<'_>) -> Result<Objects, Unfetched> {
        let answer = self.call(Service::UploadPack, wish.request()).await;
        let answer = answer.map_err(|refused| refused.failure)?;
        let mut packets = Packets::new(answer, self.git.limits.pack);
        skip_to_pack(&mut packets).await?;

        let folder = Objects::folder(&self.git.folder)?;
        let (sender, receiver) = channel(WAITING);
        let (place, deadline) = (folder.path().join("pack"), self.deadline);
        let look = Unfolding::new(self.git.limits.pack, wish.objects());
        let indexing = spawn_blocking(move || index(receiver, look, &place, deadline));
        while let Some(piece) = piece(&mut packets, wish.bands).await? {
            if sender.send(piece).await.is_err() {
                // The indexer had enough; it says why.
                break;
            }
        }
        drop(sender);
        // What is received needs no place at the host any more.
        drop(packets);
        indexing
            .await
            .map_err(|error| Failure::new(Cause::Internal, "index a pack").because(error))??;
        let objects = Objects::open(folder)?;
        if !matches!(wish.part, Part::Blobs(_)) {
            objects.commit(wish.commit)?;
        }
        Ok(objects)
    }
}

/// Why there are no objects.
enum Unfetched {
    /// The server understood the wish and does not fulfil it.
    Refused(Failure),
    /// Anything else.
    Failed(Failure),
}

impl From<Failure> for Unfetched {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Unfetched> for Failure {
    fn from(unfetched: Unfetched) -> Self {
        match unfetched {
            Unfetched::Refused(failure) | Unfetched::Failed(failure) => failure,
        }
    }
}

/// Reads what comes before the pack: where the history was cut, and that nothing is in common.
async fn skip_to_pack(packets: &mut Packets) -> Result<(), Unfetched> {
    loop {
        match packets.next().await? {
            Packet::Flush => {}
            Packet::Line(line) if line.starts_with(b"shallow ") => {}
            Packet::Line(line) if line.trim_ascii_end() == b"NAK" => return Ok(()),
            // Such as a commit that went away since it was advertised, or a filter that this
            // repository does not allow.
            Packet::Line(line) if line.starts_with(b"ERR ") => {
                return Err(Unfetched::Refused(packets.failure(Cause::ServerError)));
            }
            Packet::Line(_) | Packet::End => return Err(packets.nonsense().into()),
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
