//! The URLs that lead to one repository.

use super::RepositoryUrl;
use crate::registry_host::{DOCKER_HUB, is_docker_hub};

/// Every URL by which a repository at this place may be kept: as a registry and over HTTP, with each name
/// of Docker Hub. Empty when `text` is no URL of a repository.
#[must_use]
pub fn spellings(text: &str) -> Vec<String> {
    let Ok(url) = RepositoryUrl::parse(text) else { return Vec::new() };
    let path = match url.path() {
        "" => String::new(),
        path => format!("/{path}"),
    };
    let host = url.host().trim_end_matches('.');
    let port = url.web().port_or_known_default().unwrap_or(443);
    let hosts = if is_docker_hub(host) { DOCKER_HUB } else { &[host] };
    let mut spellings = Vec::new();
    for host in hosts {
        for scheme in ["oci", "https", "http"] {
            let spelled = RepositoryUrl::parse(&format!("{scheme}://{host}:{port}{path}"));
            spellings.extend(spelled.map(|url| url.as_str().to_owned()));
        }
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_however_it_is_kept() {
        let all = [
            "oci://127.0.0.1:5000/team",
            "https://127.0.0.1:5000/team",
            "http://127.0.0.1:5000/team",
        ];
        for typed in all {
            assert_eq!(spellings(typed), all, "{typed}");
        }
        assert_eq!(
            spellings("http://r.example/a/"),
            ["oci://r.example:80/a", "https://r.example:80/a", "http://r.example/a"]
        );
        assert!(spellings("r.example/a").contains(&"oci://r.example/a".to_owned()));
        let hub = spellings("oci://docker.io/acme");
        assert!(hub.contains(&"oci://registry-1.docker.io/acme".to_owned()) && hub.len() == 18);
        assert!(spellings("no url").is_empty());
    }
}
