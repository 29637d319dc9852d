//! The stages of a connection test that speak HTTP with a registry. Every request is one that a
//! sync makes as well.

use domain::{Cause, charts::Version, connection_tests::Quota, counted};
use http::header::HeaderValue;
use url::Url;

use super::{
    challenge::Challenge,
    discover::{self, Chart, has_catalog, leaves_hope},
    manifest::{self, Tagged},
    pages::{List, first},
    realm::{Realm, judge},
    registry::Registry,
    scope::Scope,
    session::{Session, Want},
};
use crate::registry_types::{Finding, Target};
use egress::Failure;

/// The most charts that are looked at for one to pull.
const LOOKED_AT: usize = 5;

/// A registry that was opened for a test.
pub(crate) struct OciTest<'a> {
    session: Session<'a>,
    target: &'a Target,
    sample: Option<(Chart, Option<Version>)>,
}

impl<'a> Registry<'a> {
    /// Opens the registry.
    pub(crate) async fn visit(&self) -> Result<OciTest<'a>, Failure> {
        let session = Session::open(self.outbound, self.oci, self.target).await?;
        Ok(OciTest { session, target: self.target, sample: None })
    }
}

impl OciTest<'_> {
    /// What the registry asked for.
    pub(crate) fn challenge(&self) -> Finding {
        let status = self.session.opened_with().as_u16();
        let asks = match self.session.challenge() {
            None => "and asks for no login".to_owned(),
            Some(Challenge::Basic) => "and asks for a user name and password".to_owned(),
            Some(Challenge::Bearer { realm, .. }) => {
                let host = Url::parse(&realm).ok();
                match host.as_ref().and_then(Url::host_str) {
                    Some(host) => format!("and asks for a token from {}", short(host)),
                    None => "and asks for a token from an address that is no URL".to_owned(),
                }
            }
        };
        Finding::passed(format!("The registry answers {status} {asks}.")).with_status(status)
    }

    /// Logs in the way the registry asks for.
    pub(crate) async fn log_in(&self) -> Result<Finding, Failure> {
        match self.session.challenge() {
            None => Ok(Finding::skipped("The registry asks for no login here.")),
            Some(Challenge::Basic) => self.with_password().await,
            Some(Challenge::Bearer { .. }) => self.with_token().await,
        }
    }

    async fn with_password(&self) -> Result<Finding, Failure> {
        let mut root = self.session.base().clone();
        root.set_path("/v2/");
        let accept = HeaderValue::from_static("application/json");
        let none = Scope::default();
        let asked = self.session.get(root, &none, accept, Want::All, "log in").await;
        match asked {
            Ok(answer) => Ok(Finding::passed("The registry takes the user name and password.")
                .with_status(answer.status().as_u16())),
            // A sync does not ask for the root with the login; the list decides.
            Err(failure) if leaves_hope(&failure) => {
                let told = "/v2/ is hidden; the list decides.";
                Ok(Finding { status: failure.status, ..Finding::passed(told) })
            }
            Err(failure) => Err(failure),
        }
    }

    async fn with_token(&self) -> Result<Finding, Failure> {
        let whose = if self.session.has_login() {
            "A token was granted for the login."
        } else {
            "A token was granted without a login."
        };
        let path = self.target.url.path();
        let scope = match (self.target.chart_names.first(), path) {
            (Some(name), "") => List::Tags(name).scope(),
            (Some(name), path) => List::Tags(&format!("{path}/{name}")).scope(),
            (None, "") => List::Catalog.scope(),
            (None, path) => List::Tags(path).scope(),
        };
        let granted = match self.session.authorization(&scope).await {
            // As in a sync, the path may be a namespace, and then the catalog is asked for.
            Err(failure)
                if leaves_hope(&failure)
                    && self.target.chart_names.is_empty()
                    && has_catalog(&self.session) =>
            {
                self.session.authorization(&List::Catalog.scope()).await.map_err(|_| failure)
            }
            granted => granted,
        };
        granted.map(|_| Finding::passed(whose).with_status(200))
    }

    /// Lists the charts as a sync does, and the tags of one or a few of them.
    pub(crate) async fn list(&mut self) -> Result<Finding, Failure> {
        let charts = discover::charts(&self.session, self.target).await?;
        let (found, typed) = (charts.len(), !self.target.chart_names.is_empty());
        let (mut tags_seen, mut versions_seen) = (0, 0);
        for mut chart in charts.into_iter().take(LOOKED_AT) {
            let tags = match chart.tags.take() {
                Some(tags) => tags,
                None => match first(&self.session, List::Tags(&chart.repository)).await {
                    // A catalog may list what was deleted since.
                    Err(failure) if failure.cause == Cause::NotFound && !typed => continue,
                    tags => tags?,
                },
            };
            tags_seen += tags.len();
            versions_seen += tags.iter().filter(|tag| Version::of_tag(tag).is_some()).count();
            if self.sample.as_ref().is_none_or(|(_, version)| version.is_none()) {
                self.sample = Some((chart, newest(&tags)));
            }
            if !typed && tags_seen > 0 {
                break;
            }
        }
        let detail = match (found, typed) {
            (0, _) => "The list may be read; there are no charts yet.".to_owned(),
            (_, true) => {
                format!(
                    "The tags of {} may be read.",
                    counted(found.min(LOOKED_AT), "typed chart", "typed charts")
                )
            }
            (1, false) => {
                let tags = counted(tags_seen, "tag", "tags");
                format!("The list may be read: {tags}, {versions_seen} of them versions.")
            }
            (found, false) => {
                format!("The list may be read: {}.", counted(found, "chart", "charts"))
            }
        };
        Ok(Finding::passed(detail).with_status(200))
    }

    /// Reads one manifest.
    pub(crate) async fn pull(&self) -> Result<Finding, Failure> {
        let (chart, version) = match &self.sample {
            Some((chart, Some(version))) => (chart, version),
            Some((_, None)) => {
                let told = "None of the tags is a version, so that a sync leaves them out.";
                return Ok(Finding::skipped(told));
            }
            None => return Ok(Finding::skipped("There is nothing to pull yet.")),
        };
        let told = match manifest::read(&self.session, chart, version, None).await? {
            Tagged::Chart(_) => "One chart version was read.",
            Tagged::Other => {
                "One manifest was read; it is no Helm chart, and a sync leaves it out."
            }
        };
        Ok(Finding::passed(told).with_status(200))
    }

    /// Rights beyond reading that the registry grants to the login.
    pub(crate) async fn excess(&self) -> Vec<String> {
        let path = self.target.url.path();
        match (&self.sample, path) {
            (Some((chart, _)), _) => self.session.excess(&chart.repository).await,
            (None, "") => Vec::new(),
            (None, path) => self.session.excess(path).await,
        }
    }

    /// The root of the registry.
    pub(crate) const fn base(&self) -> &Url {
        self.session.base()
    }

    /// How the registry names its token service, if that is one which may have the login.
    pub(crate) fn token_service(&self) -> Option<String> {
        match self.session.challenge()? {
            Challenge::Basic => None,
            Challenge::Bearer { realm, service } => {
                let allowed = self.session.token_services();
                matches!(judge(&realm, self.base(), allowed), Realm::Own(_)).then_some(service)
            }
        }
    }

    /// The limit of requests, if an answer told it.
    pub(crate) fn quota(&self) -> Option<Quota> {
        self.session.quota()
    }
}

/// The newest version among the tags, of those that are no pre-releases if there are any.
fn newest(tags: &[String]) -> Option<Version> {
    let versions = tags.iter().filter_map(|tag| Version::of_tag(tag));
    versions.max_by(|a, b| (a.is_stable(), a).cmp(&(b.is_stable(), b)))
}

/// A host that a registry named, at a length for people.
fn short(host: &str) -> String {
    host.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_pulled_rather_than_another_tag() {
        let newest = |tags: &[&str]| {
            let tags: Vec<_> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            newest(&tags).map(|version| version.tag())
        };
        assert_eq!(newest(&["latest", "1.2.0", "1.10.0", "1.9.0"]).as_deref(), Some("1.10.0"));
        assert_eq!(newest(&["2023.10.1", "2024.01.05"]).as_deref(), Some("2024.01.05"));
        assert_eq!(newest(&["2.0.0-rc.1", "1.0.0_b"]).as_deref(), Some("1.0.0_b"));
        assert_eq!(newest(&["../x", "latest"]), None);
        assert_eq!(newest(&[]), None);
    }
}
