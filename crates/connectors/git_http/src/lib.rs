//! Git repositories over HTTP: branches are listed, one commit is read, one commit is pushed.
//!
//! The wire protocol is ours, as with OCI registries: every request goes out by
//! [`egress::Outbound`], a push names the commit that it was made from, and what a hostile
//! server sends meets no parser but these before it is bounded. Objects are libgit2's: it indexes
//! packs, reads and writes trees, and compares texts, in a temporary folder and in memory. Nothing
//! is ever checked out, no configuration of this machine is read, and no hook or filter runs.
//!
//! A commit is made from ids alone, so a large repository is as cheap as its trees: files are left
//! out of what is fetched where the server can do that, and those that people want to see follow by
//! their ids. A server that cannot do this sends the whole commit.
//!
//! Spoken is protocol version 0 over smart HTTP, which every host understands:
//! <https://git-scm.com/docs/http-protocol>, <https://git-scm.com/docs/pack-protocol>.

mod advertisement;
mod blob;
mod checkout;
mod commit;
mod contents;
mod diff;
mod fetch;
mod objects;
mod open;
mod pack;
mod pack_inspector;
mod packets;
mod path;
mod pull_request;
mod push;
mod report;
mod server;
mod server_messages;
mod upload_pack_request;

pub use blob::blob_id;
pub use checkout::{Checkout, FileKind, TreeFile};
pub use commit::{Author, Change, NewCommit};
pub use contents::Contents;
pub use diff::diff;
pub use pull_request::{Hosting, NewPullRequest, PullRequest, PullRequestState, commit_url};
pub use push::{PushError, Pushed};

use std::{env::temp_dir, path::Path, sync::Arc, time::Duration};

use domain::gitops::{Branches, GitUrl};

use advertisement::Service;
use egress::{EgressProfile, Failure, Login, Outbound};
use server::Server;

/// The most branches that are told.
const MOST_BRANCHES: usize = 1_000;

/// What one operation may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of one pack as it comes; unfolded it may have eight times as many.
    pub pack: u64,
    /// How long one operation may take, with all its requests.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pack: 256 * 1024 * 1024, time: Duration::from_mins(2) }
    }
}

/// Reads and writes Git repositories.
#[derive(Clone)]
pub struct Git {
    outbound: Outbound,
    limits: Limits,
    folder: Arc<Path>,
    egress: Arc<EgressProfile>,
}

impl Git {
    /// Git with the usual limits: 256 MiB and two minutes.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self::with(outbound, Limits::default())
    }

    /// Git with other limits.
    #[must_use]
    pub fn with(outbound: Outbound, limits: Limits) -> Self {
        Self { outbound, limits, folder: temp_dir().into(), egress: Arc::default() }
    }

    /// Fetched objects lie below this folder instead of the system's folder for temporary files,
    /// each [`Checkout`] in one of its own that only this user reads and that goes with it. What a
    /// process that was killed left behind has names that begin with `hawser-git-`.
    #[must_use]
    pub fn in_folder(self, folder: &Path) -> Self {
        Self { folder: folder.into(), ..self }
    }

    /// The same by another egress profile than the usual one, for repositories and the interfaces of their
    /// hosts.
    #[must_use]
    pub fn by(&self, egress: EgressProfile) -> Self {
        Self { egress: Arc::new(egress), ..self.clone() }
    }

    /// All branches by name, at most 1,000, and the default one. Nothing but the list is fetched.
    ///
    /// # Errors
    /// Why the repository could not be read.
    pub async fn branches(&self, url: &GitUrl, login: &Login) -> Result<Branches, Failure> {
        let advertised = self.server(url, login).advertisement(Service::UploadPack).await?;
        let mut names: Vec<String> = advertised.branches().map(|(name, _)| name.into()).collect();
        names.sort_unstable();
        names.truncate(MOST_BRANCHES);
        Ok(Branches { default: advertised.default_branch().unwrap_or_default().into(), names })
    }

    fn server<'a>(&'a self, url: &'a GitUrl, login: &'a Login) -> Server<'a> {
        Server::new(self, url, login)
    }
}
