//! What the host of a registry is called. Docker Hub has many names for one registry.

/// The names of Docker Hub that people and programs write.
pub(crate) const DOCKER_HUB: &[&str] = &[
    "docker.io",
    "hub.docker.com",
    "index.docker.io",
    "registry-1.docker.io",
    "registry.hub.docker.com",
    "www.docker.io",
];

/// Whether this host, perhaps with the port of https, is Docker Hub by any of its names.
#[must_use]
pub fn is_docker_hub(authority: &str) -> bool {
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    let host = host.strip_suffix('.').unwrap_or(host);
    DOCKER_HUB.iter().any(|name| name.eq_ignore_ascii_case(host))
}

/// The one name of a registry, by which two spellings of it are compared: `docker.io` for Docker Hub,
/// every other authority as it is.
#[must_use]
pub fn registry_name(authority: &str) -> &str {
    if is_docker_hub(authority) { "docker.io" } else { authority }
}

/// Whether two origins (`scheme://host:port`) are one registry: equal, or Docker Hub by two of its names.
#[must_use]
pub fn is_same_registry(one: &str, other: &str) -> bool {
    one == other || (is_docker_hub_origin(one) && is_docker_hub_origin(other))
}

/// This origin under every name of its registry.
#[must_use]
pub fn origins_of_registry(origin: &str) -> Vec<String> {
    if is_docker_hub_origin(origin) {
        DOCKER_HUB.iter().map(|name| format!("https://{name}:443")).collect()
    } else {
        vec![origin.to_owned()]
    }
}

fn is_docker_hub_origin(origin: &str) -> bool {
    origin
        .strip_prefix("https://")
        .is_some_and(|authority| authority.ends_with(":443") && is_docker_hub(authority))
}

/// The host that clients of the distribution API ask: `registry-1.docker.io` for Docker Hub, every
/// other authority as it is.
///
/// Source: docs.docker.com/docker-hub/repos/manage/hub-images/oci-artifacts, "Push a Helm chart".
#[must_use]
pub fn registry_host(authority: &str) -> &str {
    if is_docker_hub(authority) { "registry-1.docker.io" } else { authority }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_docker_hub_is_one_registry() {
        for name in DOCKER_HUB {
            for spelled in [(*name).to_owned(), format!("{name}:443"), name.to_uppercase()] {
                assert_eq!(registry_name(&spelled), "docker.io", "{spelled}");
                assert_eq!(registry_host(&spelled), "registry-1.docker.io", "{spelled}");
            }
        }
        for (one, other, same) in [
            ("https://docker.io:443", "https://registry-1.docker.io:443", true),
            ("https://index.docker.io:443", "https://registry.hub.docker.com:443", true),
            ("https://docker.io:443", "http://docker.io:80", false),
            ("https://docker.io:8443", "https://index.docker.io:8443", false),
            ("https://docker.io:443", "https://docker.io.example:443", false),
            ("https://a.example:443", "https://a.example:443", true),
        ] {
            assert_eq!(is_same_registry(one, other), same, "{one} {other}");
            assert_eq!(origins_of_registry(one).iter().any(|name| name == other), same);
        }
        for other in
            ["ghcr.io", "docker.io:5000", "evil-docker.io", "docker.io.example", "localhost:5000"]
        {
            assert_eq!((registry_name(other), registry_host(other)), (other, other));
        }
    }
}
