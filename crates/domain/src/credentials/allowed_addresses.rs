//! Allowed addresses: the origins to which the login of a credential may go.
//!
//! An origin is `scheme://host:port`. A credential is tied to a repository by its address, and whoever
//! chooses the address receives the login, so that choice belongs to those who may
//! [allow origins](crate::Action::AllowOrigins).

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    AddressRequestId, AllowedAddressId, CredentialId, Provider, Timestamp, TypedUrl,
    is_same_registry,
};

/// How a host is reached, where that is not the ordinary way.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Route {
    /// Certificate authorities in PEM; empty for those of the system.
    pub ca: String,
    /// The name of a proxy; empty for none.
    pub proxy: String,
}

impl Route {
    /// Whether it is the ordinary way, which is allowed wherever the origin is.
    #[must_use]
    pub fn is_ordinary(&self) -> bool {
        self.ca.is_empty() && self.proxy.is_empty()
    }

    /// What is not ordinary, for people, such as `through the proxy corp`; empty when all is.
    #[must_use]
    pub fn words(&self) -> String {
        let ca = (!self.ca.is_empty()).then(|| "with its own certificate authorities".to_owned());
        let proxy = (!self.proxy.is_empty()).then(|| format!("through the proxy {}", self.proxy));
        ca.into_iter().chain(proxy).collect::<Vec<_>>().join(" and ")
    }
}

/// Where an allowed address comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum AddressSource {
    /// A person allowed or confirmed it.
    Person,
    /// A link of before allowed addresses were asked for; nobody has confirmed it.
    Upgrade,
}

spelled!(AddressSource);

/// An origin to which the login of a credential may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedAddress {
    /// Its id.
    pub id: AllowedAddressId,
    /// `scheme://host:port`.
    pub origin: String,
    /// How it may be reached besides the ordinary way.
    pub route: Route,
    /// Where it comes from.
    pub source: AddressSource,
    /// Who allowed it; empty while nobody did.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What somebody without the right wanted to use a credential at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRequest {
    /// Its id.
    pub id: AddressRequestId,
    /// The credential.
    pub credential: CredentialId,
    /// `scheme://host:port`.
    pub origin: String,
    /// How it would be reached.
    pub route: Route,
    /// Who asked.
    pub by: String,
    /// When they asked last.
    pub at: Timestamp,
}

/// A token service at another host than its registry, to which the login of a credential may go for a
/// token of that registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenService {
    /// The origin of the registry.
    pub registry: String,
    /// The origin of the token service.
    pub service: String,
    /// Who allowed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The form that allows an origin, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AllowAddress {
    /// The credential.
    pub credential: String,
    /// A URL at the origin, in any usual shape; not used when `request` is given.
    pub url: TypedUrl,
    /// The id of a request that is granted, with its origin and route; empty for none.
    pub request: String,
}

/// Everything a credential's login may go to: what people allowed, and the hosts of a provider that
/// serves all its customers at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedAddresses {
    provider: Provider,
    rows: Vec<(String, Route)>,
    services: Vec<(String, String)>,
}

impl AllowedAddresses {
    /// Those of a credential of `provider`, with the origins that people allowed.
    #[must_use]
    pub fn new(provider: Provider, rows: impl IntoIterator<Item = (String, Route)>) -> Self {
        Self { provider, rows: rows.into_iter().collect(), services: Vec::new() }
    }

    /// The same with token services that people allowed, each after the origin of its registry.
    #[must_use]
    pub fn with_services(mut self, services: Vec<(String, String)>) -> Self {
        self.services = services;
        self
    }

    /// The token services at other hosts that the login may go to for a token of the registry at
    /// `origin` (R-CRED-02).
    pub fn services_of(&self, origin: &str) -> impl Iterator<Item = &str> {
        let of_it = move |(registry, _): &&(String, String)| is_same_registry(registry, origin);
        self.services.iter().filter(of_it).map(|(_, service)| service.as_str())
    }

    /// The same with one more, which is about to be allowed.
    #[must_use]
    pub fn and(mut self, origin: String, route: Route) -> Self {
        self.rows.push((origin, route));
        self
    }

    /// Whether the login may go to `origin` by this route (R-CRED-03).
    #[must_use]
    pub fn permits(&self, origin: &str, route: &Route) -> bool {
        let at_provider = || route.is_ordinary() && self.provider.owns(origin);
        let by_people = |(allowed, by): &(String, Route)| {
            is_same_registry(allowed, origin) && (route.is_ordinary() || by == route)
        };
        self.rows.iter().any(by_people) || at_provider()
    }
}

/// What people read of an origin: the default port is left out, and so is `https://`.
#[must_use]
pub fn readable_origin(origin: &str) -> &str {
    match origin.strip_prefix("https://") {
        Some(rest) => rest.strip_suffix(":443").unwrap_or(rest),
        None => origin.strip_suffix(":80").unwrap_or(origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(ca: &str, proxy: &str) -> Route {
        Route { ca: ca.to_owned(), proxy: proxy.to_owned() }
    }

    #[test]
    fn r_cred_03_an_origin_is_allowed_whole_and_by_its_route() {
        let ordinary = Route::default();
        let allowed = AllowedAddresses::new(
            Provider::Harbor,
            [
                ("https://harbor.example:443".to_owned(), route("PEM", "")),
                ("http://harbor.example:8080".to_owned(), ordinary.clone()),
            ],
        );
        assert!(allowed.permits("https://harbor.example:443", &route("PEM", "")));
        assert!(allowed.permits("https://harbor.example:443", &ordinary));
        assert!(allowed.permits("http://harbor.example:8080", &ordinary));
        for (origin, by) in [
            ("https://harbor.example:8443", &ordinary),
            ("http://harbor.example:443", &ordinary),
            ("https://harbor.example", &ordinary),
            ("https://harbor.example:443.evil.example:443", &ordinary),
            ("https://evil.harbor.example:443", &ordinary),
            ("https://harbor.example:443", &route("OTHER", "")),
            ("https://harbor.example:443", &route("PEM", "corp")),
            ("http://harbor.example:8080", &route("", "corp")),
        ] {
            assert!(!allowed.permits(origin, by), "{origin} {by:?}");
        }
    }

    #[test]
    fn r_cred_03_a_provider_of_one_address_has_it_from_the_start() {
        let ordinary = Route::default();
        let of = |provider| AllowedAddresses::new(provider, []);
        for (provider, origin) in [
            (Provider::Ghcr, "https://ghcr.io:443"),
            (Provider::DockerHub, "https://docker.io:443"),
            (Provider::DockerHub, "https://index.docker.io:443"),
            (Provider::DockerHub, "https://registry-1.docker.io:443"),
            (Provider::Quay, "https://quay.io:443"),
            (Provider::GitlabRegistry, "https://registry.gitlab.com:443"),
            (Provider::Chainguard, "https://cgr.dev:443"),
            (Provider::AmazonEcrPublic, "https://public.ecr.aws:443"),
        ] {
            assert!(of(provider).permits(origin, &ordinary), "{origin}");
            assert!(!of(provider).permits(origin, &route("PEM", "")), "{origin}");
            assert!(!of(Provider::GenericRegistry).permits(origin, &ordinary), "{origin}");
        }
        for (provider, origin) in [
            (Provider::Ghcr, "http://ghcr.io:80"),
            (Provider::Ghcr, "https://ghcr.io:8443"),
            (Provider::Ghcr, "https://ghcr.io.evil.example:443"),
            (Provider::AzureAcr, "https://evil.azurecr.io:443"),
            (Provider::AmazonEcr, "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com:443"),
            (Provider::Jfrog, "https://evil.jfrog.io:443"),
            (Provider::GoogleArtifactRegistry, "https://europe-docker.pkg.dev:443"),
        ] {
            assert!(!of(provider).permits(origin, &ordinary), "{origin}");
        }
    }

    #[test]
    fn r_cred_03_docker_hub_is_one_address_by_all_its_names() {
        let ordinary = Route::default();
        let hub = "https://registry-1.docker.io:443".to_owned();
        let service = ("https://docker.io:443".to_owned(), "https://auth.example:443".to_owned());
        let allowed = AllowedAddresses::new(Provider::GenericRegistry, [(hub, ordinary.clone())])
            .with_services(vec![service]);
        for (origin, may) in [
            ("https://docker.io:443", true),
            ("https://index.docker.io:443", true),
            ("https://registry.hub.docker.com:443", true),
            ("http://docker.io:80", false),
            ("https://docker.io:5000", false),
            ("https://docker.io.example:443", false),
        ] {
            assert_eq!(allowed.permits(origin, &ordinary), may, "{origin}");
            assert_eq!(allowed.services_of(origin).count(), usize::from(may), "{origin}");
        }
    }

    #[test]
    fn an_origin_is_read_without_its_usual_parts() {
        for (origin, text) in [
            ("https://example.com:443", "example.com"),
            ("https://example.com:8443", "example.com:8443"),
            ("http://example.com:80", "http://example.com"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("https://[::1]:443", "[::1]"),
        ] {
            assert_eq!(readable_origin(origin), text);
        }
    }
}
