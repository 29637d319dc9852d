//! The write to Vault, whose answer can get lost.

use std::time::Duration;

use domain::{Field, Grant, OperationId, Secret, credentials::CredentialState};
use storage::{
    Scope,
    credentials::{Kind, Operation, OperationState},
};
use vault::{Newest, SecretEnvelope, SecretPath, Unavailable, VaultError};

use super::{newest::newest, path};
use crate::{Engine, Error, audit::By};

/// The longest the whole step may take.
const LONGEST: Duration = Duration::from_secs(10);
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);
/// The versions that a candidate leaves to writes that are to count at once.
const RESERVE: u64 = 2;

/// What is known after the attempt.
#[derive(Debug)]
pub(super) enum WriteOutcome {
    /// This version holds the secret.
    Written(u64),
    /// Vault holds a version that Hawser did not write; nothing was overwritten.
    Foreign,
    /// Vault holds nothing at all of a secret that was committed; nothing was written.
    Missing,
    /// Nothing was stored.
    Refused(Error),
    /// It may be stored, or be stored later: only the recovery can tell.
    Unknown,
}

/// Writes the secret of `operation` on top of what Vault holds. `committed` is the version that
/// counts, 0 when there is none. A person's right is looked at again before each try.
pub(super) async fn write(
    engine: &Engine,
    operation: &Operation,
    (by, grant): (&By, Option<Grant>),
    committed: u64,
    password: Secret,
) -> WriteOutcome {
    let scope = operation.scope;
    let mut attempt = Attempt {
        engine,
        operation,
        by,
        grant,
        scope,
        path: path(scope, operation.credential),
        sealed: SecretEnvelope {
            organization: operation.scope.organization(),
            credential: operation.credential,
            operation: operation.id,
            shape: operation.draft.shape,
            username: operation.draft.username.clone(),
            parameters: operation.draft.parameters.clone(),
            password,
        },
        kind: operation.kind,
        committed,
        is_lost: operation.prior_state == CredentialState::Lost,
        in_doubt: false,
    };
    match tokio::time::timeout(LONGEST, attempt.run()).await {
        Ok(outcome) => outcome,
        Err(_) if attempt.in_doubt => WriteOutcome::Unknown,
        Err(_) => WriteOutcome::Refused(VaultError::Unavailable(Unavailable::Timeout).into()),
    }
}

struct Attempt<'a> {
    engine: &'a Engine,
    operation: &'a Operation,
    by: &'a By,
    grant: Option<Grant>,
    scope: Scope,
    path: SecretPath,
    sealed: SecretEnvelope,
    kind: Kind,
    committed: u64,
    /// Whether it is known that the committed secret is gone.
    is_lost: bool,
    /// Whether a write was sent whose result is not known.
    in_doubt: bool,
}

impl Attempt<'_> {
    async fn run(&mut self) -> WriteOutcome {
        let cas = if self.committed == 0 { Ok(0) } else { self.base().await };
        let cas = match cas {
            Ok(cas) => cas,
            Err(outcome) => return outcome,
        };
        match self.write(cas).await {
            NextWrite::Ended(outcome) => outcome,
            // The write of a given-up operation arrived late; that can happen only once.
            NextWrite::Rebased(cas) => match self.write(cas).await {
                NextWrite::Ended(outcome) => outcome,
                NextWrite::Rebased(_) => WriteOutcome::Foreign,
            },
        }
    }

    /// Sends the same write up to three times: a duplicate that did land fails on check-and-set and
    /// is recognized by its operation.
    async fn write(&mut self, cas: u64) -> NextWrite {
        let mut refusal = VaultError::Unavailable(Unavailable::Timeout).into();
        for tried in 1..=TRIES {
            if let Err(error) = self.still_allowed().await {
                refusal = error;
                break;
            }
            let before = std::mem::replace(&mut self.in_doubt, true);
            match self.engine.vault.write(&self.path, cas, &self.sealed).await {
                Ok(version) => return NextWrite::Ended(WriteOutcome::Written(version)),
                Err(VaultError::CheckAndSet) => return self.conflict().await,
                Err(VaultError::Unknown | VaultError::Malformed) => {}
                Err(error) => {
                    self.in_doubt = before;
                    refusal = error.into();
                    if !error.may_pass() {
                        break;
                    }
                }
            }
            if tried < TRIES {
                tokio::time::sleep(PAUSE * tried).await;
            }
        }
        NextWrite::Ended(if self.in_doubt {
            WriteOutcome::Unknown
        } else {
            WriteOutcome::Refused(refusal)
        })
    }

    async fn still_allowed(&self) -> Result<(), Error> {
        match &self.grant {
            Some(grant) => Ok(self.engine.db.still_allowed(grant).await?),
            None => Ok(()),
        }
    }

    /// Somebody wrote first: was it an earlier try of this operation, or one that was given up?
    async fn conflict(&mut self) -> NextWrite {
        let Ok(newest) = newest(self.engine, self.operation, self.by).await else {
            return NextWrite::Ended(WriteOutcome::Unknown);
        };
        if let Some(newest) =
            newest.filter(|newest| newest.operation == Some(self.sealed.operation))
        {
            return NextWrite::Ended(WriteOutcome::Written(newest.version));
        }
        // What is there is not ours, and check-and-set keeps our earlier tries from landing.
        self.in_doubt = false;
        match self.basis(newest).await {
            Ok(cas) => NextWrite::Rebased(cas),
            Err(outcome) => NextWrite::Ended(outcome),
        }
    }

    async fn base(&self) -> Result<u64, WriteOutcome> {
        // Who wrote the version that counts is known, so nobody reads it to learn that.
        match self.engine.vault.newest_number(&self.path).await {
            Ok(Some(newest)) if newest == self.committed => {
                return self.beside_the_committed(newest).await;
            }
            Ok(_) => {}
            Err(error) => return Err(WriteOutcome::Refused(error.into())),
        }
        match newest(self.engine, self.operation, self.by).await {
            Ok(newest) => self.basis(newest).await,
            Err(error) => Err(WriteOutcome::Refused(error)),
        }
    }

    /// The version to write on top of, or why nothing is written. What somebody wrote by hand may
    /// be the last copy of a real secret.
    async fn basis(&self, newest: Option<Newest>) -> Result<u64, WriteOutcome> {
        let Some(newest) = newest else {
            return if self.committed == 0 || self.is_lost { Ok(0) } else { Err(self.missing()) };
        };
        if newest.destroyed || newest.version == self.committed {
            return self.beside_the_committed(newest.version).await;
        }
        let Some(operation) = newest.operation else { return Err(WriteOutcome::Foreign) };
        match self.has_ended(operation).await {
            Ok(true) => self.beside_the_committed(newest.version).await,
            Ok(false) => Err(WriteOutcome::Foreign),
            Err(error) => Err(WriteOutcome::Refused(error)),
        }
    }

    /// Refuses what would make Vault drop the version that counts: it keeps only so many, and those
    /// that never counted are among them.
    async fn beside_the_committed(&self, newest: u64) -> Result<u64, WriteOutcome> {
        if self.committed == 0 || self.is_lost {
            return Ok(newest);
        }
        let kept = match self.engine.vault.kept(&self.path).await {
            Ok(kept) => kept,
            Err(error) => return Err(WriteOutcome::Refused(error.into())),
        };
        let distance = newest.saturating_add(1).saturating_sub(self.committed);
        let (reserve, way_out) = match self.kind {
            Kind::Candidate => (
                RESERVE,
                "Save this secret without a test, so that it counts at once, or let Vault keep more.",
            ),
            Kind::Create | Kind::Update | Kind::Restore | Kind::Renewal => (
                0,
                "Let Vault keep more, or add a new credential and delete this one, naming the new one as its replacement.",
            ),
        };
        if distance.saturating_add(reserve) < kept {
            return Ok(newest);
        }
        let message = format!(
            "Nothing was stored: Vault keeps {kept} versions of a secret, and would soon drop the one in use. {way_out}"
        );
        Err(WriteOutcome::Refused(Field::Password.problem(message).into()))
    }

    /// A Vault that holds nothing of a committed secret may be the wrong one. A version 1 written
    /// there would be another secret than version 1 of the right one (F5).
    fn missing(&self) -> WriteOutcome {
        tracing::error!(
            credential = %self.sealed.credential,
            version = self.committed,
            "committed version is missing in Vault; refusing to write"
        );
        WriteOutcome::Missing
    }

    async fn has_ended(&self, operation: OperationId) -> Result<bool, Error> {
        let credential = self.sealed.credential;
        let standing =
            storage::credentials::standing(&self.engine.db, self.scope, credential, operation)
                .await?;
        Ok(standing.is_some_and(OperationState::has_ended))
    }
}

enum NextWrite {
    Ended(WriteOutcome),
    Rebased(u64),
}
