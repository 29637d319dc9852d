use std::{mem, sync::PoisonError};

use domain::{Cause, gitops::Branch};
use git2::Oid;
use tokio::task::spawn_blocking;

use super::{
    Checkout, NewCommit,
    advertisement::{Advertisement, Service, reference},
    commit::{self, Built},
    packets::{self, FLUSH, Packets},
    report::{self, Bands, ReferenceStatus, Report},
    server::{Refused, Server},
    server_messages::{self, Meaning},
};
use egress::{Failure, Login};

/// What was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The commit, in 40 hexadecimal digits. The one that was opened, or empty in an empty
    /// repository, when nothing had to change: then no commit was pushed, and a branch that was not there
    /// begins at it.
    pub commit: String,
    /// Every written file by path, with the id of its content.
    pub blobs: Vec<(String, String)>,
}

/// Why nothing was pushed, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Somebody else pushed meanwhile: open again and render again.
    #[error("could not push: the branch moved")]
    Moved,
    /// The server said no.
    #[error("could not push: the server refused the commit")]
    Rejected {
        /// `BranchProtected`, `PushRejected` or `InsufficientScope`.
        cause: Cause,
        /// Its own words: one line, bounded, without control characters; may be empty.
        reason: String,
    },
    /// The answer got lost: the commit may be there. Open again and look.
    #[error("could not learn whether the push arrived")]
    Unknown(#[source] Failure),
    /// It is not there.
    #[error("could not push")]
    Failed(#[source] Failure),
}

impl Checkout {
    /// Makes one commit of `commit` on top of [`Checkout::head`] and pushes it. The server is told
    /// which commit the branch had when it was opened and takes nothing else for it, so nobody's
    /// work is ever overwritten (R-GIT-04). `to` is the branch that was opened, or a new one.
    ///
    /// # Errors
    /// Why it was not pushed. `Failed` with `FileNotOurs` when a path leads through something that
    /// is no folder, or to something that is no file.
    pub async fn push(self, commit: NewCommit, to: &Branch) -> Result<Pushed, PushError> {
        let expected = if *to == self.branch { self.stands } else { None };
        let head = self.head.as_ref().map(|(id, _)| *id);
        let Self { git, url, login, objects, .. } = self;
        let built = spawn_blocking(move || {
            let objects = objects.into_inner().unwrap_or_else(PoisonError::into_inner);
            let mut outcome = commit::build(&objects, head, &commit)?;
            if let (None, Some(head), None) = (expected, head, &outcome.built) {
                outcome.built = Some(commit::at(&objects, head)?);
            }
            Ok(outcome)
        });
        let outcome = built
            .await
            .map_err(|error| Failure::new(Cause::Internal, "make a commit").because(error))
            .and_then(|outcome| outcome)
            .map_err(PushError::Failed)?;
        let Some(built) = outcome.built else {
            let commit = head.map(|id| id.to_string()).unwrap_or_default();
            return Ok(Pushed { commit, blobs: outcome.blobs });
        };
        let commit = built.commit.to_string();
        let push = Push { server: git.server(&url, &login), login: &login, expected, to };
        push.run(built).await?;
        Ok(Pushed { commit, blobs: outcome.blobs })
    }
}

/// One push of one commit.
struct Push<'a> {
    server: Server<'a>,
    login: &'a Login,
    expected: Option<Oid>,
    to: &'a Branch,
}

impl Push<'_> {
    async fn run(&self, built: Built) -> Result<(), PushError> {
        let advertised = match self.server.advertised(Service::ReceivePack).await {
            Ok(advertised) => advertised,
            Err(refused) => return Err(self.not_allowed(refused)),
        };
        if advertised.branch(self.to.as_str()) != self.expected {
            return Err(PushError::Moved);
        }
        let bands = if advertised.can("side-band-64k") { Bands::Many } else { Bands::One };
        let body = self.request(&advertised, built, bands)?;
        let answer = match self.server.call(Service::ReceivePack, body).await {
            Ok(answer) => answer,
            Err(refused) if is_certain(&refused.failure) => return Err(self.not_allowed(refused)),
            Err(refused) => return Err(PushError::Unknown(refused.failure)),
        };
        let packets = Packets::new(answer, report::MOST);
        let (report, broke) = Report::read(packets, &reference(self.to.as_str()), bands).await;
        match report.outcome {
            Some(ReferenceStatus::Accepted) => Ok(()),
            Some(ReferenceStatus::Refused(status)) => Err(self.refused(&status, &report.words)),
            None => Err(PushError::Unknown(broke.unwrap_or_else(|| {
                Failure::new(Cause::ServerError, "read what became of the push")
            }))),
        }
    }

    /// The command, and the pack after it.
    fn request(
        &self,
        advertised: &Advertisement,
        mut built: Built,
        bands: Bands,
    ) -> Result<Vec<u8>, PushError> {
        if !advertised.can("report-status") {
            let attempt = "push to a Git server that does not tell what becomes of it";
            return Err(PushError::Failed(Failure::new(Cause::NotAGitRepository, attempt)));
        }
        let old = self.expected.unwrap_or(Oid::ZERO_SHA1);
        let band = match bands {
            Bands::Many => " side-band-64k",
            Bands::One => "",
        };
        let name = reference(self.to.as_str());
        let command = format!("{old} {} {name}\0 report-status{band}", built.commit);
        let mut body = Vec::with_capacity(command.len() + built.pack.len() + 8);
        packets::write(&mut body, &command);
        body.extend_from_slice(FLUSH);
        body.append(&mut mem::take(&mut built.pack));
        Ok(body)
    }

    /// The server did not let us in.
    fn not_allowed(&self, refused: Refused) -> PushError {
        let Refused { failure, words } = refused;
        let is_page = words.trim_start().starts_with('<');
        match (failure.cause, failure.status) {
            (Cause::InsufficientScope, _) => PushError::Rejected {
                cause: failure.cause,
                reason: if is_page {
                    String::new()
                } else {
                    server_messages::reason(&words, self.login)
                },
            },
            (_, Some(413)) => {
                PushError::Rejected { cause: Cause::PushRejected, reason: String::new() }
            }
            _ => PushError::Failed(failure),
        }
    }

    fn refused(&self, status: &str, words: &str) -> PushError {
        match server_messages::meaning(status, words) {
            Meaning::Moved => PushError::Moved,
            Meaning::Refused(cause) => {
                let text = if words.trim().is_empty() {
                    status.to_owned()
                } else {
                    format!("{status}: {words}")
                };
                PushError::Rejected { cause, reason: server_messages::reason(&text, self.login) }
            }
        }
    }
}

/// Whether a push that failed like this cannot have arrived: the server refused the request, or
/// no connection came to be.
fn is_certain(failure: &Failure) -> bool {
    match failure.status {
        Some(status) => (300..500).contains(&status) && status != 408,
        None => matches!(
            failure.cause,
            Cause::BlockedAddress
                | Cause::DnsFailure
                | Cause::ConnectionRefused
                | Cause::TlsUntrusted
                | Cause::TlsNameMismatch
                | Cause::TlsExpired
                | Cause::ClientCertificate
        ),
    }
}
