//! Regions and hosts of Amazon ECR, and what AWS's refusals mean.
//!
//! Sources: the host pattern of the AWS credential helper as Flux uses it (`fluxcd/pkg`
//! `auth/aws/provider.go`), anchored and tightened here, because it decides where signed requests
//! go; AWS General Reference, "Amazon ECR endpoints and quotas".

use domain::Cause;

use super::call::ProviderRefusal;

/// Which API answers for a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EcrEndpoint {
    pub(super) region: String,
    /// The host of the API of ECR.
    pub(super) api: String,
}

/// What the host of a registry tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EndpointAnswer {
    /// It is a registry of Amazon ECR.
    Place(EcrEndpoint),
    /// It is another host.
    Nothing,
    /// It is another host and looks as if it were Amazon's.
    Imitation,
}

/// The kinds of hosts: `<account>.` and the name of the service before the region, what comes after
/// it, and the API's host around the region.
const KINDS: [(&str, &str, &str, &str); 4] = [
    ("dkr.ecr.", "", "api.ecr.", ""),
    ("dkr.ecr-fips.", "", "ecr-fips.", ""),
    ("dkr-ecr.", "on.aws", "ecr.", "api.aws"),
    ("dkr-ecr-fips.", "on.aws", "ecr-fips.", "api.aws"),
];

/// Partitions by what their regions begin with: the name in ARNs and the domain.
const PARTITIONS: [(&str, &str, &str); 8] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("", "aws", "amazonaws.com"),
];

/// The partition of a region, as ARNs name it, and its domain.
pub(super) fn partition(region: &str) -> (&'static str, &'static str) {
    PARTITIONS
        .into_iter()
        .find(|(prefix, ..)| region.starts_with(prefix))
        .map_or(("aws", "amazonaws.com"), |(_, name, domain)| (name, domain))
}

impl EcrEndpoint {
    /// The place of a region that a person typed.
    pub(super) fn of_region(region: &str) -> Option<Self> {
        let (_, domain) = partition(region);
        is_region(region)
            .then(|| Self { region: region.to_owned(), api: format!("api.ecr.{region}.{domain}") })
    }

    /// What the host of a registry tells.
    pub(super) fn of_host(host: &str) -> EndpointAnswer {
        let host = host.trim_end_matches('.');
        if let Some(place) = Self::of_registry(host) {
            return EndpointAnswer::Place(place);
        }
        let imitates = ["dkr.ecr", "dkr-ecr", "amazonaws", ".on.aws"];
        if imitates.iter().any(|part| host.contains(part)) {
            EndpointAnswer::Imitation
        } else {
            EndpointAnswer::Nothing
        }
    }

    fn of_registry(host: &str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        KINDS.into_iter().find_map(|(service, domain, api, api_domain)| {
            let (region, rest) = rest.strip_prefix(service)?.split_once('.')?;
            let own = partition(region).1;
            let fits = rest == if domain.is_empty() { own } else { domain };
            let api_domain = if api_domain.is_empty() { own } else { api_domain };
            (fits && is_region(region)).then(|| Self {
                region: region.to_owned(),
                api: format!("{api}{region}.{api_domain}"),
            })
        })
    }
}

/// Words with dashes and a number at the end, such as `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let words: Vec<&str> = parts.collect();
    text.len() <= 32
        && matches!(number.len(), 1 | 2)
        && number.bytes().all(|b| b.is_ascii_digit())
        && words.len() >= 2
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
}

/// What a refusal of ECR or STS means. The codes are those of AWS's "Common Errors".
pub(super) fn cause_of_refusal(refusal: &ProviderRefusal<'_>) -> Option<Cause> {
    let says = |codes: &[&str]| codes.iter().any(|code| refusal.body.contains(code));
    if refusal.says("signature expired") || refusal.says("signature not yet current") {
        // Our clock is wrong, not the key.
        return Some(Cause::ExchangeRefused);
    }
    if says(&["Throttling", "TooManyRequests", "RequestLimitExceeded"]) {
        return Some(Cause::RateLimited);
    }
    says(&[
        "UnrecognizedClient",
        "InvalidSignature",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "InvalidAccessKeyId",
    ])
    .then_some(Cause::InvalidCredentials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_every_kind_lead_to_their_api() {
        for (host, region, api) in [
            ("dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1", "api.ecr.eu-west-1.amazonaws.com"),
            (
                "dkr.ecr.us-gov-west-1.amazonaws.com",
                "us-gov-west-1",
                "api.ecr.us-gov-west-1.amazonaws.com",
            ),
            (
                "dkr.ecr-fips.us-east-1.amazonaws.com",
                "us-east-1",
                "ecr-fips.us-east-1.amazonaws.com",
            ),
            (
                "dkr.ecr.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
                "api.ecr.cn-north-1.amazonaws.com.cn",
            ),
            (
                "dkr.ecr.us-iso-east-1.c2s.ic.gov",
                "us-iso-east-1",
                "api.ecr.us-iso-east-1.c2s.ic.gov",
            ),
            (
                "dkr.ecr.eusc-de-east-1.amazonaws.eu",
                "eusc-de-east-1",
                "api.ecr.eusc-de-east-1.amazonaws.eu",
            ),
            ("dkr-ecr.us-west-2.on.aws", "us-west-2", "ecr.us-west-2.api.aws"),
            ("dkr-ecr-fips.us-west-2.on.aws", "us-west-2", "ecr-fips.us-west-2.api.aws"),
        ] {
            let place = EcrEndpoint { region: region.into(), api: api.into() };
            assert_eq!(
                EcrEndpoint::of_host(&format!("123456789012.{host}")),
                EndpointAnswer::Place(place),
                "{host}"
            );
        }
    }

    #[test]
    fn trap_3_hosts_that_only_look_like_ecr_are_seen() {
        for host in [
            "1.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.comevil.example",
            "evil-123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "x.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
            "123456789012.dkrxecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.evil.amazonaws.com",
            "123456789012.dkr.ecr.a-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.on.aws",
            "123456789012.dkr-ecr.eu-west-1.amazonaws.com",
            "dkr.ecr.eu-west-1.amazonaws.com",
        ] {
            assert_eq!(EcrEndpoint::of_host(host), EndpointAnswer::Imitation, "{host}");
        }
        assert_eq!(EcrEndpoint::of_host("registry.acme.example"), EndpointAnswer::Nothing);
    }

    #[test]
    fn typed_regions_are_regions() {
        let api = |region| EcrEndpoint::of_region(region).map(|place| place.api);
        assert_eq!(api("ap-southeast-2").unwrap(), "api.ecr.ap-southeast-2.amazonaws.com");
        assert_eq!(api("cn-northwest-1").unwrap(), "api.ecr.cn-northwest-1.amazonaws.com.cn");
        for bad in ["", "evil", "eu-west", "eu-west-1.evil", "eu--1", "-west-1", "eu-west-123", "1"]
        {
            assert_eq!(api(bad), None, "{bad}");
        }
        assert_eq!(partition("us-gov-east-1").0, "aws-us-gov");
    }
}
