//! What a scope of GitHub includes.

/// The wanted scopes that the granted ones do not include (GitHub Docs, "Scopes for OAuth apps").
#[must_use]
pub fn missing(wanted: &[String], granted: &[String]) -> Vec<String> {
    let is_missing = |wanted: &&String| !granted.iter().any(|granted| includes(granted, wanted));
    wanted.iter().filter(is_missing).cloned().collect()
}

fn includes(granted: &str, wanted: &str) -> bool {
    granted == wanted
        || match granted {
            "repo" => {
                wanted.starts_with("repo:") || matches!(wanted, "public_repo" | "security_events")
            }
            "user" => wanted.starts_with("user:") || wanted == "read:user",
            "project" => wanted == "read:project",
            "write:packages" => wanted == "read:packages",
            // admin:org includes write:org, and that read:org; so it is with keys and hooks.
            _ => match (granted.split_once(':'), wanted.split_once(':')) {
                (Some(("admin", a)), Some(("write" | "read", b)))
                | (Some(("write", a)), Some(("read", b))) => a == b,
                _ => false,
            },
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_scope_includes_a_narrower_one() {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let missing = |wanted: &str, granted: &str| missing(&list(wanted), &list(granted));
        assert!(missing("repo read:user", "repo user").is_empty());
        assert!(missing("public_repo read:org", "repo admin:org").is_empty());
        assert_eq!(missing("repo read:user", "public_repo"), ["repo", "read:user"]);
        assert_eq!(missing("write:org", "read:org"), ["write:org"]);
        assert_eq!(missing("workflow", "repo"), ["workflow"]);
    }
}
