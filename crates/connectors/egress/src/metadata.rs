//! The metadata services of clouds: link-local addresses that no URL of a person can reach.
//!
//! The address policy refuses them all. The token exchange alone may name one of these few, and only
//! where the operator turned that identity on (R-SSRF-06).

use url::Url;

/// A metadata service, by its address. All speak plain http on port 80.
///
/// Sources: Amazon EC2 User Guide, "Use IMDS to access instance metadata"; Amazon ECS Developer
/// Guide, "Amazon ECS task IAM role"; Amazon EKS User Guide, "Learn how EKS Pod Identity works";
/// Google Cloud, "About VM metadata".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metadata {
    /// Of a machine of Amazon EC2 or of Google Compute Engine.
    Instance,
    /// Of a task of Amazon ECS.
    EcsTask,
    /// Of a pod of Amazon EKS.
    EksPod,
    /// The same by IPv6.
    EksPodV6,
}

impl Metadata {
    const ALL: [Self; 4] = [Self::Instance, Self::EcsTask, Self::EksPod, Self::EksPodV6];

    /// The root of the service.
    #[must_use]
    pub const fn root(self) -> &'static str {
        match self {
            Self::Instance => "http://169.254.169.254/",
            Self::EcsTask => "http://169.254.170.2/",
            Self::EksPod => "http://169.254.170.23/",
            Self::EksPodV6 => "http://[fd00:ec2::23]/",
        }
    }

    /// The service that `url` is at; `None` for every other address.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let plain = url.username().is_empty() && url.password().is_none();
        let at = |service: &Self| {
            Url::parse(service.root()).is_ok_and(|root| root.origin() == url.origin())
        };
        Self::ALL.into_iter().filter(|_| plain).find(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_ssrf_06_only_these_addresses_are_metadata_services() {
        let of = |url: &str| Metadata::of(&Url::parse(url).unwrap());
        for service in Metadata::ALL {
            assert_eq!(of(service.root()), Some(service));
            assert_eq!(of(&format!("{}latest/x?a=b", service.root())), Some(service));
        }
        for other in [
            "https://169.254.169.254/",
            "http://169.254.169.254:8080/",
            "http://user@169.254.169.254/",
            "http://169.254.1.1/",
            "http://metadata.google.internal/",
            "http://[fd00:ec2::254]/",
            "http://127.0.0.1/",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
