//! A sync of an OCI repository.

use std::fmt::Write as _;

use domain::{
    Cause,
    charts::{FoundVersion, newest_first},
};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

use super::{
    Oci,
    discover::{self, Chart},
    manifest::{self, Tagged},
    pages::{List, all},
    session::Session,
};
use crate::{
    Failure,
    http::Outbound,
    repository::{Known, Synced, Target, Validators},
};

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
        known: &Known,
    ) -> Result<Synced, Failure> {
        let session = Session::open(self.outbound, self.oci, self.target).await?;
        let mut versions = Vec::new();
        let charts = discover::charts(&session, self.target).await?;
        let reads: Vec<_> =
            charts.into_iter().map(|chart| self.versions(&session, chart, known).boxed()).collect();
        let mut read = stream::iter(reads).buffer_unordered(CHARTS_AT_ONCE);
        while let Some(of_chart) = read.try_next().await? {
            versions.extend(of_chart);
            if versions.len() > VERSIONS {
                return Err(Failure::new(
                    Cause::IndexTooLarge,
                    format!("list the versions of {}", session.base().authority()),
                ));
            }
        }
        drop(read);
        let digest = fingerprint(&mut versions);
        let unchanged =
            validators.digest.as_deref() == Some(&digest) && known.len() == versions.len();
        let validators = Validators { digest: Some(digest), ..Validators::default() };
        Ok(if unchanged {
            Synced::Unchanged { validators }
        } else {
            Synced::Charts { versions, validators }
        })
    }

    /// Checks that the login may read.
    pub(crate) async fn prove(&self) -> Result<(), Failure> {
        let session = Session::open(self.outbound, self.oci, self.target).await?;
        discover::prove(&session, self.target).await
    }

    async fn versions(
        &self,
        session: &Session<'_>,
        mut chart: Chart,
        known: &Known,
    ) -> Result<Vec<FoundVersion>, Failure> {
        let tags = match chart.tags.take() {
            Some(tags) => tags,
            None => match all(session, List::Tags(&chart.repository)).await {
                // A catalog may list what was deleted since.
                Err(failure)
                    if failure.cause == Cause::NotFound && self.target.chart_names.is_empty() =>
                {
                    return Ok(Vec::new());
                }
                tags => tags?,
            },
        };
        let mut tags: Vec<_> = tags.into_iter().filter(|tag| is_version(tag)).collect();
        tags.sort_by(|a, b| newest_first(&version(a), &version(b)).then_with(|| a.cmp(b)));
        tags.dedup();
        let (first, rest) = tags.split_at(tags.len().min(LOOKED_AT_AGAIN));
        let mut found = read_all(session, &chart, first, known, Look::Again).await?;
        // Where the newest tags are no charts, thousands of older image tags are not asked for.
        if found.is_empty() {
            return Ok(found);
        }
        found.extend(read_all(session, &chart, rest, known, Look::Once).await?);
        Ok(found)
    }
}

/// Whether a stored version is compared with the registry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Again,
    Once,
}

async fn read_all(
    session: &Session<'_>,
    chart: &Chart,
    tags: &[String],
    known: &Known,
    look: Look,
) -> Result<Vec<FoundVersion>, Failure> {
    let reads: Vec<_> =
        tags.iter().map(|tag| read(session, chart, tag, known, look).boxed()).collect();
    let found: Vec<Option<FoundVersion>> =
        stream::iter(reads).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

async fn read(
    session: &Session<'_>,
    chart: &Chart,
    tag: &str,
    known: &Known,
    look: Look,
) -> Result<Option<FoundVersion>, Failure> {
    let stored = known.get(&(chart.name.clone(), version(tag)));
    let read = async {
        if let Some(stored) = stored {
            let is_same = look == Look::Once
                || manifest::digest(session, chart, tag).await.as_ref()
                    == Some(&stored.version.digest);
            if is_same {
                return Ok(Some(stored.clone()));
            }
        }
        match manifest::read(session, chart, tag, stored).await? {
            Tagged::Chart(version) => Ok(Some(*version)),
            Tagged::Other => Ok(None),
        }
    };
    match read.await {
        // Deleted between the list and now.
        Err(Failure { cause: Cause::NotFound, .. }) => Ok(None),
        read => read,
    }
}

/// A digest of the whole set, which is put in order for it.
fn fingerprint(versions: &mut [FoundVersion]) -> String {
    versions.sort_by(|a, b| {
        let by_version = || newest_first(&a.version.version, &b.version.version);
        a.chart
            .cmp(&b.chart)
            .then_with(by_version)
            .then_with(|| a.version.version.cmp(&b.version.version))
    });
    let mut text = String::new();
    for found in versions {
        let written =
            writeln!(text, "{} {} {}", found.chart, found.version.version, found.version.digest);
        debug_assert!(written.is_ok(), "a string takes every text");
    }
    manifest::sha256(text.as_bytes())
}

/// A tag spells `+` as `_`.
pub(super) fn version(tag: &str) -> String {
    tag.replace('_', "+")
}

/// Whether a tag is a version: three numbers, perhaps after a `v`.
pub(super) fn is_version(tag: &str) -> bool {
    let text = version(tag);
    let usable = tag.len() <= 128
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    usable && semver::Version::parse(text.strip_prefix('v').unwrap_or(&text)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_are_read() {
        for tag in ["1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2.3_build.5"] {
            assert!(is_version(tag), "{tag}");
        }
        for tag in ["latest", "1.2", "sha256-abc.sig", "1.2.3/x", "1.2.3?x", "", "..", "1.2.3+b"] {
            assert!(!is_version(tag), "{tag}");
        }
    }
}
