//! Who reads a secret, what for, and whom it is shown to; and how that is written down.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{
    CredentialId, Grant, Principal, Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget, ReadPurpose},
};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, By, Line, person},
};

/// Reads that are alike in all within this time are one line of the audit log: an update that goes to
/// 10,000 repositories of a host must not write 10,000 lines.
const ONE_USE: Duration = Duration::from_mins(1);

/// Why a secret is read. No asker's read hides behind another's.
#[derive(Debug, Clone)]
pub struct Use {
    asked: Asked,
    /// The right of the person who asked; it is looked at again before anybody has the secret.
    grant: Option<Grant>,
}

/// What the audit log says of a read, and what makes one like another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    by: By,
    purpose: ReadPurpose,
    host: String,
}

impl Use {
    /// Hawser reads it by itself, for a job or to recover.
    #[must_use]
    pub fn of_hawser(purpose: ReadPurpose) -> Self {
        Self::by(AuditActor::Hawser.into(), purpose)
    }

    /// A person asked for what it is read for.
    pub(crate) fn of(principal: &Principal, grant: Grant, purpose: ReadPurpose) -> Self {
        Self { grant: Some(grant), ..Self::by(person(principal), purpose) }
    }

    /// Somebody whom the log knows asked for it.
    pub(crate) const fn by(by: By, purpose: ReadPurpose) -> Self {
        Self { asked: Asked { by, purpose, host: String::new() }, grant: None }
    }

    /// The host that is shown it; of an origin such as `https://ghcr.io` its host and port.
    pub(crate) fn at(&self, host: &str) -> Self {
        let host = host.split_once("://").map_or(host, |(_, host)| host).to_owned();
        Self { asked: Asked { host, ..self.asked.clone() }, grant: self.grant }
    }
}

/// A version of a credential, as the log names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretRead<'a> {
    pub(crate) credential: CredentialId,
    pub(crate) name: &'a str,
    pub(crate) version: i64,
    /// Added to the line, such as `, to bring it back`.
    pub(crate) remark: &'static str,
}

/// When each version was last written down as read, so.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<(CredentialId, i64, Asked), Timestamp>>);

impl Uses {
    /// Whether this read is to be written down.
    fn is_new(&self, read: SecretRead<'_>, used: &Use, now: Timestamp) -> bool {
        let key = (read.credential, read.version, used.asked.clone());
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&key).is_some_and(|at| now.since(*at) < ONE_USE) {
            return false;
        }
        noted.retain(|_, at| now.since(*at) < ONE_USE);
        noted.insert(key, now);
        true
    }

    fn discard(&self, read: SecretRead<'_>, used: &Use) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.remove(&(read.credential, read.version, used.asked.clone()));
    }
}

/// Whether a read is a use of the credential, or only looks at who wrote a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadKind {
    Use,
    Look,
}

/// Writes a read down, once a minute for those that are alike.
///
/// # Errors
/// When the database refuses, or the right of the person who asked is gone; then the secret must not be used.
pub(crate) async fn audit_read(
    engine: &Engine,
    scope: Scope,
    read: SecretRead<'_>,
    used: &Use,
    counts: ReadKind,
) -> Result<(), Error> {
    let now = engine.clock.now();
    if !engine.uses.is_new(read, used, now) {
        return still_allowed(engine, used).await;
    }
    let written = write(engine, scope, read, used, counts, now).await;
    if written.is_err() {
        engine.uses.discard(read, used);
    }
    written
}

async fn still_allowed(engine: &Engine, used: &Use) -> Result<(), Error> {
    match &used.grant {
        Some(grant) => Ok(engine.db.still_allowed(grant).await?),
        None => Ok(()),
    }
}

async fn write(
    engine: &Engine,
    scope: Scope,
    read: SecretRead<'_>,
    used: &Use,
    counts: ReadKind,
    now: Timestamp,
) -> Result<(), Error> {
    let mut tx = match &used.grant {
        Some(grant) => engine.db.begin_as(grant).await?,
        None => engine.db.begin_work(scope).await?,
    };
    if counts == ReadKind::Use {
        storage::credentials::mark_used(&mut tx, scope, read.credential, now).await?;
    }
    let told = Line::from((
        AuditTarget::Credential(read.credential),
        read.name,
        format!("version {}{}", read.version, read.remark),
    ));
    let told = told.read(used.asked.purpose, &used.asked.host);
    audit::record(&mut tx, used.asked.by.clone(), scope, now, AuditAction::SecretRead, told)
        .await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_that_are_alike_are_one() {
        let (uses, credential) = (Uses::default(), CredentialId::new());
        let read = |version| SecretRead { credential, name: "a", version, remark: "" };
        let sync = Use::of_hawser(ReadPurpose::Sync).at("https://a.example:8443");
        assert_eq!(sync.asked.host, "a.example:8443");
        let start = Timestamp::from_millis(1_000_000);
        let later = start.plus(Duration::from_secs(59));
        assert!(uses.is_new(read(1), &sync, start));
        assert!(!uses.is_new(read(1), &sync, later));
        assert!(uses.is_new(read(2), &sync, later));
        assert!(uses.is_new(read(1), &sync.at("b.example"), later));
        assert!(uses.is_new(
            read(1),
            &Use::of_hawser(ReadPurpose::Push).at("a.example:8443"),
            later
        ));
        let nobody = Use::by(AuditActor::Nobody.into(), ReadPurpose::Sync).at("a.example:8443");
        assert!(uses.is_new(read(1), &nobody, later));
        assert!(uses.is_new(read(1), &sync, start.plus(Duration::from_mins(1))));
    }
}
