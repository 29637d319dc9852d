//! A sync of an OCI repository.

use std::{cmp::Reverse, fmt::Write as _};

use domain::{
    Cause,
    charts::{FoundVersion, LeftOut, Skipped, Version},
};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

use super::{
    Oci,
    discover::{self, Chart},
    manifest::{self, Tagged},
    pages::{List, all},
    session::Session,
};
use crate::registry_types::{KnownVersions, Synced, Target, Validators};
use egress::{Failure, Outbound};

/// Charts that are read at once.
const CHARTS_AT_ONCE: usize = 4;
/// Manifests of a chart that are read at once.
const AT_ONCE: usize = 6;
/// The newest tags of a chart that are looked at again on every sync.
const LOOKED_AT_AGAIN: usize = 3;
/// The most versions of a repository.
const VERSIONS: usize = 200_000;

/// An OCI repository and what is remembered of its registry.
pub(crate) struct Registry<'a> {
    pub(crate) outbound: &'a Outbound,
    pub(crate) oci: &'a Oci,
    pub(crate) target: &'a Target,
}

impl Registry<'_> {
    /// Reads the tags, and the manifests of those that are not known yet.
    pub(crate) async fn sync(
        &self,
        validators: &Validators,
        known: &KnownVersions,
    ) -> Result<Synced, Failure> {
        let session = Session::open(self.outbound, self.oci, self.target).await?;
        let mut all = ReadVersions::default();
        let charts = discover::charts(&session, self.target).await?;
        let (mut is_read, mut unreadable) = (charts.is_empty(), Vec::new());
        let reads: Vec<_> =
            charts.into_iter().map(|chart| self.chart(&session, chart, known).boxed()).collect();
        let mut reads = stream::iter(reads).buffer_unordered(CHARTS_AT_ONCE);
        while let Some(of_chart) = reads.try_next().await? {
            all.versions.extend(of_chart.versions);
            all.left_out.extend(&of_chart.left_out);
            is_read |=
                of_chart.unreadable.is_none() && of_chart.left_out.of(Skipped::ChartIsGone) == 0;
            unreadable.extend(of_chart.unreadable);
            if all.versions.len() > VERSIONS {
                return Err(Failure::new(
                    Cause::IndexTooLarge,
                    format!("list the versions of {}", session.base().authority()),
                ));
            }
        }
        drop(reads);
        // A catalog of which nothing could be read is not healthy.
        if !is_read && let Some(failure) = unreadable.into_iter().next() {
            return Err(failure);
        }
        let digest = fingerprint(&mut all);
        let unchanged =
            validators.digest.as_deref() == Some(&digest) && known.len() == all.versions.len();
        let validators = Validators { digest: Some(digest), ..Validators::default() };
        let ReadVersions { versions, left_out, .. } = all;
        Ok(if unchanged {
            Synced::Unchanged { validators }
        } else {
            Synced::Charts { versions, left_out, validators }
        })
    }

    /// Checks that the login may read.
    pub(crate) async fn prove(&self) -> Result<(), Failure> {
        let session = Session::open(self.outbound, self.oci, self.target).await?;
        discover::prove(&session, self.target).await
    }

    /// Reads the versions of a chart. One of a catalog that cannot be read is left out, and what was
    /// known of it stays; a chart that a person named fails.
    async fn chart(
        &self,
        session: &Session<'_>,
        chart: Chart,
        known: &KnownVersions,
    ) -> Result<ReadVersions, Failure> {
        let name = chart.name.clone();
        let failure = match self.versions(session, chart, known).await {
            Err(failure) if self.target.chart_names.is_empty() => failure,
            result => return result,
        };
        let mut read = ReadVersions::default();
        match failure.cause {
            // A catalog may list what was deleted since.
            Cause::NotFound => read.left_out.add(Skipped::ChartIsGone),
            Cause::InsufficientScope | Cause::NoCredential => {
                read.left_out.add(Skipped::ChartNotAllowed);
            }
            cause if is_of_document(cause) => read.left_out.add(Skipped::ChartUnreadable),
            _ => return Err(failure),
        }
        if failure.cause != Cause::NotFound {
            let of_chart = known.iter().filter(|((chart, _), _)| *chart == name);
            read.versions.extend(of_chart.map(|(_, stored)| stored.clone()));
            read.unreadable = Some(failure);
        }
        Ok(read)
    }

    async fn versions(
        &self,
        session: &Session<'_>,
        mut chart: Chart,
        known: &KnownVersions,
    ) -> Result<ReadVersions, Failure> {
        let tags = match chart.tags.take() {
            Some(tags) => tags,
            None => all(session, List::Tags(&chart.repository)).await?,
        };
        let mut read = ReadVersions::default();
        let count = tags.len();
        let mut tagged: Vec<_> = tags.iter().filter_map(|tag| Version::of_tag(tag)).collect();
        read.left_out.add_many(Skipped::TagIsNoVersion, count - tagged.len());
        tagged.sort_by(|a, b| b.cmp(a));
        tagged.dedup();
        let (first, rest) = tagged.split_at(tagged.len().min(LOOKED_AT_AGAIN));
        read_all(session, &chart, first, known, Recheck::Again, &mut read).await?;
        if read.versions.is_empty() && read.unreadable.is_none() {
            // Where the newest tags are no charts, thousands of older image tags are not asked for.
            read.left_out.add_many(Skipped::TagNotRead, rest.len());
        } else {
            read_all(session, &chart, rest, known, Recheck::Once, &mut read).await?;
        }
        match read.unreadable.take() {
            Some(failure) if read.versions.is_empty() => Err(failure),
            _ => {
                read.versions.append(&mut read.kept);
                Ok(read)
            }
        }
    }
}

/// Whether a failure speaks of one document, so that others of the registry may well be read.
const fn is_of_document(cause: Cause) -> bool {
    matches!(cause, Cause::IndexInvalid | Cause::IndexTooLarge)
}

/// What was read, and what was not.
#[derive(Default)]
struct ReadVersions {
    versions: Vec<FoundVersion>,
    left_out: LeftOut,
    /// What was known of tags that cannot be read.
    kept: Vec<FoundVersion>,
    /// Why the first document that could not be read could not.
    unreadable: Option<Failure>,
}

/// Whether a stored version is compared with the registry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Recheck {
    Again,
    Once,
}

async fn read_all(
    session: &Session<'_>,
    chart: &Chart,
    versions: &[Version],
    known: &KnownVersions,
    look: Recheck,
    into: &mut ReadVersions,
) -> Result<(), Failure> {
    let reads: Vec<_> = versions
        .iter()
        .map(|version| async move { (version, read(session, chart, version, known, look).await) })
        .map(futures::FutureExt::boxed)
        .collect();
    let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
    while let Some((version, found)) = reads.next().await {
        match found {
            Ok(Ok(version)) => into.versions.push(version),
            Ok(Err(skipped)) => into.left_out.add(skipped),
            Err(failure) if is_of_document(failure.cause) => {
                into.left_out.add(Skipped::TagUnreadable);
                // What was known of it stays.
                let stored = known.get(&(chart.name.clone(), version.as_str().to_owned()));
                into.kept.extend(stored.cloned());
                into.unreadable.get_or_insert(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// Reads one version, or says why there is none.
async fn read(
    session: &Session<'_>,
    chart: &Chart,
    version: &Version,
    known: &KnownVersions,
    look: Recheck,
) -> Result<Result<FoundVersion, Skipped>, Failure> {
    let stored = known.get(&(chart.name.clone(), version.as_str().to_owned()));
    if let Some(stored) = stored {
        let is_same = look == Recheck::Once
            || manifest::digest(session, chart, version).await.as_ref()
                == Some(&stored.version.digest);
        if is_same {
            return Ok(Ok(stored.clone()));
        }
    }
    match manifest::read(session, chart, version, stored).await {
        Ok(Tagged::Chart(version)) => Ok(Ok(*version)),
        Ok(Tagged::Other) => Ok(Err(Skipped::TagIsNoChart)),
        // Deleted between the list and now.
        Err(Failure { cause: Cause::NotFound, .. }) => Ok(Err(Skipped::TagIsGone)),
        Err(failure) => Err(failure),
    }
}

/// A digest of the whole set, which is put in order for it, and of what is not in it.
fn fingerprint(read: &mut ReadVersions) -> String {
    read.versions.sort_by_cached_key(|found| {
        let version = &found.version.version;
        (found.chart.clone(), Reverse(Version::parse(version)), version.clone())
    });
    let mut text = String::new();
    for found in &read.versions {
        let written =
            writeln!(text, "{} {} {}", found.chart, found.version.version, found.version.digest);
        debug_assert!(written.is_ok(), "a string takes every text");
    }
    text.push_str(&read.left_out.words());
    manifest::sha256(text.as_bytes())
}
