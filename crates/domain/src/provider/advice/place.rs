//! What the host of a registry tells about itself.

/// Account and region of a private Amazon registry, read from its URL or host:
/// `ACCOUNT.dkr.ecr.REGION.amazonaws.com`. The host has to match as a whole, so that no other host
/// can pass for one.
#[must_use]
pub fn registry_place(url: &str) -> Option<(&str, &str)> {
    let rest = url.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let (account, rest) = host.split_once(".dkr.")?;
    let rest = rest.strip_prefix("ecr.").or_else(|| rest.strip_prefix("ecr-fips."))?;
    let (region, suffix) = rest.split_once('.')?;
    let known = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"].contains(&suffix);
    let account_fits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let region_fits = !region.is_empty()
        && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (known && account_fits && region_fits).then_some((account, region))
}
